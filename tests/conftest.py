"""The world that tests meet, unless they make their own.

Alice leads Ask skole and Bob teaches 8A there; Charlie leads Bjørk skole in another municipality; Dina owns the
schools of Ask's municipality; Erik is the county's secretariat; Frida is the researcher.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
from django.conf import settings

from kfl.people.kinds import Kind
from tests.factories import a_class, a_unit, a_user
from tests.postgres import on_postgres, postgres_server  # noqa: F401
from tests.promises import promise, pytest_terminal_summary  # noqa: F401 - a fixture and a hook for every test

# No test depends on how fast the machine is; the first sums of a process may compile.
hypothesis.settings.register_profile("kfl", deadline=None)
hypothesis.settings.load_profile("kfl")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last: Playwright keeps an event loop in this thread, and no other test could run one of its own."""
    items.sort(key=lambda item: "flows" in item.path.parts)


def pytest_unconfigure(config: pytest.Config) -> None:
    if settings.configured and settings.KFL_DATA.name.startswith("kfl-test-"):
        shutil.rmtree(settings.KFL_DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def same_umask() -> Iterator[None]:
    """A command that is run in this process keeps what it writes to its owner; no later test shall inherit that."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def data_dir(tmp_path, settings) -> Path:
    """An empty data folder that settings point at."""
    for name in ("answers", "keys", "files"):
        (tmp_path / name).mkdir(mode=0o700)
    settings.KFL_DATA = tmp_path
    return tmp_path


@pytest.fixture
def world(db) -> SimpleNamespace:
    county = a_unit(Kind.COUNTY, "Hedmark", None, "04")
    region = a_unit(Kind.REGION, "Hedmarken", county, "R1")
    hamar = a_unit(Kind.MUNICIPALITY, "Hamar", region, "3403")
    stange = a_unit(Kind.MUNICIPALITY, "Stange", region, "3413")
    ask = a_unit(Kind.SCHOOL, "Ask skole", hamar, "S1")
    bjork = a_unit(Kind.SCHOOL, "Bjørk skole", stange, "S2")
    ask_8a, ask_8b = a_class(ask, "8A", 8, 14), a_class(ask, "8B", 8, 12)
    bjork_8a = a_class(bjork, "8A", 8, 20)
    return SimpleNamespace(
        county=county,
        region=region,
        hamar=hamar,
        stange=stange,
        ask=ask,
        bjork=bjork,
        ask_8a=ask_8a,
        ask_8b=ask_8b,
        bjork_8a=bjork_8a,
        alice=a_user("Alice", "principal", ask),
        bob=a_user("Bob", "teacher", ask_8a),
        charlie=a_user("Charlie", "principal", bjork),
        dina=a_user("Dina", "owner", hamar),
        erik=a_user("Erik", "secretariat", county),
        frida=a_user("Frida", "researcher", county),
        nobody=a_user("Nils"),
    )
