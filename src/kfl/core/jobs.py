"""Jobs with progress, run by the worker process.

A room writes `jobs.py` with handlers:

    @job("wave.close")
    def close(progress: Progress, *, wave: int) -> None: ...

and starts one by `enqueue("wave.close", by=user, wave=3)`. The truth is the `Job` row in the portal's database; the
queue (huey on SQLite, synced to disk) only says which row comes next. What was not done when the worker stopped is
put back when it starts, so a handler must bear to be run again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone, translation
from django.utils.module_loading import autodiscover_modules

from .models import Job, JobState

if TYPE_CHECKING:
    from huey import SqliteHuey

logger = logging.getLogger(__name__)

WRITE_EVERY_S = 0.3  # progress is written at most this often


class NoSuchJobKind(LookupError):
    """No room has a handler for this kind of job."""


class Handler(Protocol):
    def __call__(self, progress: Progress, /, **arguments: Any) -> None: ...


_handlers: dict[str, Handler] = {}
_followed_by: dict[str, Any] = {}


class Progress:
    """How a handler tells how far it has come."""

    def __init__(self, row: Job) -> None:
        self.row = row
        self._written = 0.0

    def total(self, total: int) -> None:
        """How many steps there are."""
        self.row.total = total
        self._write()

    def step(self, done: int, message: str = "") -> None:
        """How many steps are done, and a few words on what goes on."""
        self.row.done = done
        self.row.message = message or self.row.message
        if time.monotonic() - self._written >= WRITE_EVERY_S or done >= self.row.total:
            self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        self.row.save(update_fields=["done", "total", "message"])


def job(kind: str, *, followed_by: Any = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function the handler of a kind of job.

    Whoever started a job may follow it, and others with the permission `followed_by`; without one, nobody else.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        if kind in _handlers and getattr(_handlers[kind], "__module__", "") != function.__module__:
            raise ValueError(f"two rooms handle {kind}")
        _handlers[kind] = function
        _followed_by[kind] = followed_by
        return function

    return decorate


def handler_of(kind: str) -> Handler:
    """The handler of a kind; the rooms' `jobs.py` are read when the first is asked for."""
    autodiscover_modules("jobs")
    try:
        return _handlers[kind]
    except KeyError as error:
        raise NoSuchJobKind(kind) from error


def followed_by(kind: str) -> Any:
    """The permission with which one may follow jobs of this kind that others started; None where nobody may."""
    autodiscover_modules("jobs")
    return _followed_by.get(kind)


def enqueue(kind: str, *, by: Any, then: str = "", **arguments: Any) -> Job:
    """Put a job in the queue; it starts when the transaction commits. `then` is the address to go on to."""
    handler_of(kind)
    row = Job.objects.create(kind=kind, arguments=arguments, by=by, then=then)
    if settings.KFL_JOBS_AT_ONCE:
        perform(row.pk)
        row.refresh_from_db()
    else:
        transaction.on_commit(lambda: _send(row.pk))
    return row


def are_under_way(**arguments: Any) -> bool:
    """Whether a job with these among its arguments waits or runs."""
    named = {f"arguments__{name}": value for name, value in arguments.items()}
    return Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING], **named).exists()


def perform(key: int) -> None:
    """Run one job, unless somebody else already does. A failure is kept on the row and logged."""
    claimed = Job.objects.filter(pk=key, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=timezone.now(), done=0, message=""
    )
    if not claimed:
        return
    row = Job.objects.select_related("by").get(pk=key)
    state = JobState.DONE
    try:
        with translation.override(row.by.language if row.by else settings.LANGUAGE_CODE):
            handler_of(row.kind)(Progress(row), **row.arguments)
    except Exception:
        logger.exception("job %s stopped", row)
        state = JobState.FAILED
    row.state, row.finished_at = state, timezone.now()
    row.save(update_fields=["state", "finished_at", "done", "total", "message"])


@cache
def queue() -> SqliteHuey:
    """The queue in the data folder; made at first use."""
    from huey import SqliteHuey
    from huey.serializer import SignedSerializer

    # fsync: huey's own default may forget an acknowledged job at a power cut.
    return SqliteHuey(
        "kfl",
        filename=str(settings.KFL_DATA / "jobs.sqlite3"),
        fsync=True,
        results=False,
        serializer=SignedSerializer(secret=settings.SECRET_KEY, salt="kfl.jobs"),
    )


@cache
def _task() -> Callable[[int], Any]:
    def perform_in_worker(key: int) -> None:
        close_old_connections()
        try:
            perform(key)
        finally:
            close_old_connections()

    task: Callable[[int], Any] = queue().task(name="perform")(perform_in_worker)
    return task


def _send(key: int) -> None:
    _task()(key)


def put_back() -> int:
    """At the worker's start: empty the queue and fill it again from the rows that are not finished."""
    queue().flush()
    Job.objects.filter(state=JobState.RUNNING).update(state=JobState.QUEUED)
    keys = list(Job.objects.filter(state=JobState.QUEUED).order_by("pk").values_list("pk", flat=True))
    for key in keys:
        _send(key)
    return len(keys)


def work() -> None:
    """Be the worker until told to stop. What is under way then is put back at the next start."""
    _task()  # the queue must know the task before the first message names it
    put_back()
    consumer = queue().create_consumer(
        workers=1, periodic=False, initial_delay=0.1, max_delay=0.5, worker_type="thread"
    )
    consumer.run()
