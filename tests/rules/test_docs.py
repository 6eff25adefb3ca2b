"""The documents lead somewhere and name every command: what is renamed or added here must be so there too."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kfl.cli.main import parser_of_all

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = [ROOT / "docs/operators-guide.md", *sorted((ROOT / "docs/guides").glob("*.md"))]
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _links() -> list[tuple[Path, str]]:
    found = [(page, link) for page in DOCUMENTS for link in LINK.findall(FENCED.sub("", page.read_text("utf-8")))]
    return [(page, link) for page, link in found if not re.match(r"[a-z]+:", link)]


def _anchors(page: Path) -> set[str]:
    """What a heading is called in an address: small letters, no punctuation, dashes for spaces."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", heading.lower())) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def _subcommands(parser: argparse.ArgumentParser, words: str) -> Iterator[str]:
    """Every command that does something itself, as it is typed."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield words
    for action in below:
        for name, sub in action.choices.items():
            yield from _subcommands(sub, f"{words} {name}")


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("page", "link"), _links(), ids=lambda part: str(getattr(part, "name", part)))
def test_every_link_leads_somewhere(page, link):
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists(), f"{page.relative_to(ROOT)} links to {link}"
    if anchor:
        assert anchor in _anchors(target), f"{target.relative_to(ROOT)} has no heading #{anchor}"


@pytest.mark.parametrize("command", sorted(_subcommands(parser_of_all(), "kfl")))
def test_every_command_stands_in_a_guide(command):
    assert any(command in page.read_text("utf-8") for page in GUIDES), f"`{command}` is not explained in any guide"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_named_exists(page):
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
    assert named, "the page names no make target"
    assert named <= _targets()


def test_every_make_target_is_explained_to_contributors():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert {name for name in _targets() if f"`make {name}`" not in text} == set()


def test_every_variable_of_the_environment_stands_in_the_operators_guide():
    sources = (ROOT / "src/kfl").rglob("*.py")
    read = {name for path in sources for name in re.findall(r'environ\W+(?:get\W+)?"(KFL_[A-Z]+)"', path.read_text())}
    assert {"KFL_DATA", "KFL_DATABASE", "KFL_HTTPS"} <= read, "the search no longer finds them"
    explained = (ROOT / "docs/operators-guide.md").read_text("utf-8")
    assert {name for name in read if f"| `{name}` |" not in explained} == set()


def test_every_package_that_a_server_installs_stands_in_the_notice():
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/run.lock").read_text(), re.MULTILINE)
    assert locked, "the lock file is empty"
    listed = set(re.findall(r"^([a-z0-9-]+) +\S", (ROOT / "NOTICE").read_text("utf-8"), re.MULTILINE))
    assert set(locked) - listed == set()


NAMED = re.compile(r"`((?:kfl|tests)(?:\.\w+)+)`((?: \w+,?)*)(?= ·|\.\n)")
DOTTED = re.compile(r"`((?:kfl|tests)(?:\.\w+)+)[`(]")


def _is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, last = name.rpartition(".")
    try:
        import_module(name)
    except ModuleNotFoundError:
        return bool(module) and (hasattr(import_module(module), last) if _is_there(module) else False)
    return True


def test_recipes_name_what_is_there():
    """A recipe that names a module of yesterday sends whoever follows it to read twenty."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    imports = text.partition("Imports: ")[2].partition("\n\n")[0]
    listed = NAMED.findall(imports + "\n")
    assert len(listed) > 5, "the search no longer finds the imports"
    named = {f"{module}.{name}" for module, names in listed for name in re.findall(r"\w+", names)}
    gone = sorted(name for name in named | set(DOTTED.findall(text)) if not _is_there(name))
    assert not gone, f"CONTRIBUTING.md names what is not there; write what these are called now: {gone}"
