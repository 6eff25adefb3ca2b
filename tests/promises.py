"""Promises that tests keep, with the figure each printed: `promise("R1", "0 lost of …", seed=1)`.

The run ends with a table of them. A full run (`make prove`) also writes the table into docs/promises.md, which says
only what was run: a row is replaced by the same test's next figure. `tests/rules/test_promises.py` holds the page to
the tests.
"""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs/promises.md"
HEAD = """# Promises, and what the tests printed

Written by `make prove`; nothing here is typed by hand, and every row is the last full run of the test beside it.
`make test` runs a smaller sample of each and ends with the same table. A figure is what came of one run on one
machine; what a test *asserts* (nothing lost, nothing doubled) it asserts in every run.

| promise | figure | seed | test | run on |
|---|---|---|---|---|
"""
_ROW = re.compile(
    r"\| (?P<name>[^|]+) \| (?P<figure>[^|]+) \| (?P<seed>[^|]+) \| `(?P<test>[^|`]+)` \| (?P<run_on>[^|]+) \|"
)
_kept = pytest.StashKey[list["Row"]]()


class Row(NamedTuple):
    """One promise as one test kept it."""

    name: str
    figure: str
    seed: str
    test: str
    run_on: str

    def __str__(self) -> str:
        return f"| {self.name} | {self.figure} | {self.seed} | `{self.test}` | {self.run_on} |"


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Tell which promise a test kept, by which figure, from which seed. Call it after the assertions."""

    def keep(name: str, figure: str, *, seed: object = "–") -> None:
        row = Row(name, figure.replace("|", "/"), str(seed), request.node.nodeid, date.today().isoformat())
        request.config.stash.setdefault(_kept, []).append(row)

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_kept, [])
    if not rows:
        return
    terminalreporter.section("promises")
    for row in sorted(rows):
        terminalreporter.line(f"{row.name}: {row.figure} (seed {row.seed}) – {row.test}")
    if os.environ.get("KFL_PROVE"):
        write(rows)


def read() -> list[Row]:
    """The rows of the page."""
    return [Row(**found.groupdict()) for found in _ROW.finditer(PAGE.read_text())] if PAGE.exists() else []


def write(fresh: list[Row]) -> None:
    """Put rows in place of those with the same promise from the same test."""
    rows = {(row.name, row.test): row for row in [*read(), *fresh]}
    PAGE.write_text(HEAD + "\n".join(str(row) for row in sorted(rows.values())) + "\n")
