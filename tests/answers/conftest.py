"""On which places of answers the tests of this room run.

Those of the modules below run on files and on PostgreSQL: of some modules always, of all of them with KFL_PROVE. A test
that looks into SQLite's files, or does something to them, says so by the mark `files`.
"""

import os
from collections.abc import Collection

import pytest

ALWAYS = {"test_store", "test_closing", "test_one_code", "test_taken"}
PROVED = {
    *ALWAYS, "test_bulk", "test_changes", "test_erasure", "test_media", "test_paper", "test_ratings",
    "test_closing_times", "test_withdrawal", "test_sheet_words",
}  # fmt: skip
BOTH = PROVED if os.environ.get("KFL_PROVE") else ALWAYS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_both(metafunc, BOTH)


def run_on_both(metafunc: pytest.Metafunc, modules: Collection[str]) -> None:
    """A test of these modules runs once on files and once on PostgreSQL, unless it is marked `files`."""
    module = metafunc.module.__name__.rsplit(".", 1)[-1]
    if module in modules and metafunc.definition.get_closest_marker("files") is None:
        metafunc.fixturenames.append("answers_on")
        metafunc.parametrize("answers_on", ["files", "postgres"], indirect=True)


@pytest.fixture(autouse=True)
def answers_on(request: pytest.FixtureRequest) -> str:
    """Where answers of this test go."""
    which: str = getattr(request, "param", "files")
    if which == "postgres":
        request.getfixturevalue("on_postgres")
    return which
