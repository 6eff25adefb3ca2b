"""Which tests of this room run on files and on PostgreSQL: some always, more of them with KFL_PROVE."""

import os

import pytest

from tests.answers.conftest import answers_on  # noqa: F401 - where answers of a test go

ALWAYS = {"test_saving"}
PROVED = {*ALWAYS, "test_bad_input", "test_pages", "test_rating_pages", "test_start_pages"}
BOTH = PROVED if os.environ.get("KFL_PROVE") else ALWAYS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    module = metafunc.module.__name__.rsplit(".", 1)[-1]
    if module in BOTH and metafunc.definition.get_closest_marker("files") is None:
        metafunc.fixturenames.append("answers_on")
        metafunc.parametrize("answers_on", ["files", "postgres"], indirect=True)
