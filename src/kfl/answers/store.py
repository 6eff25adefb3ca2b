"""An open wave's sheets: who writes on which, in what order, and what is kept (RULES D.7-D.8).

Owner: the answers room. Read this whole before changing a line. The store belongs to one thread of
the owning process; its memory is a copy of the file that is dropped whenever a commit fails.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from . import fold, wavefile, windows
from .blocks import ADD_TO_COUNTS
from .bundle import Form
from .codes import ALPHABET
from .envelopes import open_envelope
from .keys import CodeKey
from .media import Media
from .sealing import SheetSeal
from .sheet_rules import Answer, checked, is_response, screens
from .sheets import AlreadySubmitted, Attempt, NoSuchAttempt, Saved, Sheet, Stale, Started, UnknownCode
from .writer import ADD_TO_LOG, Pending, Statement, Writer

TOKEN_BYTES = 16
HIGHEST_REV = 1_000_000
_RECEIPT_CHARACTERS = 8
_MOST_SHEETS_IN_MEMORY = 100_000


class OpenWave:
    """The sheets of one open wave, held by one process (`ownership.Lock`)."""

    def __init__(self, path: Path, key: CodeKey) -> None:
        self._reader = wavefile.connect_to_read(path)
        if wavefile.state(self._reader) is not wavefile.State.OPEN:
            self._reader.close()
            raise wavefile.WaveNotOpen(key.wave)
        self.bundle = wavefile.read_bundle(self._reader)
        self.writer = Writer(path, self._forget)
        self.key = key
        self._seal = SheetSeal(key)
        self._screens = {form.number: screens(form) for form in self.bundle.forms}
        self._sheets: dict[int, Sheet] = {}
        self._attempts: dict[bytes, tuple[Attempt, bytes]] = {}
        self._by_person: dict[tuple[bytes, int], Sheet] = {}

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        self.writer.stop()
        self._reader.close()

    def media(self, digest: str) -> Media | None:
        """A sound or picture of the wave's items."""
        row = self._reader.execute("SELECT kind, body FROM media WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else Media(*row)

    def is_taking(self, now: datetime, group: int | None = None) -> bool:
        """Whether new respondents may start at this time, in this group or (without one) anywhere."""
        opens_at = self.bundle.opens_at
        closes_at = windows.latest(wavefile.closes_at(self._reader), windows.read(self._reader), group)
        return (opens_at is None or opens_at <= now) and (closes_at is None or now < closes_at)

    def start(self, code: str, session: bytes | None = None, now: datetime | None = None) -> Started:
        """Open the envelope of a code and give out a new attempt under the next lease.

        `session` is what the browser held before: the session that typed keeps its answers in
        sight, any other begins with an empty form (what was saved stays stored). `now`: refuse a code whose
        group takes no respondents at that time, in the same way as an unknown one.
        """
        sheet = self.sheet_of(code)
        if now is not None and not self.is_taking(now, sheet.invitation.group):
            raise UnknownCode("outside its window")
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
                "INSERT INTO sheets (sheet, name, sealed, lease, own_from, session)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sheet) DO UPDATE"
                " SET lease = excluded.lease, own_from = excluded.own_from, session = excluded.session",
                (
                    sheet.number,
                    self._seal.name(who.pid, who.form),
                    self._seal.who(sheet.number, who),
                    sheet.lease,
                    sheet.own_from,
                    sheet.session,
                ),
            ),
            (
                "INSERT INTO attempts (attempt, sheet, lease, session) VALUES (?, ?, ?, ?)",
                (attempt.name, sheet.number, sheet.lease, sheet.session),
            ),
        ])  # fmt: skip
        return Started(attempt, fresh, pending)

    def find(self, name: bytes, session: bytes) -> Attempt:
        """The attempt of that name, for the session that got it; else `NoSuchAttempt`.

        A browser that typed the same code again holds the sheet under a later lease: it finds its earlier
        attempts too, all of them read-only, so that an older tab can say what happened.
        """
        known = self._attempts.get(name) or self._load_attempt(name)
        if known is not None:
            held = _hash(session)
            if secrets.compare_digest(known[1], held) or secrets.compare_digest(known[0].sheet.session, held):
                return known[0]
        raise NoSuchAttempt("no such attempt in this session")

    def renew(self, attempt: Attempt) -> Pending:
        """The next lease for the same attempt: another tab of its browser writes from now on.

        Raises
        ------
        Stale
            A later lease was given to another attempt.
        AlreadySubmitted
            Nobody writes on the sheet any more.
        """
        sheet = attempt.sheet
        if sheet.receipt is not None:
            raise AlreadySubmitted
        if not attempt.is_current:
            raise Stale(sheet.lease, 0)
        sheet.lease += 1
        attempt.lease = sheet.lease
        return self.writer.put([
            ("UPDATE sheets SET lease = ? WHERE sheet = ?", (sheet.lease, sheet.number)),
            ("UPDATE attempts SET lease = ? WHERE attempt = ?", (sheet.lease, attempt.name)),
        ])  # fmt: skip

    def end(self, session: bytes, *, but: Sheet | None = None) -> Pending:
        """The browser goes to somebody else: nobody reads or writes any more with what it held, copies of it too.

        `but`: leave it when it was on this sheet, where the same code was typed again.
        """
        held = _hash(session)
        row = self._reader.execute("SELECT attempt, sheet FROM attempts WHERE session = ?", (held,)).fetchone()
        if row is None or (but is not None and row[1] == but.number):
            return Pending(settled=True)
        name, number = row
        self._attempts.pop(name, None)
        nobodys = _hash(secrets.token_bytes(TOKEN_BYTES))
        statements: list[Statement] = [("UPDATE attempts SET session = ? WHERE attempt = ?", (nobodys, name))]
        sheet = self._sheets.get(number) or self._load_sheet(number)
        if secrets.compare_digest(held, sheet.session):
            sheet.session, sheet.own, sheet.own_from = nobodys, {}, sheet.lease + 1
            change = "UPDATE sheets SET session = ?, own_from = ? WHERE sheet = ?"
            statements.append((change, (sheet.session, sheet.own_from, number)))
        return self.writer.put(statements)

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
            sheet.receipt = new_receipt()
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
        sealed = self._seal.save(sheet.number, screen, saved.lease, saved.rev, saved.body)
        statements: list[Statement] = [(ADD_TO_LOG, (sheet.number, sealed))]
        if change:
            statements.append((ADD_TO_COUNTS, (sheet.invitation.group, form.number, change)))
        saved.pending = self.writer.put(statements)
        sheet.saved[screen] = saved
        return saved.pending

    def sheet_of(self, code: str) -> Sheet:
        """The sheet that a code opens, made when there is none yet; `UnknownCode` or `DoesNotOpen` when none may be."""
        row = self._reader.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (self.key.lookup(code),)).fetchone()
        if row is None:
            raise UnknownCode("unknown")
        invitation = open_envelope(self.key, code, row[0])
        person = (invitation.pid, invitation.form)
        if person not in self._by_person:
            name = self._seal.name(*person)
            found = self._reader.execute("SELECT sheet FROM sheets WHERE name = ?", (name,)).fetchone()
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
        sealed, *more, pictures, misses = self._reader.execute(
            "SELECT sealed, lease, own_from, session, receipt, picked, coalesce(misses, 0)"
            " FROM sheets LEFT JOIN pictures USING (sheet) WHERE sheet = ?",
            (number,),
        ).fetchone()
        sheet = Sheet(number, self._seal.open_who(number, sealed), *more)
        sheet.pictures, sheet.misses = pictures, misses
        for (row,) in self._reader.execute("SELECT sealed FROM log WHERE sheet = ? ORDER BY seq", (number,)):
            save = self._seal.open_save(number, row)
            fold.merge(sheet.answers, save.body)
            if save.lease >= sheet.own_from:
                fold.merge(sheet.own.setdefault(save.screen, {}), save.body)
            sheet.saved[save.screen] = Saved(save.lease, save.rev, save.body)
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


def new_receipt() -> str:
    """Eight random characters that say nothing about who gets them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_RECEIPT_CHARACTERS))


def _hash(session: bytes) -> bytes:
    return hashlib.sha256(session).digest()


def _encode(answers: Mapping[str, Answer]) -> bytes:
    return msgspec.json.encode(answers, order="sorted")
