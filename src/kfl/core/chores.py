"""What the worker does by the clock.

A room writes `chores.py`:

    @every(hours=1)
    def count_sheets(now: datetime) -> Iterator[str]:
        ...
        yield "what was done, for whoever runs the server"

A chore is run when the worker starts and then again each time its pause is over, in a thread of its own: it never
meets itself, and none waits for another. One that fails is logged with its name and tried again after its pause, so
a chore must bear to be run again. What happens once a day, or on a day, asks each hour whether it is time.

`@at_start` is run once, beside the jobs; `@before_jobs` once, before the first job, and no job runs if it fails.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from . import mail
from .files import stored_files, waiting

logger = logging.getLogger(__name__)

Chore = Callable[[datetime], Iterable[str] | None]


@dataclass(frozen=True)
class Booked:
    """A chore and when it is run: each time `pause` is over, or only once."""

    name: str
    chore: Chore
    pause: timedelta | None = None
    is_first: bool = False  # before any job


_booked: dict[str, Booked] = {}


def every(*, hours: float = 0, minutes: float = 0, seconds: float = 0) -> Callable[[Chore], Chore]:
    """Make a function a chore that is run again and again, with this pause in between."""
    pause = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not pause:
        raise ValueError("say how often the chore is run")
    return lambda chore: _book(chore, pause=pause)


def at_start(chore: Chore) -> Chore:
    """Make a function a chore that is run once when the worker starts, beside the jobs."""
    return _book(chore)


def before_jobs(chore: Chore) -> Chore:
    """Make a function a chore that is run once when the worker starts, before the first job."""
    return _book(chore, is_first=True)


def _book(chore: Chore, *, pause: timedelta | None = None, is_first: bool = False) -> Chore:
    name = f"{chore.__module__}.{chore.__qualname__}"
    _booked[name] = Booked(name, chore, pause, is_first)
    return chore


@every(seconds=1)
def send_mail(now: datetime) -> None:
    """Mail, as soon as it is due."""
    mail.deliver_due(now)


@every(hours=1)
def put_files_away(now: datetime) -> None:
    """Delete files that no row names any more, and those that nobody said yes to within a day."""
    stored_files.sweep(now)
    waiting.sweep(now)


def all_booked() -> list[Booked]:
    """The chores of all rooms."""
    autodiscover_modules("chores")
    return list(_booked.values())


class Clock:
    """Runs chores, each at its own pace, until told to stop."""

    def __init__(self, chores: Iterable[Booked]) -> None:
        self._chores = list(chores)
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Run what comes before the jobs, one after the other; then begin with the others, and come back at once."""
        for one in self._chores:
            if one.is_first:
                _run(one)
        for one in self._chores:
            if not one.is_first:
                thread = threading.Thread(target=self._keep, args=(one,), name=one.name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _keep(self, one: Booked) -> None:
        while not self._stopped.is_set():
            try:
                _run(one)
            except Exception:
                again = f"it is tried again in {one.pause}" if one.pause else "it is not tried again"
                logger.exception("%s stopped; %s", one.name, again)
            if one.pause is None:
                return
            self._stopped.wait(one.pause.total_seconds())

    def stop(self, *, within: float) -> bool:
        """Begin nothing more, and give what is under way so many seconds; gives whether all is still."""
        self._stopped.set()
        ends = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)


def _run(one: Booked) -> None:
    close_old_connections()
    try:
        for said in one.chore(timezone.now()) or ():
            print(said, file=sys.stderr, flush=True)
    finally:
        close_old_connections()
