"""A tiny demo in a data folder, for the commands to work on."""

from pathlib import Path

import pytest

from tests.cli.commands import kfl


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A tiny demo in an existing empty folder."""
    folder = tmp_path_factory.mktemp("data")
    done = kfl("demo", "--size", "tiny", data=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return folder
