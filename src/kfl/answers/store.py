"""An open wave's sheets: who writes on which, in what order, and what is kept (RULES D.7, D.8, D.10).

The code writes and tells nothing: each browser session that types it gets an attempt and a sheet of its own, and
nothing that a session asks or does depends on what lies on another's. Which sheet counts is settled at close (`fold`).
Ratings are excepted: whoever may rate a child shares one sheet, on which the last to open it writes.

Owner: the answers room. Read this whole before changing a line. The store belongs to one thread of
the owning process; its memory is a copy of the file that is dropped whenever a commit fails.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from . import closing_times, saves, wave_tables
from .bundle import BundleForm
from .column_blocks import ADD_TO_COUNTS
from .envelopes import Invitation, open_envelope
from .keys import CodeKey
from .media import Media
from .memory import COPIED, Memory
from .pending import Pending
from .places import Where
from .sealing import NAME_BYTES, End, SheetSeal, new_number
from .sheet_rules import Answer, checked, screens
from .sheets import AlreadySubmitted, Attempt, NoSuchAttempt, OutsideTimes, Saved, Sheet, Stale, Started, UnknownCode
from .writer import ADD_ATTEMPT, ADD_TO_LOG, Moved, Statement

TOKEN_BYTES = 16
HIGHEST_REV = 1_000_000
_MOST_SHEETS_IN_MEMORY = 100_000


class OpenWave:
    """The sheets of one open wave: held by one process (`ownership.Lock`), or shared by several (`shared_writer`)."""

    def __init__(self, where: Where, key: CodeKey) -> None:
        self._reader = where.connect_to_read()
        try:
            if wave_tables.state(self._reader) is not wave_tables.State.OPEN:
                raise wave_tables.WaveNotOpen(key.wave)
            self.bundle = wave_tables.read_bundle(self._reader)
            self.writer = where.writer(self._forget, self._drop)
        except BaseException:
            self._reader.close()
            raise
        self.key = key
        self._seal = SheetSeal(key)
        self._screens = {form.number: screens(form) for form in self.bundle.forms}
        self._ratings = {form.number for form in self.bundle.forms if form.is_rating}
        self._memory = Memory(self._reader, self._seal, is_shared=where.is_shared)
        self._attempts: dict[bytes, Attempt] = {}

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
            return wave_tables.state(self._reader) is wave_tables.State.OPEN
        except wave_tables.NoSuchWave:
            return False

    def is_taking(self, now: datetime, group: int | None = None) -> bool:
        """Whether new respondents may start at this time, in this group or (without one) anywhere."""
        opens_at, closes_at = self.bundle.opens_at, self._closes_at(group)
        return (opens_at is None or opens_at <= now) and (closes_at is None or now < closes_at)

    def _closes_at(self, group: int | None) -> datetime | None:
        return closing_times.latest(wave_tables.closes_at(self._reader), closing_times.read(self._reader), group)

    def invitation(self, code: str) -> Invitation:
        """What the envelope of a code holds; `UnknownCode` or `DoesNotOpen` where there is none."""
        row = self._reader.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (self.key.lookup(code),)).fetchone()
        if row is None:
            raise UnknownCode("unknown")
        return open_envelope(self.key, code, row[0])

    def start(
        self, code: str, session: bytes | None = None, now: datetime | None = None, *, word: str | None = None
    ) -> Started:
        """Open the envelope of a code and give out the right to write on a sheet: one write, whatever happened before.

        Parameters
        ----------
        code : str
            Normalised.
        session : bytes, optional
            What the browser held before. The session that typed goes on with its own sheet, under the next lease, as
            long as that has not ended; anybody else gets a sheet of one's own.
        now : datetime, optional
            Refuse a code whose group takes no respondents at that time.
        word : str, optional
            Of a sheet that was begun with this code and has not ended: the new one begins as an unseen copy of it. Any
            other word gives an empty sheet, and nobody is told which it was.

        Raises
        ------
        UnknownCode, DoesNotOpen
            No envelope is found by that code.
        OutsideTimes
            Its group takes no respondents now: the same for all of the group, whoever has answered.
        """
        who = self.invitation(code)
        if now is not None and not self.is_taking(now, who.group):
            opens_at = self.bundle.opens_at
            form: BundleForm = self.bundle.form(who.form)
            if opens_at is not None and now < opens_at:
                raise OutsideTimes(form, opens_at, None)
            raise OutsideTimes(form, None, self._closes_at(who.group))
        if who.form in self._ratings:
            return self._start_rating(who, session, secrets.token_bytes(TOKEN_BYTES))
        held = self._held(session)
        if word is None and held is not None and held.end is None and _same(held.invitation, who):
            return self._go_on(held, secrets.token_bytes(TOKEN_BYTES))
        return self._begin(who, word)

    def recall(self, attempt: Attempt, word: str) -> Started:
        """As `start` with a word, for whoever has typed the code already; `NoSuchAttempt` on a rating: it has none."""
        if attempt.form.number in self._ratings:
            raise NoSuchAttempt("a rating is shared")
        return self._begin(attempt.sheet.invitation, word)

    def _begin(self, who: Invitation, word: str | None) -> Started:
        """A sheet of one's own, empty or as an unseen copy of the one with this word."""
        token = secrets.token_bytes(TOKEN_BYTES)
        sheet = self._new_sheet(new_number(), who, token)
        is_copy = word is not None and self._memory.copy_of(who, word, sheet)
        copied = self._seal.copied(who, word) if is_copy and word else secrets.token_bytes(NAME_BYTES)
        name = self._seal.by_word(who, self._seal.word(sheet.number))
        return self._give_out(sheet, token, [self._addition(sheet, name, copied)])

    def nothing(self) -> Pending:
        """A write of random bytes: for a code or word that nobody has, so that every reply is a write."""
        return self.writer.put([("UPDATE noise SET bytes = ?", (secrets.token_bytes(wave_tables.NOISE_BYTES),))])

    def find(self, name: bytes, session: bytes, *, fresh: bool = False) -> Attempt:
        """The attempt of that name, for the session that got it; else `NoSuchAttempt`.

        `fresh`: look whether another process has written on the sheet, before anything of it is shown. Whoever only
        writes need not: the commit looks.
        """
        held = _hash(session)
        for _ in range(2):
            attempt = self._known(name)
            if attempt is None:
                break
            is_theirs = secrets.compare_digest(attempt.sheet.session, held)
            if is_theirs and not fresh:
                return attempt
            if self._memory.is_as_stored(attempt.sheet):
                if is_theirs:
                    return attempt
                break
            self._memory.drop(attempt.sheet)
        else:
            raise Moved("the sheet changes all the time")
        raise NoSuchAttempt("no such attempt in this session")

    def refusal(self, sheet: Sheet, problem: Exception) -> Exception:
        """What to raise where a sheet in memory does not allow something: the same must be true of the stored one."""
        if self._memory.is_as_stored(sheet):
            return problem
        self._drop(sheet)
        return Moved("another process has written on the sheet")

    def renew(self, attempt: Attempt) -> Pending:
        """The next lease for the same attempt: another tab of its browser writes from now on.

        Raises
        ------
        AlreadySubmitted
            Nobody writes on the sheet any more.
        """
        sheet = attempt.sheet
        if sheet.end is not None:
            raise self.refusal(sheet, AlreadySubmitted())
        sheet.lease += 1
        return self.writer.put(
            [("UPDATE attempts SET lease = ? WHERE sheet = ?", (sheet.lease, sheet.number))], sheet=sheet
        )

    def end(self, session: bytes, *, but: Sheet | None = None) -> Pending:
        """The browser goes to somebody else: nobody reads or writes any more with what it held, copies of it too.

        `but`: leave it when it was on this sheet, where the same code was typed again.
        """
        sheet = self._held(session)
        if sheet is None or (but is not None and sheet.number == but.number):
            return Pending(settled=True)
        sheet.session, sheet.own = _hash(secrets.token_bytes(TOKEN_BYTES)), {}
        change: Statement = ("UPDATE attempts SET session = ? WHERE sheet = ?", (sheet.session, sheet.number))
        return self.writer.put([change], sheet=sheet)

    def save(self, attempt: Attempt, screen: int, lease: int, rev: int, answers: Mapping[str, object]) -> Pending:
        """Keep the state of one screen.

        Items left out keep what was stored before; None takes an answer back. The same pair with
        the same body gives the same outcome, however often it comes.

        Raises
        ------
        Stale
            Another lease than the attempt's; or the pair (lease, rev) is not newer than the stored one, or the same
            pair has another body: then it carries the stored pair, where this attempt made it.
        AlreadySubmitted, NoSuchScreen, WrongAnswer
            Nothing is stored.
        """
        sheet = attempt.sheet
        save = checked(attempt.screen(screen), answers)
        body = _encode(save)
        if sheet.end is not None:
            raise self.refusal(sheet, AlreadySubmitted())
        last = sheet.saved.get(screen)
        own = last if last is not None and last.lease >= sheet.since else None
        pair = (lease + sheet.since - 1, rev)
        if own is not None and pair == (own.lease, own.rev) and body == own.body:
            if not self._memory.is_as_stored(sheet):
                raise self.refusal(sheet, AlreadySubmitted())
            return own.pending or Pending(settled=True)
        if lease != attempt.lease:
            raise self.refusal(sheet, Stale())
        if own is not None and pair <= (own.lease, own.rev):
            raise self.refusal(sheet, Stale(own.lease - sheet.since + 1, own.rev))
        if not 1 <= rev <= HIGHEST_REV:
            raise self.refusal(sheet, Stale())
        return self._keep(sheet, screen, Saved(*pair, body), save)

    def typed(self, attempt: Attempt, screen: int) -> dict[str, Answer]:
        """What this browser session typed on a screen; empty for any other and after the end."""
        return {} if attempt.is_ended else dict(attempt.sheet.own.get(screen, {}))

    def next_rev(self, attempt: Attempt, screen: int) -> int:
        """The number for the next save of a screen under this attempt's lease."""
        last = attempt.sheet.saved.get(screen)
        return last.rev + 1 if last is not None and last.lease == attempt.sheet.lease else 1

    def word(self, attempt: Attempt) -> str | None:
        """The sheet's word, at any time; None on a rating, which is shared."""
        return None if attempt.form.number in self._ratings else self._seal.word(attempt.sheet.number)

    def submit(self, attempt: Attempt) -> tuple[str, Pending]:
        """Hand the sheet in; the receipt is the same however often it is asked for."""
        sheet = attempt.sheet
        if sheet.end is None:
            self.put_end(sheet, End.HANDED_IN, self._copy_rows(sheet))
        return self._seal.receipt(sheet.number), sheet.ending or Pending(settled=True)

    def decline(self, attempt: Attempt) -> Pending:
        """A no: the sheet ends, counts like one that was handed in, and is not taken at close.

        Raises
        ------
        AlreadySubmitted
            It was handed in, or taken back.
        """
        sheet = attempt.sheet
        if sheet.end not in (None, End.NO):
            raise self.refusal(sheet, AlreadySubmitted())
        if sheet.end is None:
            self.put_end(sheet, End.NO)
        return sheet.ending or Pending(settled=True)

    def sheets_of(self, who: Invitation, word: str) -> list[Sheet]:
        """The sheet that has this word, and all that were begun as copies of it, or of those; none for a wrong word."""
        found, next_ones = dict[int, Sheet](), self._memory.all("word", self._seal.by_word(who, word))
        while next_ones:
            sheet = next_ones.pop()
            found[sheet.number] = sheet
            copies = self._memory.all("copied", self._seal.copied(who, self._seal.word(sheet.number)))
            next_ones += [copy for copy in copies if copy.number not in found]
        return list(found.values())

    def put_end(self, sheet: Sheet, end: End, before: Sequence[Statement] = (), *, erases: bool = False) -> Pending:
        """Line up a sheet's end, with what must be written before it. A sheet counts once."""
        who, is_first = sheet.invitation, sheet.end is None
        row = (self._seal.end_number(sheet.number), self._seal.end(sheet.number, end))
        statements: list[Statement] = [*before, (ADD_TO_LOG, row)]
        if is_first:
            statements.append((ADD_TO_COUNTS, (who.group, who.form, 1)))
        sheet.end = end
        sheet.ending = self.writer.put(statements, erases=erases, sheet=sheet)
        return sheet.ending

    def _keep(self, sheet: Sheet, screen: int, saved: Saved, save: Mapping[str, Answer]) -> Pending:
        saves.change(sheet.own.setdefault(screen, {}), save)
        sealed = self._seal.save(sheet.number, screen, saved.lease, saved.rev, saved.body)
        statements: list[Statement] = self._copy_rows(sheet) if sheet.copy else []
        statements.append((ADD_TO_LOG, (sheet.number, sealed)))
        saved.pending = self.writer.put(statements, sheet=sheet)
        sheet.saved[screen] = saved
        return saved.pending

    def _copy_rows(self, sheet: Sheet) -> list[Statement]:
        """What a sheet began with, to be written on it now, once."""
        copy, sheet.copy = sheet.copy, {}
        return [
            (ADD_TO_LOG, (sheet.number, self._seal.save(sheet.number, screen, COPIED, 0, _encode(answers))))
            for screen, answers in copy.items()
        ]

    def _start_rating(self, who: Invitation, session: bytes | None, token: bytes) -> Started:
        """The one sheet about a child, for whoever opens it last."""
        number = self._seal.number_of_rating(who.pid, who.form)
        sheet = self._memory.sheet(number)
        if sheet is None:
            unused = secrets.token_bytes(NAME_BYTES), secrets.token_bytes(NAME_BYTES)
            sheet = self._new_sheet(number, who, token)
            return self._give_out(sheet, token, [self._addition(sheet, *unused)])
        if session is not None and secrets.compare_digest(sheet.session, _hash(session)):
            return self._go_on(sheet, token)
        self._attempts.pop(sheet.attempt, None)
        sheet.lease = sheet.since = sheet.lease + 1
        sheet.attempt, sheet.session, sheet.own = secrets.token_bytes(TOKEN_BYTES), _hash(token), {}
        change = "UPDATE attempts SET attempt = ?, session = ?, lease = ?, since = ? WHERE sheet = ?"
        values = (sheet.attempt, sheet.session, sheet.lease, sheet.since, sheet.number)
        return self._give_out(sheet, token, [(change, values)])

    def _go_on(self, sheet: Sheet, token: bytes) -> Started:
        """The same session once more: its sheet under the next lease."""
        sheet.lease, sheet.session = sheet.lease + 1, _hash(token)
        change = "UPDATE attempts SET lease = ?, session = ? WHERE sheet = ?"
        return self._give_out(sheet, token, [(change, (sheet.lease, sheet.session, sheet.number))])

    def _new_sheet(self, number: int, who: Invitation, token: bytes) -> Sheet:
        return Sheet(number, who, secrets.token_bytes(TOKEN_BYTES), _hash(token))

    def _addition(self, sheet: Sheet, word: bytes, copied: bytes) -> Statement:
        sealed = self._seal.who(sheet.number, sheet.invitation, sheet.origin)
        held = (sheet.attempt, sheet.number, sheet.session, sheet.lease, sheet.since)
        return ADD_ATTEMPT, (*held, word, copied, sealed)

    def _give_out(self, sheet: Sheet, token: bytes, statements: list[Statement]) -> Started:
        pending = self.writer.put(statements, sheet=sheet)
        if len(self._memory) >= _MOST_SHEETS_IN_MEMORY and not self.writer.waiting:
            self._forget()
        self._memory.keep(sheet)
        return Started(self._attempt_on(sheet), token, pending)

    def _held(self, session: bytes | None) -> Sheet | None:
        """The sheet that this session writes on, if it has one in this wave."""
        if not session:
            return None
        held = _hash(session)
        sheet = self._memory.first("session", held)
        return sheet if sheet is not None and secrets.compare_digest(sheet.session, held) else None

    def _known(self, name: bytes) -> Attempt | None:
        """An attempt from memory where that may be right, else as it is stored."""
        known = self._attempts.get(name)
        if known is not None and not known.sheet.is_dropped:
            return known
        sheet = self._memory.first("attempt", name)
        if sheet is None or sheet.attempt != name:
            self._attempts.pop(name, None)
            return None
        return self._attempt_on(sheet)

    def _attempt_on(self, sheet: Sheet) -> Attempt:
        form: BundleForm = self.bundle.form(sheet.invitation.form)
        before = self._attempts.get(sheet.attempt)
        attempt = Attempt(sheet.attempt, sheet, form, self._screens[form.number])
        attempt.seen = None if before is None else before.seen
        self._attempts[sheet.attempt] = attempt
        return attempt

    def _drop(self, sheet: Sheet) -> None:
        self._memory.drop(sheet)

    def _forget(self) -> None:
        self._memory.forget()
        self._attempts.clear()


def _same(one: Invitation, other: Invitation) -> bool:
    return (one.pid, one.form) == (other.pid, other.form)


def _hash(session: bytes) -> bytes:
    return hashlib.sha256(session).digest()


def _encode(answers: Mapping[str, Answer]) -> bytes:
    return msgspec.json.encode(answers, order="sorted")
