"""What this room does by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kfl.core.chores import before_jobs, every

from . import actions, store
from .consent import undoing
from .counts import nightly
from .waves import closing_itself, mails


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
def tell_of_ends(now: datetime) -> Iterator[str]:
    """Write to whoever sets up a wave that its time is up, and that it will close by itself."""
    for wave in mails.post_those_due(now):
        yield f"{wave.slug}: those who may close it are told that its time is up"


@every(hours=1)
def close_waves(now: datetime) -> Iterator[str]:
    """Close waves that nobody has closed for so many days after their time was up: codes and keys are destroyed."""
    for wave in closing_itself.close_those_due(now):
        yield f"{wave.slug}: closes by itself, as its time has been up for {wave.close_within_days} days"


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


@every(hours=1)
def forget_what_lists_did(now: datetime) -> None:
    """Forget how consents were before lists that can no longer be taken back."""
    undoing.forget(now)
