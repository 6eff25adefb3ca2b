"""An open wave's sheets: who writes on which, in what order, and what is kept (RULES D.7-D.8).

Owner: the answers room. Read this whole before changing a line. The store belongs to one thread of
the owning process; its memory is a copy of the file that is dropped whenever a commit fails.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec

from . import fold, places, wavefile, windows
from .blocks import ADD_TO_COUNTS
from .bundle import Form
from .codes import ALPHABET
from .envelopes import open_envelope
from .keys import CodeKey
from .media import Media
from .places import Where
from .sealing import SheetSeal
from .sheet_rules import Answer, checked, is_response, screens
from .sheets import AlreadySubmitted, Attempt, NoSuchAttempt, Saved, Sheet, Stale, Started, UnknownCode
from .writer import ADD_SHEET, ADD_TO_LOG, Moved, Pending, Statement

TOKEN_BYTES = 16
HIGHEST_REV = 1_000_000
_RECEIPT_CHARACTERS = 8
_MOST_SHEETS_IN_MEMORY = 100_000


class OpenWave:
    """The sheets of one open wave: held by one process (`ownership.Lock`), or on PostgreSQL shared by several."""

    def __init__(self, where: Where, key: CodeKey) -> None:
        self._reader = places.connect_to_read(where)
        self._is_shared = places.is_shared(where)
        try:
            if wavefile.state(self._reader) is not wavefile.State.OPEN:
                raise wavefile.WaveNotOpen(key.wave)
            self.bundle = wavefile.read_bundle(self._reader)
            self.writer = places.writer(where, self._forget, self._drop)
        except BaseException:
            self._reader.close()
            raise
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
        if not (digest.isascii() and digest.isalnum()):  # PostgreSQL takes no NUL in a text
            return None
        row = self._reader.execute("SELECT kind, body FROM media WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else Media(*row)

    def is_open(self) -> bool:
        """Whether the wave still takes answers, as it is stored."""
        try:
            return wavefile.state(self._reader) is wavefile.State.OPEN
        except wavefile.NoSuchWave:
            return False

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
        is_new = sheet.lease == 0
        sheet.lease += 1
        sheet.session = _hash(fresh)
        attempt = self._new_attempt(secrets.token_bytes(TOKEN_BYTES), sheet, sheet.lease, sheet.session)
        who = sheet.invitation
        held = (sheet.lease, sheet.own_from, sheet.session)
        if is_new:
            named, sealed = self._seal.name(who.pid, who.form), self._seal.who(sheet.number, who)
            change: Statement = (ADD_SHEET, (sheet.number, named, sealed, *held))
        else:
            change = ("UPDATE sheets SET lease = ?, own_from = ?, session = ? WHERE sheet = ?", (*held, sheet.number))
        give_out = (
            "INSERT INTO attempts (attempt, sheet, lease, session) VALUES (?, ?, ?, ?)",
            (attempt.name, sheet.number, sheet.lease, sheet.session),
        )
        return Started(attempt, fresh, self.writer.put([change, give_out], sheet=sheet))

    def find(self, name: bytes, session: bytes, *, fresh: bool = False) -> Attempt:
        """The attempt of that name, for the session that got it; else `NoSuchAttempt`.

        A browser that typed the same code again holds the sheet under a later lease: it finds its earlier
        attempts too, all of them read-only, so that an older tab can say what happened.

        `fresh`: look whether another process has written on the sheet, before anything of it is shown. Who only
        writes needs not: the commit looks.
        """
        held = _hash(session)
        for _ in range(2):
            known = self._known(name)
            if known is None:
                break
            attempt, given_to = known
            is_theirs = secrets.compare_digest(given_to, held) or secrets.compare_digest(attempt.sheet.session, held)
            if is_theirs and not fresh:
                return attempt
            if self._is_as_stored(attempt.sheet):
                if is_theirs:
                    return attempt
                break
            self._drop(attempt.sheet)
        else:
            raise Moved("the sheet changes all the time")
        raise NoSuchAttempt("no such attempt in this session")

    def refusal(self, sheet: Sheet, problem: Exception) -> Exception:
        """What to raise where a sheet in memory does not allow something: the same must be true of the stored one."""
        if self._is_as_stored(sheet):
            return problem
        self._drop(sheet)
        return Moved("another process has written on the sheet")

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
            raise self.refusal(sheet, AlreadySubmitted())
        if not attempt.is_current:
            raise self.refusal(sheet, Stale(sheet.lease, 0))
        sheet.lease += 1
        attempt.lease = sheet.lease
        statements: list[Statement] = [
            ("UPDATE sheets SET lease = ? WHERE sheet = ?", (sheet.lease, sheet.number)),
            ("UPDATE attempts SET lease = ? WHERE attempt = ?", (sheet.lease, attempt.name)),
        ]
        return self.writer.put(statements, sheet=sheet)

    def end(self, session: bytes, *, but: Sheet | None = None) -> Pending:
        """The browser goes to somebody else: nobody reads or writes any more with what it held, copies of it too.

        `but`: leave it when it was on this sheet, where the same code was typed again.
        """
        held = _hash(session)
        row = self._reader.execute("SELECT attempt, sheet FROM attempts WHERE session = ?", (held,)).fetchone()
        if row is None or (but is not None and row[1] == but.number):
            return Pending(settled=True)
        name, number = row
        sheet = self._sheets.get(number) or self._load_sheet(number)
        if sheet is None:
            return Pending(settled=True)
        self._attempts.pop(name, None)
        nobodys = _hash(secrets.token_bytes(TOKEN_BYTES))
        statements: list[Statement] = [("UPDATE attempts SET session = ? WHERE attempt = ?", (nobodys, name))]
        if secrets.compare_digest(held, sheet.session):
            sheet.session, sheet.own, sheet.own_from = nobodys, {}, sheet.lease + 1
            change = "UPDATE sheets SET session = ?, own_from = ? WHERE sheet = ?"
            statements.append((change, (sheet.session, sheet.own_from, number)))
        return self.writer.put(statements, sheet=sheet)

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
            raise self.refusal(sheet, AlreadySubmitted())
        last = sheet.saved.get(screen)
        if last is not None and (lease, rev) == (last.lease, last.rev) and body == last.body:
            if not self._is_as_stored(sheet):
                raise self.refusal(sheet, AlreadySubmitted())
            return last.pending or Pending(settled=True)
        newer = last is None or (lease, rev) > (last.lease, last.rev)
        if not newer or lease != attempt.lease or not attempt.is_current or not 1 <= rev <= HIGHEST_REV:
            raise self.refusal(sheet, Stale(last.lease if last else sheet.lease, last.rev if last else 0))
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
            raise self.refusal(sheet, Stale(sheet.lease, 0))
        if sheet.receipt is None:
            sheet.receipt = new_receipt()
            hand_in: Statement = ("UPDATE sheets SET receipt = ? WHERE sheet = ?", (sheet.receipt, sheet.number))
            sheet.handing_in = self.writer.put([hand_in], sheet=sheet)
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
        # What only adds answers leaves a response a response.
        change = 0 if before and None not in save.values() else is_response(form, sheet.answers) - before
        sealed = self._seal.save(sheet.number, screen, saved.lease, saved.rev, saved.body)
        statements: list[Statement] = [(ADD_TO_LOG, (sheet.number, sealed))]
        if change:
            statements.append((ADD_TO_COUNTS, (sheet.invitation.group, form.number, change)))
        saved.pending = self.writer.put(statements, sheet=sheet)
        sheet.saved[screen] = saved
        return saved.pending

    def sheet_of(self, code: str) -> Sheet:
        """The sheet that a code opens, made when there is none yet; `UnknownCode` or `DoesNotOpen` when none may be."""
        row = self._reader.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (self.key.lookup(code),)).fetchone()
        if row is None:
            raise UnknownCode("unknown")
        invitation = open_envelope(self.key, code, row[0])
        person = (invitation.pid, invitation.form)
        known = self._by_person.get(person)
        # One that was never written may have been begun by another process under another number.
        if known is not None and (not known.lease or not self._is_as_stored(known)):
            self._drop(known)
        if person not in self._by_person:
            name = self._seal.name(*person)
            found = self._reader.execute("SELECT sheet FROM sheets WHERE name = ?", (name,)).fetchone()
            if found is None or self._load_sheet(found[0]) is None:
                # A random number, so that numbers do not tell who came first.
                self._remember(Sheet(secrets.randbits(62), invitation))
        return self._by_person[person]

    def _known(self, name: bytes) -> tuple[Attempt, bytes] | None:
        """An attempt with the session it was given to, from memory where that may be right, else as it is stored."""
        known = self._attempts.get(name)
        if known is not None and not known[0].sheet.is_dropped:
            return known
        row = self._reader.execute("SELECT sheet, lease, session FROM attempts WHERE attempt = ?", (name,)).fetchone()
        sheet = None if row is None else self._sheets.get(row[0]) or self._load_sheet(row[0])
        if sheet is None:
            self._attempts.pop(name, None)
            return None
        attempt = self._new_attempt(name, sheet, row[1], row[2])
        attempt.seen = None if known is None else known[0].seen
        return self._attempts[name]

    def _is_as_stored(self, sheet: Sheet) -> bool:
        """Whether a sheet in memory is what is stored, or will be once our own writes are."""
        if not self._is_shared:
            return True
        if sheet.is_dropped:
            return False
        row = self._reader.execute("SELECT version FROM sheets WHERE sheet = ?", (sheet.number,)).fetchone()
        version = 0 if row is None else row[0]
        return version == sheet.known or version in sheet.under_way

    def _load_sheet(self, number: int) -> Sheet | None:
        version = "version" if self._is_shared else "0"
        with places.snapshot(self._reader):
            row = self._reader.execute(
                f"SELECT {version}, sealed, lease, own_from, session, receipt, picked, coalesce(misses, 0)"
                " FROM sheets LEFT JOIN pictures USING (sheet) WHERE sheet = ?",
                (number,),
            ).fetchone()
            log = self._reader.execute("SELECT sealed FROM log WHERE sheet = ? ORDER BY seq", (number,)).fetchall()
        if row is None:
            return None
        stored, sealed, *more, pictures, misses = row
        sheet = Sheet(number, self._seal.open_who(number, sealed), *more)
        sheet.known = sheet.version = stored
        sheet.pictures, sheet.misses = pictures, misses
        for (kept,) in log:
            save = self._seal.open_save(number, kept)
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

    def _drop(self, sheet: Sheet) -> None:
        """Believe no more what memory says of a sheet."""
        sheet.is_dropped = True
        person = (sheet.invitation.pid, sheet.invitation.form)
        if self._sheets.get(sheet.number) is sheet:
            del self._sheets[sheet.number]
        if self._by_person.get(person) is sheet:
            del self._by_person[person]

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
