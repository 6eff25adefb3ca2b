"""What this room does by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kfl.core.chores import before_jobs, every

from . import actions, store
from .counts import nightly


@before_jobs
def erase_again(now: datetime) -> Iterator[str]:
    """A file that came back from a backup may hold what had been erased since."""
    for wave in store.erase_again():
        yield f"{wave}: erased again what came back from a backup"


@every(hours=1)
def delete_answers(now: datetime) -> Iterator[str]:
    """Delete answers on the day that parents were told."""
    for wave in actions.delete_those_due(by=None):
        yield f"{wave.slug}: answers deleted, as parents were told"


@every(hours=1)
def exchange_codes(now: datetime) -> Iterator[str]:
    """Let codes of ratings die that a rater who has left may have noted."""
    if left := actions.exchange_left_codes(by=None):
        yield f"{left} codes of ratings exchanged, as their rater has left"


@every(hours=1)
def count_sheets(now: datetime) -> Iterator[str]:
    """Count adults' sheets of open waves, once a day: the first time after midnight that this runs."""
    for wave in nightly.count_all(now):
        yield f"{wave.slug}: adults' sheets counted for today"
