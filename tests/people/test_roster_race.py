"""Two say yes to the same list at the same moment: one does it, the other is told. Only a server has such moments."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from kfl.people.kinds import Kind
from kfl.people.models import ImportedRoster, Pupil
from kfl.people.rosters import ListKind, RosterHasChanged, import_roster, importing, undoing
from kfl.people.rosters.undoing import TooLate, take_back_roster
from tests.factories import a_unit
from tests.people.test_roster_undo import FIRST

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="runs by tools/on_postgres.py"),
    pytest.mark.django_db(transaction=True),
]
DAY = date(2026, 11, 2)


def at_once(act: Callable[[], object]) -> list[object]:
    """What two get who do the same at the same moment: what came of it, or what was raised."""
    ready, found = threading.Barrier(2), []

    def run() -> None:
        try:
            ready.wait()
            found.append(act())
        except Exception as refused:
            found.append(refused)
        finally:
            connection.close()

    both = [threading.Thread(target=run) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return sorted(found, key=lambda one: isinstance(one, Exception))


def slowly(monkeypatch, module, name: str) -> None:
    """So slowly that both would have looked before either has written."""
    quick = getattr(module, name)

    def slow(*args, **more):
        found = quick(*args, **more)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(module, name, slow)


def test_one_carries_a_list_out_and_the_other_is_told(world, monkeypatch):
    a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "L1")
    before, content = Pupil.plumbing.count(), FIRST.encode()
    seen = importing.plan_of(content, ListKind.PUPILS, by=None, on=DAY).digest
    slowly(monkeypatch, importing, "plan_of")
    done, refused = at_once(lambda: import_roster(content, ListKind.PUPILS, by=None, on=DAY, seen=seen))
    assert not isinstance(done, Exception)
    assert isinstance(refused, RosterHasChanged)
    assert "Se gjennom på nytt" in str(refused)
    assert (Pupil.plumbing.count() - before, ImportedRoster.plumbing.count()) == (3, 1)


def test_one_takes_a_list_back_and_the_other_is_told(world, monkeypatch):
    a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "L1")
    before = Pupil.plumbing.count()
    imported = import_roster(FIRST.encode(), ListKind.PUPILS, by=None, on=DAY).imported
    slowly(monkeypatch, undoing, "take_back")
    done, refused = at_once(lambda: take_back_roster(imported=imported, by=None))
    assert done
    assert isinstance(refused, TooLate)
    assert Pupil.plumbing.count() == before
