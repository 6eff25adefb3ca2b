"""Chores: each at its own pace and never twice at once, an error stops none, and all stop when told to."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from kfl.core import chores
from kfl.core.chores import Booked, Clock

LONG_S = 20


@pytest.fixture
def booked(monkeypatch) -> dict[str, Booked]:
    """A list with no chore in it."""
    empty: dict[str, Booked] = {}
    monkeypatch.setattr(chores, "_booked", empty)
    monkeypatch.setattr(chores, "close_old_connections", lambda: None)
    return empty


def started(*these: Booked) -> Clock:
    clock = Clock(these)
    clock.start()
    return clock


def test_chore_is_run_at_once_and_again_after_its_pause(booked):
    runs, third = [], threading.Event()

    @chores.every(seconds=0.001)
    def count(now):
        assert now.tzinfo is not None
        runs.append(now)
        if len(runs) == 3:
            third.set()

    clock = started(*booked.values())
    assert third.wait(LONG_S)
    assert clock.stop(within=LONG_S)
    done = len(runs)
    assert runs == sorted(runs)
    assert not threading.Event().wait(0.02)
    assert len(runs) == done, "a stopped clock begins nothing"


def test_long_pause_is_cut_short_by_the_stop(booked):
    ran = threading.Event()
    chores.every(hours=1)(lambda now: ran.set())
    clock = started(*booked.values())
    assert ran.wait(LONG_S)
    assert clock.stop(within=LONG_S)


def test_slow_chore_meets_neither_itself_nor_holds_up_another(booked):
    let_go, others, at_once = threading.Event(), threading.Semaphore(0), []

    @chores.every(seconds=0.001)
    def slow(now):
        at_once.append(1)
        assert let_go.wait(LONG_S)

    @chores.every(seconds=0.001)
    def quick(now):
        others.release()

    clock = started(*booked.values())
    for _ in range(20):
        assert others.acquire(timeout=LONG_S)
    assert len(at_once) == 1
    assert not clock.stop(within=0.01), "it is told that a chore is still under way"
    let_go.set()
    assert clock.stop(within=LONG_S)


def test_chore_that_fails_is_named_in_the_log_and_tried_again(booked, caplog):
    runs, again = [], threading.Event()

    @chores.every(seconds=0.001)
    def breaks(now):
        runs.append(1)
        if len(runs) > 1:
            again.set()
        raise OSError("the disk is full")

    with caplog.at_level(logging.ERROR, logger="kfl.core.chores"):
        clock = started(*booked.values())
        assert again.wait(LONG_S)
        assert clock.stop(within=LONG_S)
    said = caplog.records[0]
    assert "breaks stopped; it is tried again in 0:00:00.001" in said.getMessage()
    assert "the disk is full" in str(said.exc_info)


def test_what_it_says_reaches_whoever_runs_the_server_line_by_line(booked, capsys):
    done = threading.Event()

    @chores.at_start
    def tells(now):
        yield "first"
        yield "second"
        done.set()

    clock = started(*booked.values())
    assert done.wait(LONG_S)
    assert clock.stop(within=LONG_S)
    assert capsys.readouterr().err == "first\nsecond\n"


def test_chore_at_start_is_run_once(booked):
    runs = threading.Semaphore(0)
    chores.at_start(lambda now: runs.release())
    clock = started(*booked.values())
    assert runs.acquire(timeout=LONG_S)
    assert clock.stop(within=LONG_S)
    assert not runs.acquire(blocking=False)


def test_what_comes_before_jobs_is_done_before_the_others_begin_and_stops_all_if_it_fails(booked):
    order = []

    @chores.at_start
    def beside(now):
        order.append("beside")

    @chores.before_jobs
    def before(now):
        order.append("before")

    clock = started(*booked.values())
    assert clock.stop(within=LONG_S)
    assert order == ["before", "beside"]

    def breaks(now):
        raise OSError

    never = Booked("never", lambda now: order.append("never"))
    with pytest.raises(OSError):  # noqa: PT011 - whatever went wrong, nothing else may begin
        started(never, Booked("breaks", breaks, is_first=True))
    assert "never" not in order


def test_pause_must_be_given(booked):
    with pytest.raises(ValueError, match="how often"):
        chores.every()


def test_booking_the_same_function_again_books_it_once(booked):
    def chore(now):
        return None

    chores.every(hours=1)(chore)
    chores.every(hours=2)(chore)
    assert [one.pause for one in booked.values()] == [timedelta(hours=2)]
