"""Which tests of this room run on files and on PostgreSQL: some always, more of them with KFL_PROVE."""

import os

import pytest

from tests.answers.conftest import answers_on, run_on_both  # noqa: F401 - where answers of a test go

ALWAYS = {"test_saving"}
PROVED = {*ALWAYS, "test_attacks", "test_pages", "test_rating_pages", "test_start_pages", "test_withdrawal_page"}
BOTH = PROVED if os.environ.get("KFL_PROVE") else ALWAYS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_both(metafunc, BOTH)
