"""States and what may follow what: complete tables, one way to move, and words for why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import models, transaction
from django.utils import translation

from kfl.core import lifecycle
from kfl.core.lifecycle import Lifecycle, NotNow, OutsideTransaction, WrongTable
from kfl.core.models import Job, JobState

NOW = datetime(2026, 12, 4, 8, tzinfo=UTC)


class Light(models.TextChoices):
    RED = "red", "rødt"
    GREEN = "green", "grønt"
    OFF = "off", "slukket"


FOLLOWS = {
    Light.RED: {Light.GREEN: "skifter"},
    Light.GREEN: {Light.RED: "skifter", Light.OFF: "slukkes"},
    Light.OFF: {},
}
JOB_FOLLOWS = {
    JobState.QUEUED: {JobState.RUNNING: "begynner"},
    JobState.RUNNING: {JobState.DONE: "blir ferdig", JobState.FAILED: "stopper"},
    JobState.DONE: {},
    JobState.FAILED: {},
}


@pytest.fixture(autouse=True)
def _own_tables(monkeypatch):
    monkeypatch.setattr(lifecycle, "_KNOWN", dict(lifecycle._KNOWN))


@pytest.fixture
def jobs_life() -> Lifecycle[JobState]:
    return Lifecycle("test-job", JobState, JobState.QUEUED, JOB_FOLLOWS)


@pytest.fixture
def row(db) -> Job:
    return Job.objects.create(kind="test.life")


def test_it_knows_what_may_follow_and_what_is_last():
    life = Lifecycle("light", Light, Light.RED, FOLLOWS)
    assert life.may_follow(Light.GREEN, Light.OFF)
    assert not life.may_follow(Light.RED, Light.OFF)
    assert life.final == {Light.OFF}


@pytest.mark.parametrize(
    ("follows", "fault"),
    [
        ({Light.RED: {Light.GREEN: "a", Light.OFF: "b"}, Light.GREEN: {}}, "nothing is said of what may follow off"),
        (FOLLOWS | {Light.RED: {Light.RED: "a", Light.GREEN: "b"}}, "red follows itself"),
        (FOLLOWS | {Light.GREEN: {}}, "nothing leads to off"),
        (FOLLOWS | {Light.OFF: {JobState.DONE: "a"}}, "done is none of the states"),
    ],
)
def test_a_table_that_is_not_whole_is_refused_where_it_is_made(follows, fault):
    with pytest.raises(WrongTable, match=fault):
        Lifecycle("broken", Light, Light.RED, follows)


def test_two_lifecycles_never_bear_one_name(jobs_life):
    with pytest.raises(WrongTable, match="two lifecycles"):
        Lifecycle(jobs_life.name, Light, Light.RED, FOLLOWS)


def test_a_row_moves_with_the_fields_that_belong_to_the_move(jobs_life, row):
    before = jobs_life.move(row, JobState.RUNNING, started_at=NOW)
    row.refresh_from_db()
    assert (before, row.state, row.started_at) == (JobState.QUEUED, JobState.RUNNING, NOW)


def test_the_state_in_the_database_decides_and_nothing_is_written_where_it_says_no(jobs_life, row):
    jobs_life.move(Job.objects.get(pk=row.pk), JobState.RUNNING)
    assert row.state == JobState.QUEUED  # what this one remembers
    with pytest.raises(NotNow), translation.override("nb"):
        jobs_life.move(row, JobState.RUNNING, started_at=NOW)
    row.refresh_from_db()
    assert (row.state, row.started_at) == (JobState.RUNNING, None)


def test_it_says_why_not_and_what_may_come_next(jobs_life, row):
    with translation.override("nb"):
        with pytest.raises(NotNow, match=r"er Venter og kan ikke bli Ferdig\. Det neste kan være: I gang\."):
            jobs_life.move(row, JobState.DONE)
        jobs_life.move(row, JobState.RUNNING)
        jobs_life.move(row, JobState.DONE, finished_at=NOW)
        with pytest.raises(NotNow, match="Det er det siste som skjer med den"):
            jobs_life.move(row, JobState.RUNNING)


def test_what_needs_a_state_asks_the_database(jobs_life, row):
    jobs_life.require(row, JobState.QUEUED, JobState.RUNNING)
    Job.objects.filter(pk=row.pk).update(state=JobState.RUNNING)
    with pytest.raises(NotNow, match="er I gang"), translation.override("nb"):
        jobs_life.require(row, JobState.QUEUED)


@pytest.mark.django_db(transaction=True)
def test_nothing_moves_outside_a_transaction():
    life, row = Lifecycle("test-job", JobState, JobState.QUEUED, JOB_FOLLOWS), Job.objects.create(kind="test.life")
    with pytest.raises(OutsideTransaction):
        life.move(row, JobState.RUNNING)
    with transaction.atomic():
        life.move(row, JobState.RUNNING)


def test_what_is_computed_is_moved_by_nobody_and_asked_of_the_database_all_the_same(row):
    def read(job: Job) -> JobState:
        return JobState.RUNNING if job.started_at else JobState.QUEUED

    life = Lifecycle(
        "test-computed", JobState, JobState.QUEUED, JOB_FOLLOWS, field="", read=read, columns=("started_at",)
    )
    with pytest.raises(WrongTable, match="computed"):
        life.move(row, JobState.RUNNING)
    life.require(row, JobState.QUEUED)
    Job.objects.filter(pk=row.pk).update(started_at=NOW)
    with pytest.raises(NotNow, match="begun already"):
        life.require(row, JobState.QUEUED, words="begun already")


def test_the_drawing_has_each_state_and_each_arrow():
    assert Lifecycle("light", Light, Light.RED, FOLLOWS).diagram().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> red",
        "    red: rødt",
        "    green: grønt",
        "    off: slukket",
        "    red --> green: skifter",
        "    green --> red: skifter",
        "    green --> off: slukkes",
        "    off --> [*]",
    ]
