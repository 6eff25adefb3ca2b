"""From a file, CSV or XLSX, to a table: named columns, numbered rows of text, and everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .columns import Columns
from .dialects import dialect_of, records
from .encodings import decoded
from .faults import MOST_KEPT, Fault, Problem, WrongFile, fault
from .values import column_letters, folded, letters_fault, lost_noughts, tidied

MOST_COLUMNS = 5_000
_ZIP, _OLD_OFFICE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Bounds:
    """How much a file may hold, and how careful its letters are looked at. None = without bound."""

    megabytes: int | None = 5
    rows: int | None = 100_000
    cell: int | None = 500
    looks_at_letters: bool = True


LIST = Bounds()  # what people upload
ANSWERS = Bounds(megabytes=None, rows=None, cell=None, looks_at_letters=False)  # what whoever runs the portal has


@dataclass(frozen=True, slots=True)
class Row:
    """One row, numbered as a spreadsheet does; a column that the table does not have reads as blank."""

    number: int
    values: tuple[str, ...]
    places: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        place = self.places.get(column)
        return "" if place is None else self.values[place]

    def has(self, column: str) -> bool:
        """Whether the table has this column."""
        return column in self.places

    @property
    def cells(self) -> dict[str, str]:
        """The values by column."""
        return {column: self.values[place] for column, place in self.places.items()}


@dataclass(frozen=True)
class Table:
    """A header and its rows, blank ones left out; all rows have a value in each column."""

    name: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]
    notices: tuple[Problem, ...] = ()  # what is not wrong, but was not done in silence

    def column(self, name: str) -> list[str]:
        """The values of a column, row by row."""
        place = self.header.index(name)
        return [row.values[place] for row in self.rows]

    def lost_noughts(self, columns: Iterable[str]) -> list[Problem]:
        """A notice for each of these columns of codes that seems to have lost noughts."""
        found = (lost_noughts(name, self.column(name)) for name in columns if name in self.header)
        return [one for one in found if one is not None]


@dataclass(frozen=True)
class Raw:
    """What a format gives: the header and the rows under it, as they stand."""

    header: Sequence[str]
    header_row: int
    rows: Iterable[tuple[int, Sequence[str]]]
    notices: Sequence[Problem] = ()
    problems: Sequence[Problem] = ()


def read_table(source: bytes | Path, *, name: str = "", columns: Columns | None = None, bounds: Bounds = LIST) -> Table:
    """Read a file whole.

    Parameters
    ----------
    source : bytes or Path
        What is in it, or where it is.
    name : str, optional
        What the file is called, where it has no path.
    columns : Columns, optional
        Which columns it must and may have. Capitals in their names do not count then.
    bounds : Bounds, optional
        How much it may hold.

    Raises
    ------
    WrongFile
        Everything that is wrong in it.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    content = _content(source, name, bounds)
    if content.startswith(_OLD_OFFICE):
        raise WrongFile(name, [fault(Fault.LOCKED_OR_OLD)])
    if content.startswith(_ZIP):
        from .workbooks import read_workbook

        return _table(name, read_workbook(content, name), columns, bounds)
    return _table(name, _delimited(content, name, columns), columns, bounds)


def _content(source: bytes | Path, name: str, bounds: Bounds) -> bytes:
    most = None if bounds.megabytes is None else bounds.megabytes * 1_000_000
    if isinstance(source, bytes):
        content = source
    else:
        try:
            with source.open("rb") as file:
                content = file.read() if most is None else file.read(most + 1)
        except FileNotFoundError as error:
            raise WrongFile(name, [fault(Fault.NO_FILE)]) from error
        except OSError as error:
            raise WrongFile(name, [fault(Fault.UNREADABLE, why=error.strerror or str(error))]) from error
    if most is not None and len(content) > most:
        raise WrongFile(name, [fault(Fault.TOO_LARGE, most=bounds.megabytes)])
    if not content.strip():
        raise WrongFile(name, [fault(Fault.EMPTY)])
    return content


def _delimited(content: bytes, name: str, columns: Columns | None) -> Raw:
    text = decoded(content, name)
    dialect = dialect_of(text, name, columns.knows if columns else None)
    return Raw(dialect.header, dialect.header_row, records(text, dialect, name))


def _table(name: str, raw: Raw, columns: Columns | None, bounds: Bounds) -> Table:
    header, problems = checked_header(raw.header, raw.header_row, folded if columns else tidied)
    problems += columns.problems(header, raw.header_row) if columns else ()
    problems += raw.problems
    if problems:
        raise WrongFile(name, problems)
    body = [(number, cells) for number, cells in raw.rows if any(cells) and any(map(str.strip, cells))]
    if not body:
        raise WrongFile(name, [fault(Fault.NO_ROWS)])
    if bounds.rows is not None and len(body) > bounds.rows:
        raise WrongFile(name, [fault(Fault.TOO_MANY_ROWS, rows=len(body), most=bounds.rows)])
    cells = _Cells(header, len(raw.header), bounds)
    places = {column: place for place, column in enumerate(header)}
    rows = tuple(Row(number, cells.read(number, values), places) for number, values in body)
    if cells.count:
        raise WrongFile(name, cells.problems, cells.count)
    return Table(name, header, raw.header_row, rows, tuple(raw.notices))


def checked_header(
    names: Sequence[str], row: int, tidy: Callable[[str], str] = tidied
) -> tuple[tuple[str, ...], list[Problem]]:
    """A header's names without blank ones at its end, and what is wrong with it.

    Parameters
    ----------
    names : sequence of str
        As they stand in the file.
    row : int
        Number of the header's row.
    tidy : callable, optional
        How a name is written.
    """
    header = [tidy(one) for one in names]
    while header and not header[-1]:
        header.pop()
    problems = []
    if len(header) > MOST_COLUMNS:
        problems.append(fault(Fault.TOO_MANY_COLUMNS, row, columns=len(header), most=MOST_COLUMNS))
    else:
        problems += header_problems(header, row)
    return tuple(header), problems


def header_problems(header: Sequence[str], row: int | None) -> Iterator[Problem]:
    """Columns without a name, and names that stand twice.

    Parameters
    ----------
    header : sequence of str
        Names as they are compared.
    row : int or None
        Number of the header's row, where the format has one.
    """
    seen: dict[str, int] = {}
    for number, name in enumerate(header, start=1):
        if not name:
            yield fault(Fault.UNNAMED_COLUMN, row, number=number, letters=column_letters(number))
            continue
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 2:
            yield fault(Fault.COLUMN_TWICE, row, name)


class _Cells:
    """Tidies the cells of a table, and gathers what is wrong with them. What comes again is looked at once."""

    def __init__(self, header: Sequence[str], width: int, bounds: Bounds) -> None:
        self.header = header
        self.width = width  # of the header with its blank columns, in which nothing may stand
        self.bounds = bounds
        self.problems: list[Problem] = []
        self.count = 0
        self._tidied: dict[str, str] = {"": ""}
        self._faults: dict[str, Problem] = {}  # of a cell's text

    def read(self, number: int, cells: Sequence[str]) -> tuple[str, ...]:
        width = len(self.header)
        if len(cells) != width:
            if not width <= len(cells) <= self.width or any(map(str.strip, cells[width:])):
                self._add(fault(Fault.LENGTH, number, found=len(cells), wanted=width))
                return ()
            cells = cells[:width]
        known = self._tidied
        values = tuple(known[cell] if cell in known else self._look(cell) for cell in cells)
        if self._faults:
            for name, cell in zip(self.header, cells, strict=True):
                if (found := self._faults.get(cell)) is not None and found.code is not None:
                    self._add(fault(found.code, number, name, **found.facts))
        return values

    def _look(self, cell: str) -> str:
        text = self._tidied[cell] = tidied(cell)
        most = self.bounds.cell
        if most is not None and len(cell) > most:
            self._faults[cell] = fault(Fault.LONG_CELL, most=most)
        elif self.bounds.looks_at_letters and (code := letters_fault(text)):
            self._faults[cell] = fault(code)
        return text

    def _add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.problems) < MOST_KEPT:
            self.problems.append(problem)
