"""The small county of the rule tests, built once for a file of tests; what a test does to it is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import caches
from django.db import transaction
from django.test import override_settings

from tests.rules.county import NOW, County, build


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[County]:
    data = tmp_path_factory.mktemp("county")
    for name in ("answers", "keys", "files"):
        (data / name).mkdir(mode=0o700)
    caches["kept"].clear()
    travel = time_machine.travel(NOW, tick=False)
    with override_settings(KFL_DATA=data, KFL_DEMO=False), travel:
        with django_db_blocker.unblock():
            whole = transaction.atomic()
            whole.__enter__()
            made = build()
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
