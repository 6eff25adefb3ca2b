"""The sheets of an open wave in memory, as they are stored or will be once our own writes are; and copies of sheets."""

from . import saves
from .envelopes import Invitation
from .sealing import NO_SHEET, SheetSeal
from .sheet_rules import Answer
from .sheets import Saved, Sheet
from .sql import Connection

COPIED = 0  # the lease of what was copied: no attempt ever has it, so that nobody sees it or can repeat it

_OF_SHEET = "SELECT sheet, sealed FROM log WHERE sheet IN (?, ?) ORDER BY seq"


class Memory:
    """What one process believes of sheets, dropped wherever it may not be so."""

    def __init__(self, reader: Connection, seal: SheetSeal, *, is_shared: bool) -> None:
        self._reader, self._seal, self._is_shared = reader, seal, is_shared
        self._sheets: dict[int, Sheet] = {}

    def __len__(self) -> int:
        return len(self._sheets)

    def sheet(self, number: int) -> Sheet | None:
        """A sheet from memory where that is what is stored, else as it is stored; None where nobody has it."""
        known = self._sheets.get(number)
        if known is not None:
            if self.is_as_stored(known):
                return known
            self.drop(known)
        sheet = _load(self._reader, self._seal, number, with_version=self._is_shared)
        if sheet is not None:
            self.keep(sheet)
        return sheet

    def first(self, column: str, value: bytes) -> Sheet | None:
        """The sheet whose attempt has this in a column."""
        return next(iter(self.all(column, value)), None)

    def all(self, column: str, value: bytes) -> list[Sheet]:
        """All sheets whose attempts have this in a column."""
        rows = self._reader.execute(f"SELECT sheet FROM attempts WHERE {column} = ?", (value,)).fetchall()
        return [sheet for sheet in (self.sheet(number) for (number,) in rows) if sheet is not None]

    def is_as_stored(self, sheet: Sheet) -> bool:
        """Whether a sheet in memory is what is stored, or will be once our own writes are."""
        if not self._is_shared:
            return True
        if sheet.is_dropped:
            return False
        row = self._reader.execute("SELECT version FROM attempts WHERE sheet = ?", (sheet.number,)).fetchone()
        version = 0 if row is None else row[0]
        return version == sheet.known or version in sheet.under_way

    def keep(self, sheet: Sheet) -> None:
        """Believe this of a sheet."""
        self._sheets[sheet.number] = sheet

    def drop(self, sheet: Sheet) -> None:
        """Believe no more what memory says of a sheet."""
        sheet.is_dropped = True
        if self._sheets.get(sheet.number) is sheet:
            del self._sheets[sheet.number]

    def forget(self) -> None:
        """Believe nothing."""
        self._sheets.clear()

    def copy_of(self, who: Invitation, word: str, sheet: Sheet) -> bool:
        """Let a new sheet begin as a copy of the one with this word, if that is there and has not ended."""
        found = self.first("word", self._seal.by_word(who, word))
        if found is None or found.end is not None:
            return False
        answers = answered(self._reader, self._seal, found.number) or found.copy
        if answers:
            _begin_as_copy(sheet, dict(answers))
            sheet.origin = found.origin if found.copy else found.number
        return True


def _load(reader: Connection, seal: SheetSeal, number: int, *, with_version: bool) -> Sheet | None:
    """A sheet as it is stored; None where nobody got the right to write on it."""
    version, end_number = "version" if with_version else "0", seal.end_number(number)
    with reader.snapshot():
        row = reader.execute(
            f"SELECT attempt, session, lease, since, sealed, {version} FROM attempts WHERE sheet = ?", (number,)
        ).fetchone()
        log = reader.execute(_OF_SHEET, (number, end_number)).fetchall()
    if row is None:
        return None
    attempt, session, lease, since, sealed, stored = row
    who, origin = seal.open_who_and_origin(number, sealed)
    sheet = Sheet(number, who, attempt, session, lease, since, origin)
    sheet.known = sheet.version = stored
    for under, kept in log:
        if under == end_number:
            sheet.end = seal.open_end(number, kept)
            continue
        save = seal.open_save(number, kept)
        if save.lease >= since:
            saves.merge(sheet.own.setdefault(save.screen, {}), save.body)
        sheet.saved[save.screen] = Saved(save.lease, save.rev, save.body)
    if origin != NO_SHEET and sheet.end is None and not sheet.saved:
        _begin_as_copy(sheet, answered(reader, seal, origin))
    return sheet


def answered(reader: Connection, seal: SheetSeal, number: int) -> dict[int, dict[str, Answer]]:
    """What lies on a sheet, by screen, whoever typed it."""
    found: dict[int, dict[str, Answer]] = {}
    for (kept,) in reader.execute("SELECT sealed FROM log WHERE sheet = ? ORDER BY seq", (number,)).fetchall():
        save = seal.open_save(number, kept)
        saves.merge(found.setdefault(save.screen, {}), save.body)
    return found


def _begin_as_copy(sheet: Sheet, answers: dict[int, dict[str, Answer]]) -> None:
    """Let a sheet begin with these answers, unseen; they are written on it together with its first save."""
    sheet.copy = answers
    sheet.saved = {screen: Saved(COPIED, 0, b"") for screen in answers}
