"""A tiny demo world, built once for a file of tests and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import override_settings

from kfl.demo.build import build
from kfl.demo.progress import Quiet

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The tiny demo: its data folder and its world."""
    data = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(KFL_DATA=data, KFL_DEMO=True), transaction.atomic():
        yield SimpleNamespace(data=data, world=build("tiny", data, Quiet(), today=TODAY), today=TODAY)
        transaction.set_rollback(True)
