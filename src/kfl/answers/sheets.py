"""A respondent's sheet and a browser session's right to write on it, as the owning process has them in memory."""

from dataclasses import dataclass, field

from .bundle import Form
from .envelopes import Invitation
from .sheet_rules import Answer, Screen
from .writer import Pending


class UnknownCode(LookupError):
    """No respondent may answer with that code: never given, replaced, or used already."""


class NoSuchAttempt(LookupError):
    """No attempt by that name, or it belongs to another browser session."""


class NoSuchScreen(LookupError):
    """The form has no screen with that number."""


class AlreadySubmitted(RuntimeError):
    """The sheet is handed in and takes no more."""


class Stale(RuntimeError):
    """The save is older than what is stored, or differs from it under the same number."""

    def __init__(self, lease: int, rev: int) -> None:
        super().__init__(f"stored is lease {lease}, rev {rev}")
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
    """One respondent's sheet as the file has it, or is about to."""

    number: int
    invitation: Invitation
    lease: int = 0
    own_from: int = 0  # the first lease of the browser session that holds the sheet now
    session: bytes = b""
    receipt: str | None = None
    handing_in: Pending | None = None
    pictures: bytes | None = None  # keyed hash of the two own pictures (pictures.py)
    misses: int = 0  # how often other pictures were shown
    # Where several processes write on it (`shared_writer`): the version that is stored, as far as is known, those of
    # writes on their way, and the last of them all. 0: not stored.
    known: int = 0
    under_way: list[int] = field(default_factory=list)
    version: int = 0
    is_dropped: bool = False  # not what the place holds; to be looked up again
    answers: dict[str, Answer] = field(default_factory=dict)
    own: dict[int, dict[str, Answer]] = field(default_factory=dict)  # typed in this session, by screen
    saved: dict[int, Saved] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """A browser session's right to write on a sheet, under one lease at a time."""

    name: bytes
    sheet: Sheet
    form: Form
    screens: tuple[Screen, ...]
    lease: int
    seen: float | None = None  # for intake: its own monotonic clock, never stored

    @property
    def is_current(self) -> bool:
        """Whether no later lease was given on the same sheet."""
        return self.lease == self.sheet.lease

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
