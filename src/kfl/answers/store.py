"""An open wave's sheets: who writes on which, in what order, and what is kept (RULES D.7-D.8).

Owner: the answers room. Read this whole before changing a line. The store belongs to one thread of
the owning process; its memory is a copy of the file that is dropped whenever a commit fails.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from . import fold, wavefile
from .blocks import ADD_TO_COUNTS
from .bundle import Form
from .codes import ALPHABET
from .envelopes import Invitation, open_envelope
from .keys import CodeKey
from .sheet_rules import Answer, Screen, checked, is_response, screens
from .writer import ADD_TO_LOG, Pending, Statement, Writer

TOKEN_BYTES = 16
HIGHEST_REV = 1_000_000
_RECEIPT_CHARACTERS = 8
_MOST_SHEETS_IN_MEMORY = 100_000


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
    answers: dict[str, Answer] = field(default_factory=dict)
    own: dict[int, dict[str, Answer]] = field(default_factory=dict)  # typed in this session, by screen
    saved: dict[int, Saved] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """A browser session's right to write on a sheet, under one lease."""

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


class OpenWave:
    """The sheets of one open wave, held by one process (`ownership.Lock`)."""

    def __init__(self, path: Path, key: CodeKey) -> None:
        self._reader = wavefile.connect_to_read(path)
        if wavefile.state(self._reader) is not wavefile.State.OPEN:
            self._reader.close()
            raise wavefile.WaveNotOpen(key.wave)
        self.bundle = wavefile.read_bundle(self._reader)
        self.writer = Writer(path, self._forget)
        self._key = key
        self._screens = {form.number: screens(form) for form in self.bundle.forms}
        self._sheets: dict[int, Sheet] = {}
        self._attempts: dict[bytes, tuple[Attempt, bytes]] = {}
        self._by_person: dict[tuple[bytes, int], Sheet] = {}

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        self.writer.stop()
        self._reader.close()

    def is_taking(self, now: datetime) -> bool:
        """Whether new respondents may start at this time."""
        opens_at, closes_at = self.bundle.opens_at, wavefile.closes_at(self._reader)
        return (opens_at is None or opens_at <= now) and (closes_at is None or now < closes_at)

    def start(self, code: str, session: bytes | None = None) -> Started:
        """Open the envelope of a code and give out a new attempt under the next lease.

        `session` is what the browser held before: the session that typed keeps its answers in
        sight, any other begins with an empty form (what was saved stays stored).
        """
        sheet = self._sheet_of(code)
        if sheet.receipt is not None:
            raise UnknownCode("used")
        same = session is not None and secrets.compare_digest(_hash(session), sheet.session)
        if not same:
            sheet.own_from, sheet.own = sheet.lease + 1, {}
        fresh = secrets.token_bytes(TOKEN_BYTES)
        sheet.lease += 1
        sheet.session = _hash(fresh)
        attempt = self._new_attempt(secrets.token_bytes(TOKEN_BYTES), sheet, sheet.lease, sheet.session)
        who = sheet.invitation
        pending = self.writer.put([
            (
                "INSERT INTO sheets (sheet, pid, form, grp, split, lease, own_from, session)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sheet) DO UPDATE"
                " SET lease = excluded.lease, own_from = excluded.own_from, session = excluded.session",
                (sheet.number, who.pid, who.form, who.group, who.split, sheet.lease, sheet.own_from, sheet.session),
            ),
            (
                "INSERT INTO attempts (attempt, sheet, lease, session) VALUES (?, ?, ?, ?)",
                (attempt.name, sheet.number, sheet.lease, sheet.session),
            ),
        ])  # fmt: skip
        return Started(attempt, fresh, pending)

    def find(self, name: bytes, session: bytes) -> Attempt:
        """The attempt of that name, for the session that got it; else `NoSuchAttempt`."""
        known = self._attempts.get(name) or self._load_attempt(name)
        if known is None or not secrets.compare_digest(known[1], _hash(session)):
            raise NoSuchAttempt("no such attempt in this session")
        return known[0]

    def save(self, attempt: Attempt, screen: int, lease: int, rev: int, answers: Mapping[str, object]) -> Pending:
        """Keep the state of one screen.

        Items left out keep what was stored before; None takes an answer back. The same pair with
        the same body gives the same outcome, however often it comes.

        Raises
        ------
        Stale
            The pair (lease, rev) is not newer than the stored one, the same pair has another body,
            or a later lease was given. Carries the stored pair.
        AlreadySubmitted, NoSuchScreen, WrongAnswer
            Nothing is stored.
        """
        sheet = attempt.sheet
        save = checked(attempt.screen(screen), answers)
        body = _encode(save)
        if sheet.receipt is not None:
            raise AlreadySubmitted
        last = sheet.saved.get(screen)
        if last is not None and (lease, rev) == (last.lease, last.rev) and body == last.body:
            return last.pending or Pending(settled=True)
        newer = last is None or (lease, rev) > (last.lease, last.rev)
        if not newer or lease != attempt.lease or not attempt.is_current or not 1 <= rev <= HIGHEST_REV:
            raise Stale(last.lease if last else sheet.lease, last.rev if last else 0)
        return self._keep(sheet, attempt.form, screen, Saved(lease, rev, body), save)

    def typed(self, attempt: Attempt, screen: int) -> dict[str, Answer]:
        """What this browser session typed on a screen; empty for any other and after submit."""
        if attempt.sheet.receipt is not None or not attempt.is_current:
            return {}
        return dict(attempt.sheet.own.get(screen, {}))

    def next_rev(self, attempt: Attempt, screen: int) -> int:
        """The number for the next save of a screen under this attempt's lease."""
        last = attempt.sheet.saved.get(screen)
        return last.rev + 1 if last is not None and last.lease == attempt.lease else 1

    def submit(self, attempt: Attempt) -> tuple[str, Pending]:
        """Hand the sheet in; the receipt is the same however often it is asked for."""
        sheet = attempt.sheet
        if not attempt.is_current:
            raise Stale(sheet.lease, 0)
        if sheet.receipt is None:
            sheet.receipt = "".join(secrets.choice(ALPHABET) for _ in range(_RECEIPT_CHARACTERS))
            sheet.handing_in = self.writer.put(
                [("UPDATE sheets SET receipt = ? WHERE sheet = ?", (sheet.receipt, sheet.number))]
            )
        return sheet.receipt, sheet.handing_in or Pending(settled=True)

    def decline(self, attempt: Attempt) -> Pending:
        """Take back all that this session typed. The code stays good, and nothing says "no"."""
        pending = Pending(settled=True)
        if attempt.is_current and attempt.sheet.receipt is None:
            for screen, typed in list(attempt.sheet.own.items()):
                if typed:
                    rev = self.next_rev(attempt, screen)
                    pending = self.save(attempt, screen, attempt.lease, rev, dict.fromkeys(typed))
        return pending

    def _keep(self, sheet: Sheet, form: Form, screen: int, saved: Saved, save: Mapping[str, Answer]) -> Pending:
        before = is_response(form, sheet.answers)
        fold.change(sheet.answers, save)
        fold.change(sheet.own.setdefault(screen, {}), save)
        change = is_response(form, sheet.answers) - before
        statements: list[Statement] = [(ADD_TO_LOG, (sheet.number, screen, saved.lease, saved.rev, saved.body))]
        if change:
            statements.append((ADD_TO_COUNTS, (sheet.invitation.group, form.number, change)))
        saved.pending = self.writer.put(statements)
        sheet.saved[screen] = saved
        return saved.pending

    def _sheet_of(self, code: str) -> Sheet:
        row = self._reader.execute(
            "SELECT sealed FROM envelopes WHERE lookup = ?", (self._key.lookup(code),)
        ).fetchone()
        if row is None:
            raise UnknownCode("unknown")
        invitation = open_envelope(self._key, code, row[0])
        person = (invitation.pid, invitation.form)
        if person not in self._by_person:
            found = self._reader.execute("SELECT sheet FROM sheets WHERE pid = ? AND form = ?", person).fetchone()
            if found is None:
                # A random number, so that numbers do not tell who came first.
                self._remember(Sheet(secrets.randbits(62), invitation))
            else:
                self._load_sheet(found[0])
        return self._by_person[person]

    def _load_attempt(self, name: bytes) -> tuple[Attempt, bytes] | None:
        row = self._reader.execute("SELECT sheet, lease, session FROM attempts WHERE attempt = ?", (name,)).fetchone()
        if row is None:
            return None
        sheet = self._sheets.get(row[0]) or self._load_sheet(row[0])
        self._new_attempt(name, sheet, row[1], row[2])
        return self._attempts[name]

    def _load_sheet(self, number: int) -> Sheet:
        pid, form, group, split, *more = self._reader.execute(
            "SELECT pid, form, grp, split, lease, own_from, session, receipt FROM sheets WHERE sheet = ?",
            (number,),
        ).fetchone()
        sheet = Sheet(number, Invitation("", pid, group, form, split), *more)
        for screen, lease, rev, body in self._reader.execute(
            "SELECT page, lease, rev, body FROM log WHERE sheet = ? ORDER BY seq", (number,)
        ):
            fold.merge(sheet.answers, body)
            if lease >= sheet.own_from:
                fold.merge(sheet.own.setdefault(screen, {}), body)
            sheet.saved[screen] = Saved(lease, rev, body)
        return self._remember(sheet)

    def _remember(self, sheet: Sheet) -> Sheet:
        if len(self._sheets) >= _MOST_SHEETS_IN_MEMORY and not self.writer.waiting:
            self._forget()
        self._sheets[sheet.number] = sheet
        self._by_person[(sheet.invitation.pid, sheet.invitation.form)] = sheet
        return sheet

    def _new_attempt(self, name: bytes, sheet: Sheet, lease: int, session: bytes) -> Attempt:
        form = sheet.invitation.form
        attempt = Attempt(name, sheet, self.bundle.form(form), self._screens[form], lease)
        self._attempts[name] = (attempt, session)
        return attempt

    def _forget(self) -> None:
        self._sheets.clear()
        self._attempts.clear()
        self._by_person.clear()


def _hash(session: bytes) -> bytes:
    return hashlib.sha256(session).digest()


def _encode(answers: Mapping[str, Answer]) -> bytes:
    return msgspec.json.encode(answers, order="sorted")
