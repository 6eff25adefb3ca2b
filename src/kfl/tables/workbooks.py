"""Reading XLSX: the first sheet that is shown and has cells, as rows of text. Formulas are read as what they came to.

A merged cell within one column gives its value to every row, with a notice; across columns it is a fault, since nobody
knows which column is meant. Hidden rows are read, and other sheets left, with a notice too.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .faults import MOST_KEPT, Fault, Problem, fault
from .number_formats import Formats
from .packages import Package
from .reading import Raw
from .values import column_letters

MOST_CELLS = 1_000_000
MOST_COLUMNS = 16_384
MOST_MERGED = 10_000
MOST_NAMED = 5
MOST_TEXTS = 1_000_000
MOST_PLACES = 5_000_000  # rows by columns, blank or not
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767  # characters; Excel's own bound
_WORKBOOK = "xl/workbook.xml"
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Worksheet:
    """One sheet's cells as text, by row and column, both from 1."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    problems: list[tuple[int, int, Fault, str]] = field(default_factory=list)  # row, column, what, value

    @property
    def is_empty(self) -> bool:
        """Whether no cell has anything in it."""
        return not any(cell.strip() for row in self.rows.values() for cell in row.values())


def read_workbook(content: bytes, name: str) -> Raw:
    """The header and rows of a workbook; raises `WrongFile` where it is none, or holds more than it may."""
    package = Package(content, name)
    book = _book(package)
    strings = _strings(package, book.strings)
    formats = Formats(dates_from_1904=book.from_1904)
    if package.has(book.styles):
        package.read(book.styles, formats.start)
    for title, part in book.sheets:
        reader = _Reader(package, strings, formats)
        package.read(part, reader.start, reader.end, reader.text)
        if not reader.sheet.is_empty:
            others = [one for one, _part in book.sheets if one != title]
            return _raw(package, reader.sheet, _notices(title, others, reader.sheet))
    raise package.refused(Fault.NO_SHEET)


def _notices(title: str, others: Sequence[str], sheet: Worksheet) -> list[Problem]:
    found = []
    if others:
        found.append(fault(Fault.OTHER_SHEETS, sheet=title, others=", ".join(others)))
    if hidden := sheet.hidden & sheet.rows.keys():
        found.append(fault(Fault.HIDDEN_ROWS, count=len(hidden)))
    return found


@dataclass
class _Book:
    """What a workbook says of itself: the sheets that are shown, by title and part, and where the rest is."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: str = ""
    styles: str = ""
    from_1904: bool = False


def _book(package: Package) -> _Book:
    main = next((part for kind, _key, part in _related(package, "_rels/.rels", "") if kind == "officeDocument"), "")
    workbook = main or "xl/workbook.xml"
    if not package.has(workbook) or not workbook.casefold().endswith(".xml"):
        raise package.refused(Fault.NO_WORKBOOK)
    folder, file = posixpath.split(workbook)
    related = _related(package, f"{folder}/_rels/{file}.rels", folder)
    parts = {key: part for kind, key, part in related if kind == "worksheet" and package.has(part)}
    found = _Book()
    found.strings = next((part for kind, _key, part in related if kind == "sharedStrings"), "")
    found.styles = next((part for kind, _key, part in related if kind == "styles"), "")
    tags: list[str] = []

    def start(tag: str, given: dict[str, str]) -> None:
        tags[1:] = [tag]
        if tag == "sheet" and given.get("state", "visible") == "visible" and given.get("id") in parts:
            found.sheets.append((given.get("name", ""), parts[given["id"]]))
        elif tag == "workbookPr":
            found.from_1904 = given.get("date1904") in {"1", "true"}

    package.read(workbook, start)
    if tags[0] != "workbook":
        raise package.refused(Fault.NO_WORKBOOK)
    return found


def _related(package: Package, part: str, folder: str) -> list[tuple[str, str, str]]:
    """Kind, key and name of the parts that a part names; what lies outside the workbook is never followed."""
    found: list[tuple[str, str, str]] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("TargetMode", "Internal") != "External":
            kind = given.get("Type", "").rpartition("/")[2]
            found.append((kind, given.get("Id", ""), package.target(folder, given.get("Target", ""))))

    if package.has(part):
        package.read(part, start)
    return found


def _strings(package: Package, part: str) -> list[str]:
    """The texts that cells point at."""
    found: list[str] = []
    pieces: list[str] = []
    open_tags: list[str] = []

    def start(tag: str, _given: dict[str, str]) -> None:
        open_tags.append(tag)
        if tag == "si":
            pieces.clear()

    def text(piece: str) -> None:
        if open_tags and open_tags[-1] == "t" and "rPh" not in open_tags[-3:]:  # rPh: how a text is read aloud
            pieces.append(piece)

    def end(tag: str) -> None:
        open_tags.pop()
        if tag == "si":
            found.append(_text("".join(pieces)))
            if len(found) > MOST_TEXTS:
                raise package.refused(Fault.TOO_MUCH_INSIDE)

    if package.has(part):
        package.read(part, start, end, text)
    return found


def _text(written: str) -> str:
    """A text as it was typed: the format writes some characters as _x000D_."""
    return _ESCAPED.sub(lambda one: chr(int(one[1], 16)), written) if "_x" in written else written


class _Reader:
    """Takes a sheet's elements one by one; of a cell it keeps only what is shown."""

    def __init__(self, package: Package, strings: Sequence[str], formats: Formats) -> None:
        self.package = package
        self.strings = strings
        self.formats = formats
        self.sheet = Worksheet()
        self._row = self._column = self._cells = 0
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._length = 0
        self._takes = self._has_formula = False
        self._aloud = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            self._begin_cell(given)
        elif tag in {"v", "t"}:
            self._takes = not self._aloud
        elif tag == "f":
            self._has_formula = True
        elif tag == "rPh":
            self._aloud = True
        elif tag == "row":
            self._row = int(given["r"]) if "r" in given else self._row + 1
            self._column = 0
            if not 0 < self._row <= MOST_ROWS:
                raise self.package.refused(Fault.DAMAGED)
            if given.get("hidden") in {"1", "true"}:
                self.sheet.hidden.add(self._row)
        elif tag == "mergeCell":
            self.sheet.merged.append(given.get("ref", ""))
            if len(self.sheet.merged) > MOST_MERGED:
                raise self.package.refused(Fault.TOO_MUCH_INSIDE)

    def text(self, piece: str) -> None:
        if self._takes:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > LONGEST_CELL * 8:  # with what is written as _x000D_
                raise self.package.refused(Fault.TOO_MUCH_INSIDE)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._takes = False
        elif tag == "rPh":
            self._aloud = False
        elif tag == "c" and (value := self._value()):
            self.sheet.rows.setdefault(self._row, {})[self._column] = value

    def _begin_cell(self, given: dict[str, str]) -> None:
        self._cells += 1
        place = _PLACE.fullmatch(given["r"]) if "r" in given else None
        self._column = _column_number(place[1]) if place else self._column + 1
        if self._cells > MOST_CELLS or self._column > MOST_COLUMNS:
            raise self.package.refused(Fault.TOO_MUCH_INSIDE)
        if self._row == 0 or ("r" in given and place is None) or (place and int(place[2]) != self._row):
            raise self.package.refused(Fault.DAMAGED)
        self._kind, self._style = given.get("t", "n"), given.get("s", "")
        self._pieces, self._length = [], 0
        self._takes = self._has_formula = self._aloud = False

    def _value(self) -> str:
        written = "".join(self._pieces)
        if self._has_formula and not written and self._kind != "str":
            self._wrong(Fault.NO_VALUE, "")
            return ""
        if self._kind == "s":
            return self.strings[int(written)] if int(written) >= 0 else ""
        if self._kind in {"str", "inlineStr"}:
            return _text(written)
        if self._kind == "b":
            return "TRUE" if written.strip() in {"1", "true"} else "FALSE"
        if self._kind == "e":
            self._wrong(Fault.ERROR_VALUE, written[:20])
            return ""
        if self._kind == "d":
            return written.strip()
        return self.formats.shown(written.strip(), self._style) if written.strip() else ""

    def _wrong(self, code: Fault, value: str) -> None:
        if len(self.sheet.problems) < MOST_KEPT:
            self.sheet.problems.append((self._row, self._column, code, value))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _raw(package: Package, sheet: Worksheet, notices: list[Problem]) -> Raw:
    """The table: its header is the first row with anything in it."""
    numbers = sorted(number for number, row in sheet.rows.items() if any(cell.strip() for cell in row.values()))
    top = numbers[0]
    header = _as_list(sheet.rows[top], max(sheet.rows[top]))
    if len(numbers) * len(header) > MOST_PLACES:
        raise package.refused(Fault.TOO_MUCH_INSIDE)
    problems = _fill(package, sheet, numbers, notices)
    for number, column, code, value in sheet.problems:
        name = header[column - 1].strip() if column <= len(header) else ""
        problems.append(fault(code, number, name or None, value=value))
    problems += _beside(sheet, numbers[1:], len(header))
    rows = ((number, _as_list(sheet.rows[number], len(header))) for number in numbers[1:])
    return Raw(header, top, rows, notices, problems)


def _as_list(row: dict[int, str], width: int) -> list[str]:
    return [row.get(column, "") for column in range(1, width + 1)]


def _beside(sheet: Worksheet, numbers: Sequence[int], width: int) -> Iterator[Problem]:
    """Cells in columns beside the header, the first of each column."""
    seen: set[int] = set()
    for number in numbers:
        for column, cell in sheet.rows[number].items():
            if column > width and cell.strip() and column not in seen and len(seen) < MOST_KEPT:
                seen.add(column)
                yield fault(Fault.UNNAMED_COLUMN, number, number=column, letters=column_letters(column))


def _merged(sheet: Worksheet) -> list[tuple[int, int, int, int, str]]:
    """First row and column, last row and column, and name of the cells that are merged, from the top down."""
    found = []
    for cells in sheet.merged:
        first, _colon, to = cells.partition(":")
        begins, ends = _PLACE.fullmatch(first), _PLACE.fullmatch(to or first)
        if begins and ends:
            found.append((int(begins[2]), _column_number(begins[1]), int(ends[2]), _column_number(ends[1]), cells))
    return sorted(found)


def _fill(package: Package, sheet: Worksheet, numbers: Sequence[int], notices: list[Problem]) -> list[Problem]:
    """Give the value of merged cells to each of their rows that has anything; gives what is wrong with them."""
    problems: list[Problem] = []
    filled: list[str] = []
    room = MOST_CELLS
    for above, left, last, right, cells in _merged(sheet):
        value = sheet.rows.get(above, {}).get(left, "")
        if not value.strip():
            continue
        below = numbers[bisect_right(numbers, above) : bisect_right(numbers, last)]
        if left != right or (above == numbers[0] and below):
            code = Fault.MERGED_HEADER if above == numbers[0] else Fault.MERGED_ACROSS
            problems.append(fault(code, above, cells=cells))
            continue
        room -= len(below)
        if room < 0:
            raise package.refused(Fault.TOO_MUCH_INSIDE)
        for number in below:
            sheet.rows[number][left] = value
        if below:
            filled.append(cells)
    if filled:
        more = " …" if len(filled) > MOST_NAMED else ""
        notices.append(fault(Fault.MERGED_FILLED, cells=", ".join(filled[:MOST_NAMED]) + more))
    return problems
