"""Compare what the demo releases at two commits: `python tools/same_pages.py COMMIT_A COMMIT_B [--size small]`.

Each commit is laid out in a folder of its own, builds the demo there and is asked for its released waves. Then every
page of every wave, unit and informant group (each band is a group), the texts of the pages, the references that points
are measured with, the technical reports and what `kfl release show` prints are compared: text and flags must be equal,
floats to nine significant digits. Only what outlives a change of modules is used: the command line, and the database's
own tables, known by their columns whatever they are called.

Left out, because it is another number each time or follows from what is compared:
rows' keys in the database, moments of making, the version of kfl, digests (they cover the last bit of every float, and
sheets are summed in the shuffled order of their wave), the sealed sums beside a report (encrypted with a random nonce;
the next wave's report rests on them) and the open wave, which releases nothing yet.

Exit code 0: the same. 1: something differs. 2: a commit could not be built or read, or there was nothing to compare.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIGITS = 9
PRINTED = 20  # differences that are printed; all are counted
EACH = 3  # of one place

# A table is known by the columns that it has, and by those that make it another one.
COLUMNS: dict[str, tuple[set[str], set[str]]] = {
    "wave": ({"slug", "series", "collection", "opens_at"}, set()),
    "node": ({"wave_id", "number", "parent_id", "kind", "unit_id", "grade", "name", "code"}, set()),
    "release": ({"wave_id", "number", "part", "digest", "thresholds"}, set()),
    "form": ({"release_id", "informant", "payload"}, {"node_id"}),
    "page": ({"release_id", "form_id", "node_id", "informant", "payload"}, set()),
    "reference": ({"series", "informant", "scale_digest", "mu", "sigma", "release_id"}, set()),
    "report": ({"release_id", "digest", "payload"}, {"informant"}),
}
NOT_COMPARED = {"digest", "release_digest", "made_with"}  # of what is printed and of reports; never of a scale's text


class NotComparable(RuntimeError):
    """A commit cannot be built, or its data folder is not laid out as this file knows."""


@dataclass
class Released:
    """What one commit released: kind → place in words → content."""

    commit: str
    seconds: float = 0.0
    content: dict[str, dict[str, Any]] = field(default_factory=dict)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare what the demo releases at two commits.")
    parser.add_argument("commits", nargs=2, metavar="COMMIT")
    parser.add_argument("--size", default="small", choices=("tiny", "small", "county"), help="of the demo")
    parser.add_argument(
        "--python", action="append", metavar="FILE",
        help="run the commits with this Python and what is installed for it; given twice, each with its own",
    )  # fmt: skip
    args = parser.parse_args()
    pythons = args.python or [sys.executable]
    try:
        with tempfile.TemporaryDirectory(prefix="kfl-same-pages-") as folder:
            before, after = (
                released(commit, Path(folder) / side, args.size, python)
                for side, commit, python in zip("ab", args.commits, [*pythons, pythons[-1]], strict=False)
            )
    except NotComparable as error:
        print(f"same_pages: {error}", file=sys.stderr)
        return 2
    return report(before, after)


def report(before: Released, after: Released) -> int:
    """Print what was compared and where it differs."""
    print(f"a {before.commit} in {before.seconds:.0f} s, b {after.commit} in {after.seconds:.0f} s")
    found: dict[str, list[str]] = {}
    for kind in {**before.content, **after.content}:
        a, b = before.content.get(kind, {}), after.content.get(kind, {})
        values: Counter[str] = Counter()
        for place in {**a, **b}:
            if lines := list(differences(a.get(place, MISSING), b.get(place, MISSING), counted=values)):
                found[f"{kind}: {place}"] = lines
        numbers = ", ".join(f"{count} {name}" for name, count in sorted(values.items()))
        print(f"{kind}: {len(a)} and {len(b)}; {numbers}")
    for where, lines in list(found.items())[:PRINTED]:
        print(f"  {where}")
        for line in lines[:EACH]:
            print(f"    {line}")
        if len(lines) > EACH:
            print(f"    … {len(lines) - EACH} more here")
    if found:
        print(f"DIFFERENT: {sum(map(len, found.values()))} differences in {len(found)} places")
        return 1
    print(f"the same, floats to {DIGITS} digits")
    return 0


MISSING = object()


def differences(a: Any, b: Any, *, at: str = "", counted: Counter[str] | None = None) -> Iterator[str]:
    """Where two values of JSON differ, with what stands in each. Numbers of another type are another value."""
    if a is MISSING or b is MISSING:
        yield f"{at or 'all'}: only in {'b' if a is MISSING else 'a'}"
    elif isinstance(a, dict) and isinstance(b, dict):
        for key in {**a, **b}:
            yield from differences(a.get(key, MISSING), b.get(key, MISSING), at=f"{at}.{key}", counted=counted)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for number, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from differences(one, other, at=f"{at}[{number}]", counted=counted)
    else:
        if counted is not None:
            counted["numbers" if type(a) in {int, float} else "other values"] += 1
        if type(a) is not type(b) or not _same(a, b):
            yield f"{at}: {_short(a)} → {_short(b)}"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float):
        return math.isclose(a, b, rel_tol=10.0**-DIGITS, abs_tol=10.0**-12) or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


def _short(value: Any) -> str:
    text = f"{len(value)} values" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def released(commit: str, folder: Path, size: str, python: str) -> Released:
    """Lay the commit out, build its demo, and read what that released."""
    name = _output(["git", "-C", str(ROOT), "rev-parse", "--short", f"{commit}^{{commit}}"])
    tree, data = folder / "tree", folder / "data"
    folder.mkdir()
    _output(["git", "-C", str(ROOT), "worktree", "add", "--detach", "--quiet", str(tree), name.strip()])
    started = time.monotonic()
    try:
        print(f"{name.strip()}: building the {size} demo", file=sys.stderr, flush=True)
        _kfl(python, tree, "demo", "--size", size, "--data", str(data))
        found = Released(name.strip(), content=read_database(data / "portal.sqlite3"))
        shown = {wave: _shown(python, tree, wave, data) for wave in _waves(found)}
        found.content["kfl release show"] = shown
        found.seconds = time.monotonic() - started
        return found
    finally:
        _output(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree)])


def _waves(found: Released) -> list[str]:
    return sorted({place.split()[0] for place in found.content["texts"]})


def _shown(python: str, tree: Path, wave: str, data: Path) -> Any:
    return without(json.loads(_kfl(python, tree, "release", "show", wave, "--format", "json", "--data", str(data))))


def _kfl(python: str, tree: Path, *words: str) -> str:
    """Run the commit's own `kfl`; the environment lends it packages and nothing else."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KFL_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(tree / "src"), "PYTHONSAFEPATH": "1"}
    source = _output([python, "-c", "import kfl; print(kfl.__path__[0])"], cwd=tree, env=environment).strip()
    if Path(source).resolve() != (tree / "src/kfl").resolve():
        raise NotComparable(f"{python} takes kfl from {source} instead of from the commit")
    return _output([python, "-m", "kfl.cli.main", *words], cwd=tree, env=environment)


def _output(command: list[str], **how: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    if done.returncode:
        raise NotComparable(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-4000:]}")
    return done.stdout


def read_database(path: Path) -> dict[str, dict[str, Any]]:
    """Pages, texts, references and technical reports, each by its place in words."""
    database = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
    try:
        table = {what: f'"{name}"' for what, name in tables_of(columns_of(database)).items()}
        content = {kind: read(database, table) for kind, read in READERS.items()}
    except sqlite3.Error as error:
        raise NotComparable(f"{path}: {error}") from error
    finally:
        database.close()
    if empty := [kind for kind, found in content.items() if not found]:
        raise NotComparable(f"{path} holds no {', no '.join(empty)}: nothing to compare")
    return content


def _labels(table: dict[str, str]) -> str:
    """Each release by its key, and what it is called: t1 r1a."""
    return (
        f"(SELECT release.id, wave.slug || ' r' || release.number || release.part AS label "
        f"FROM {table['release']} AS release JOIN {table['wave']} AS wave ON wave.id = release.wave_id)"
    )


def _pages(database: sqlite3.Connection, table: dict[str, str]) -> dict[str, Any]:
    rows = database.execute(
        f"SELECT label, informant, node.number, node.name, node.grade, payload FROM {table['page']} AS page "
        f"JOIN {_labels(table)} AS release ON release.id = page.release_id "
        f"JOIN {table['node']} AS node ON node.id = page.node_id ORDER BY 1, 2, 3"
    )
    return {
        f"{label} {informant}, node {number} {name}" + (f", grade {grade}" if grade else ""): _unpacked(payload)
        for label, informant, number, name, grade, payload in rows
    }


def _texts(database: sqlite3.Connection, table: dict[str, str]) -> dict[str, Any]:
    rows = database.execute(
        f"SELECT label, informant, payload FROM {table['form']} AS form "
        f"JOIN {_labels(table)} AS release ON release.id = form.release_id ORDER BY 1, 2"
    )
    return {f"{label} {informant}": _unpacked(payload) for label, informant, payload in rows}


def _references(database: sqlite3.Connection, table: dict[str, str]) -> dict[str, Any]:
    rows = database.execute(
        f"SELECT series, informant, scale_digest, label, mu, sigma FROM {table['reference']} AS reference "
        f"JOIN {_labels(table)} AS release ON release.id = reference.release_id ORDER BY 1, 2, 3"
    )
    return {
        f"{series} {informant} {digest}": {"release": label, "mu": mu, "sigma": sigma}
        for series, informant, digest, label, mu, sigma in rows
    }


def _reports(database: sqlite3.Connection, table: dict[str, str]) -> dict[str, Any]:
    rows = database.execute(
        f"SELECT label, payload FROM {table['report']} AS report "
        f"JOIN {_labels(table)} AS release ON release.id = report.release_id ORDER BY 1"
    )
    stored = {label: _unpacked(payload) for label, payload in rows}
    return {label: one | {"report": without(one["report"])} for label, one in stored.items()}


READERS: dict[str, Callable[[sqlite3.Connection, dict[str, str]], dict[str, Any]]] = {
    "pages": _pages, "texts": _texts, "references": _references, "technical reports": _reports,
}  # fmt: skip


def columns_of(database: sqlite3.Connection) -> dict[str, set[str]]:
    """The columns of every table."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: {row[1] for row in database.execute(f'PRAGMA table_info("{name}")')} for name in names}


def tables_of(columns: dict[str, set[str]]) -> dict[str, str]:
    """Which table is what, by its columns."""
    table = {}
    for what, (has, has_not) in COLUMNS.items():
        fits = [name for name, own in columns.items() if has <= own and not has_not & own]
        if len(fits) != 1:
            raise NotComparable(f"{len(fits)} tables look like {what} ({', '.join(fits)}): mend COLUMNS")
        table[what] = fits[0]
    return table


def without(shown: dict[str, Any]) -> dict[str, Any]:
    """The same without digests and versions at the top."""
    return {key: value for key, value in shown.items() if key not in NOT_COMPARED}


def _unpacked(payload: bytes) -> Any:
    return json.loads(zlib.decompress(payload))


if __name__ == "__main__":
    sys.exit(main())
