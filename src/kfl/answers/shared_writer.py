"""Group commit to PostgreSQL, where several processes write on the same sheets.

Each process keeps sheets in memory as if it were alone, and each commit checks the copies it was made from: a sheet
bears a version, a random number that every write on it changes. A write says which version it was made from. When
the sheet bears another, somebody else has written on it: the write is `Moved`, nothing of it is stored, the copy is
dropped, and whoever asked does it again from what the sheet says now. Versions are drawn by lot rather than counted,
so that a copy can't catch up with a sheet by chance, and so that they don't tell how often somebody saved.

Locks are taken in one order in every process (the wave, sheets by number, new ones by name, counts by key), so that
no two commits can wait for each other.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import cast

from . import postgres
from .column_blocks import ADD_TO_COUNTS
from .pending import Pending
from .sheets import Sheet
from .sql import Unreachable
from .wave_tables import NoSuchWave, State
from .writer import ADD_ATTEMPT, ADD_TO_LOG, Closed, Moved, Statement, Write, Writer

_BEGIN: Statement = ("BEGIN", ())
_LOCK_WAVE: Statement = ("LOCK TABLE meta IN ROW EXCLUSIVE MODE", ())
_STATE: Statement = ("SELECT value FROM meta WHERE key = 'state'", ())
_LOCK_SHEETS = "SELECT sheet, version FROM attempts WHERE sheet = ANY(?) ORDER BY sheet FOR NO KEY UPDATE"
_ADD_ROWS = (
    "INSERT INTO log (sheet, sealed) SELECT sheet, sealed"
    " FROM unnest(?::bigint[], ?::bytea[]) WITH ORDINALITY AS fresh (sheet, sealed, place) ORDER BY place"
)
_SET_VERSIONS = (
    "UPDATE attempts SET version = fresh.version"
    " FROM unnest(?::bigint[], ?::bigint[]) AS fresh (sheet, version) WHERE attempts.sheet = fresh.sheet"
)
_WIPED = ("log", "attempts")


class _SheetWrite(Write):
    __slots__ = ("after", "before", "sheet")

    def __init__(self, generation: int, statements: Sequence[Statement], erases: bool, sheet: Sheet) -> None:
        super().__init__(generation, statements, erases)
        self.sheet, self.before, self.after = sheet, sheet.version, secrets.randbits(62) | 1


class SharedWriter(Writer):
    """Commits writes in the order they are put, each only if its sheet is as the process believed."""

    def __init__(
        self, line: postgres.SchemaConnection, forget: Callable[[], None], drop: Callable[[Sheet], None]
    ) -> None:
        self._line = self._connection = line
        self._begin(forget)
        self._erased = False
        self._drop = drop  # the owner drops what it believes about one sheet

    def put(self, statements: Sequence[Statement], *, erases: bool = False, sheet: Sheet | None = None) -> Pending:
        """Line up one write on a sheet, made from what the sheet in memory says."""
        if sheet is None:
            return super().put(statements, erases=erases)
        write = _SheetWrite(self._generation, statements, erases, sheet)
        sheet.version = write.after
        sheet.under_way.append(write.after)
        self._waiting.put(write)
        return write.pending

    def _store(self, writes: Sequence[Write]) -> None:
        try:
            self._write_together(self._checked(writes))
        except NoSuchWave as problem:  # closed and made anew, or removed: its tables are gone
            self._line.undo()
            raise Closed("the wave takes no more answers") from problem
        except BaseException:
            self._line.undo()
            raise

    def _checked(self, writes: Sequence[Write]) -> list[Write]:
        """Those whose sheets are as they were taken for, which are locked now; the others are marked."""
        on_sheets = [write for write in writes if isinstance(write, _SheetWrite)]
        numbers = sorted({write.sheet.number for write in on_sheets})
        *_, state, sheets = self._line.together([_BEGIN, _LOCK_WAVE, _STATE, (_LOCK_SHEETS, (numbers,))])
        row = state.fetchone()
        if row is None or row[0] != State.OPEN.value:
            raise Closed("the wave takes no more answers")
        now: dict[int, int] = dict(sheets.fetchall())
        for write in on_sheets:
            number = write.sheet.number
            if write.before == now.get(number, 0):
                now[number] = write.after
            else:
                write.error = Moved("another process has written on the sheet")
        self._add_attempts([write for write in on_sheets if write.error is None])
        return [write for write in writes if write.error is None]

    def _add_attempts(self, writes: Sequence[_SheetWrite]) -> None:
        """Put in what is new. Where another process was first (on a rating), no write on this one stands."""
        fresh = [(values, write.sheet) for write in writes for sql, values in write.statements if sql is ADD_ATTEMPT]
        fresh.sort(key=lambda one: cast(bytes, one[0][1]))  # by the attempt's name
        add = f"{ADD_ATTEMPT} ON CONFLICT DO NOTHING RETURNING sheet"
        for (_values, sheet), rows in zip(
            fresh, self._line.together((add, values) for values, _ in fresh), strict=True
        ):
            if rows.fetchone() is None:
                for write in writes:
                    if write.sheet is sheet:
                        write.error = Moved("another process has begun the sheet")

    def _write_together(self, writes: Sequence[Write]) -> None:
        statements = [
            statement for write in writes for statement in write.statements if statement[0] is not ADD_ATTEMPT
        ]
        rows = [values for sql, values in statements if sql is ADD_TO_LOG]
        counts = sorted((values for sql, values in statements if sql is ADD_TO_COUNTS), key=lambda row: row[:2])
        todo: list[Statement] = []
        if rows:
            todo.append((_ADD_ROWS, tuple(map(list, zip(*rows, strict=True)))))
        todo += [statement for statement in statements if statement[0] not in (ADD_TO_LOG, ADD_TO_COUNTS)]
        for (group, form), same in groupby(counts, key=lambda row: row[:2]):
            todo.append((ADD_TO_COUNTS, (group, form, sum(row[2] for row in same))))  # type: ignore[misc]
        versions = {write.sheet.number: write.after for write in writes if isinstance(write, _SheetWrite)}
        if versions:
            todo.append((_SET_VERSIONS, (list(versions), list(versions.values()))))
        postgres.check_committed(self._line.together([*todo, ("COMMIT", ())])[-1])

    def _wipe(self, stored: Sequence[Write]) -> None:
        """After an erasure, free what was deleted; if that cannot be now, at the next commit."""
        self._erased = self._erased or any(write.erases for write in stored)
        if self._erased:
            with suppress(Unreachable):
                self._line.wipe(_WIPED)
                self._erased = False

    def _settle(self, batch: list[Write]) -> None:
        for write in batch:
            if isinstance(write, _SheetWrite):
                self._tell(write)
        super()._settle(batch)

    def _tell(self, write: _SheetWrite) -> None:
        write.sheet.under_way.remove(write.after)
        if write.error is None:
            write.sheet.known = write.after
        elif isinstance(write.error, Moved):
            self._drop(write.sheet)
