"""A respondent's sheet and a browser session's right to write on it, as the owning process has them in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from .bundle import BundleForm
from .envelopes import Invitation
from .pending import Pending
from .sealing import NO_SHEET, End
from .sheet_rules import Answer, Screen


class UnknownCode(LookupError):
    """No respondent may answer with that code: never given, replaced, or outside its times."""


class OutsideTimes(UnknownCode):
    """A code that somebody has, of a wave that has not opened yet (`opens_at`) or takes no more (`closed_at`)."""

    def __init__(self, form: BundleForm, opens_at: datetime | None, closed_at: datetime | None) -> None:
        super().__init__("outside its times")
        self.form, self.opens_at, self.closed_at = form, opens_at, closed_at


class NoSuchAttempt(LookupError):
    """No attempt by that name, or it belongs to another browser session."""


class NoSuchScreen(LookupError):
    """The form has no screen with that number."""


class AlreadySubmitted(RuntimeError):
    """The sheet has ended (handed in, a no, taken back) and takes no more."""


class Stale(RuntimeError):
    """The save is older than what is stored, differs from it under the same number, or has another lease.

    Numbers are told to nobody but the attempt that made them (RULES D.10): both are None where it did not.
    """

    def __init__(self, lease: int | None = None, rev: int | None = None) -> None:
        super().__init__("another save is stored")
        self.lease, self.rev = lease, rev


@dataclass(slots=True)
class Saved:
    """The last save of one screen."""

    lease: int
    rev: int
    body: bytes
    pending: Pending | None = None  # until it is known to be on disk


@dataclass(slots=True)
class Sheet:
    """One sheet as the file has it, or is about to, and who writes on it."""

    number: int
    invitation: Invitation
    attempt: bytes
    session: bytes  # hash of what the browser holds
    lease: int = 1
    since: int = 1  # the first lease of this attempt; on a rating others may have written before
    origin: int = NO_SHEET  # what it began as a copy of
    end: End | None = None
    ending: Pending | None = None
    # Where several processes write on it (`shared_writer`): the version that is stored, as far as is known, those of
    # writes on their way, and the last of them all. 0: not stored.
    known: int = 0
    under_way: list[int] = field(default_factory=list)
    version: int = 0
    is_dropped: bool = False  # not what the place holds; to be looked up again
    own: dict[int, dict[str, Answer]] = field(default_factory=dict)  # typed under this attempt, by screen
    copy: dict[int, dict[str, Answer]] = field(default_factory=dict)  # by screen; not written on this sheet yet
    saved: dict[int, Saved] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """A browser session's right to write on a sheet, under one lease at a time."""

    name: bytes
    sheet: Sheet
    form: BundleForm
    screens: tuple[Screen, ...]
    seen: float | None = None  # for intake: its own monotonic clock, never stored

    @property
    def lease(self) -> int:
        """The lease of the tab that writes now, in this attempt's own count, from 1."""
        return self.sheet.lease - self.sheet.since + 1

    @property
    def is_ended(self) -> bool:
        """Whether the sheet takes no more: handed in, ended by a no, or taken back."""
        return self.sheet.end is not None

    @property
    def first_unsaved(self) -> int:
        """The first screen that was never saved; the last one when all were."""
        return next((s.number for s in self.screens if s.number not in self.sheet.saved), len(self.screens))

    def screen(self, number: int) -> Screen:
        """The screen with that number, from 1."""
        if not 1 <= number <= len(self.screens):
            raise NoSuchScreen(number)
        return self.screens[number - 1]


@dataclass(frozen=True)
class Started:
    """A new attempt; to be told only once `pending` is on disk."""

    attempt: Attempt
    session: bytes
    pending: Pending
