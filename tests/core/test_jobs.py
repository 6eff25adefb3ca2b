"""Jobs: progress, failure, one run only, and that nothing is lost by a restart."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import transaction
from django.utils.module_loading import autodiscover_modules
from huey import SqliteHuey

from kfl.core import jobs
from kfl.core.models import Job, JobState
from tests.factories import a_user


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Handlers of this file only, forgotten afterwards; the rooms' own are found first, or they would be too."""
    autodiscover_modules("jobs")
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))


@pytest.fixture
def own_queue(data_dir, settings):
    """A real queue in a folder of its own."""
    settings.KFL_JOBS_AT_ONCE = False
    jobs.queue.cache_clear()
    jobs._task.cache_clear()
    yield jobs.queue()
    jobs.queue().storage.close()
    jobs.queue.cache_clear()
    jobs._task.cache_clear()


def test_job_tells_how_far_it_has_come(db):
    seen = []

    @jobs.job("test.count")
    def count(progress: jobs.Progress, *, to: int) -> None:
        progress.total(to)
        for i in range(to):
            progress.step(i + 1, f"nummer {i + 1}")
            seen.append(Job.objects.get().state)

    job = jobs.enqueue("test.count", by=None, to=3, then="/ferdig/")
    assert (job.state, job.done, job.total, job.message) == (JobState.DONE, 3, 3, "nummer 3")
    assert seen == [JobState.RUNNING] * 3
    assert job.then == "/ferdig/"
    assert job.finished_at is not None


def test_job_that_raises_is_kept_as_failed(db, caplog):
    @jobs.job("test.break")
    def break_down(progress: jobs.Progress) -> None:
        raise RuntimeError("no disk")

    job = jobs.enqueue("test.break", by=None)
    assert job.state == JobState.FAILED
    assert "no disk" in caplog.text


def test_job_of_an_unknown_kind_is_refused_at_once(db):
    with pytest.raises(jobs.NoSuchJobKind):
        jobs.enqueue("test.unknown", by=None)
    assert not Job.objects.exists()


def test_job_speaks_the_language_of_its_owner(db):
    from django.utils.translation import get_language

    said = []

    @jobs.job("test.language")
    def tell(progress: jobs.Progress) -> None:
        said.append(get_language())

    user = a_user("Alice")
    user.language = "nn"
    user.save()
    jobs.enqueue("test.language", by=user)
    jobs.enqueue("test.language", by=None)
    assert said == ["nn", "nb"]


def test_job_is_performed_once_however_often_it_is_sent(db):
    runs = []

    @jobs.job("test.once")
    def once(progress: jobs.Progress) -> None:
        runs.append(1)

    job = jobs.enqueue("test.once", by=None)
    jobs.perform(job.pk)
    assert runs == [1]


def test_job_is_sent_only_when_its_transaction_commits(transactional_db, own_queue):
    jobs.job("test.commit")(lambda progress: None)

    def roll_back() -> None:
        with transaction.atomic():
            jobs.enqueue("test.commit", by=None)
            assert own_queue.pending_count() == 0
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        roll_back()
    assert own_queue.pending_count() == 0
    jobs.enqueue("test.commit", by=None)
    assert own_queue.pending_count() == 1


def test_unfinished_jobs_are_put_back_in_order_and_once(transactional_db, own_queue):
    jobs.job("test.back")(lambda progress: None)
    first = jobs.enqueue("test.back", by=None)
    second = jobs.enqueue("test.back", by=None)
    Job.objects.filter(pk=first.pk).update(state=JobState.RUNNING)  # the worker was killed in the middle
    assert jobs.put_back() == 2
    assert own_queue.pending_count() == 2
    assert [task.args for task in own_queue.pending()] == [(first.pk,), (second.pk,)]
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.QUEUED}


def test_finished_jobs_are_not_put_back(transactional_db, own_queue, settings):
    jobs.job("test.done")(lambda progress: None)
    settings.KFL_JOBS_AT_ONCE = True
    jobs.enqueue("test.done", by=None)
    assert jobs.put_back() == 0


def test_queue_is_durable_and_signed(own_queue, data_dir):
    assert own_queue.storage.conn.execute("PRAGMA synchronous").fetchone()[0] == 2
    jobs.queue().task(name="x")(lambda: None)()
    with closing(sqlite3.connect(data_dir / "jobs.sqlite3")) as file:
        (stored,) = file.execute("SELECT data FROM task").fetchone()
    with pytest.raises(ValueError, match="mismatch"):
        own_queue.serializer.deserialize(b"x" + bytes(stored)[1:])


def test_worker_performs_what_comes_after_its_start(transactional_db, own_queue, data_dir, monkeypatch):
    """The worker starts with an empty queue; the portal, another process, sends a job later."""
    performed = []
    monkeypatch.setattr(jobs, "perform", performed.append)

    class Consumer:
        def run(self) -> None:
            sender = SqliteHuey("kfl", filename=str(data_dir / "jobs.sqlite3"), serializer=own_queue.serializer)
            sent = lambda key: None  # noqa: E731 – named as the portal's own task is
            sent.__module__ = "kfl.core.jobs"
            sender.task(name="perform")(sent)(7)
            sender.storage.close()
            own_queue.execute(own_queue.dequeue())

    monkeypatch.setattr(own_queue, "create_consumer", lambda **options: Consumer())
    jobs.work()
    assert performed == [7]
