"""What a room tells reaches those who listen, as jobs of the same transaction; a wrong name is found, not lost."""

from __future__ import annotations

import pytest
from django.db import transaction

from kfl.core import happenings, jobs
from kfl.core.lifecycle import OutsideTransaction
from kfl.core.models import Job, JobState

HEARD: list[tuple[str, int]] = []


@pytest.fixture(autouse=True)
def _own_names(monkeypatch):
    happenings._load()
    monkeypatch.setattr(happenings, "_declared", dict(happenings._declared))
    monkeypatch.setattr(happenings, "_listeners", {name: list(kinds) for name, kinds in happenings._listeners.items()})
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))
    HEARD.clear()


@pytest.fixture
def bell():
    happenings.declare("bell.rung", carries=("times",), what="the bell has rung")
    for kind in ("test.cook", "test.guard"):
        happenings.on("bell.rung", kind=kind)(lambda progress, *, times, kind=kind: HEARD.append((kind, times)))


def test_each_that_listens_gets_a_job_with_what_was_told(db, bell):
    told = happenings.tell("bell.rung", by=None, times=3)
    assert [(job.kind, job.arguments, job.state) for job in told] == [
        ("test.cook", {"times": 3}, JobState.DONE),
        ("test.guard", {"times": 3}, JobState.DONE),
    ]
    assert HEARD == [("test.cook", 3), ("test.guard", 3)]


@transaction.atomic
def _ring_and_fail() -> None:
    happenings.tell("bell.rung", by=None, times=1)
    raise RuntimeError("the rest failed")


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_was_never_told(bell, settings, monkeypatch):
    settings.KFL_JOBS_AT_ONCE = False
    sent = []
    monkeypatch.setattr(jobs, "_send", sent.append)
    with pytest.raises(RuntimeError, match="the rest failed"):
        _ring_and_fail()
    assert (sent, Job.objects.count()) == ([], 0)
    with transaction.atomic():
        first, second = happenings.tell("bell.rung", by=None, times=2)
        assert sent == []  # not before it is so
    assert sent == [first.pk, second.pk]


@pytest.mark.django_db(transaction=True)
def test_it_is_told_where_it_is_written(bell):
    with pytest.raises(OutsideTransaction):
        happenings.tell("bell.rung", by=None, times=1)


def test_nobody_need_listen(db):
    happenings.declare("tree.fell", carries=(), what="a tree has fallen")
    assert happenings.tell("tree.fell", by=None) == []


def test_what_was_not_declared_is_not_told(db):
    with pytest.raises(happenings.NotDeclared):
        happenings.tell("bell.rang", by=None, times=1)


@pytest.mark.parametrize("facts", [{}, {"times": 1, "bell": 2}, {"bell": 2}])
def test_it_carries_what_was_declared(db, bell, facts):
    with pytest.raises(happenings.CarriesOther):
        happenings.tell("bell.rung", by=None, **facts)
    assert not Job.objects.exists()


def test_a_name_is_declared_once(bell):
    with pytest.raises(ValueError, match="declared twice"):
        happenings.declare("bell.rung", carries=("hour",), what="another bell")


def test_a_listener_for_what_nobody_declares_stops_the_start(bell):
    happenings.check_all()
    happenings.on("bell.wrung", kind="test.deaf")(lambda progress: None)
    with pytest.raises(happenings.NotDeclared, match=r"test\.deaf listens for bell\.wrung"):
        happenings.check_all()
    assert [error.msg for error in happenings.system_check(None)] == happenings.faults()
