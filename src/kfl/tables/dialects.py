"""How a CSV is written: what stands between its values, which line the header is, and how its lines end.

The separator is the one that makes most names that are known, else the one by which the first rows are as long as the
header. Whatever stands within quotation marks counts neither as a separator nor as the end of a line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from .faults import Fault, Problem, WrongFile, fault
from .formula_guards import without_guards

SEPARATORS = (";", ",", "\t", "|")
_LOOKED_AT = 30  # rows by which a separator is judged
_SEP = "sep="


@dataclass(frozen=True)
class Dialect:
    """How a text is written. `skipped` and `header_length` are in characters, a mark of the encoding not counted."""

    separator: str
    header: tuple[str, ...]  # as it stands
    header_row: int  # counted as spreadsheets do: blank lines above it count, Excel's own line "sep=;" does not
    skipped: int  # before the header
    header_length: int  # with the end of its line
    line_end: str  # "\n", "\r\n" or "\r" ("CSV (Macintosh)")


def dialect_of(text: str, name: str, knows: Callable[[str], bool] | None = None) -> Dialect:
    """Find out how a text is written from its beginning, which must hold the whole header.

    Parameters
    ----------
    text : str
        The beginning, without a mark of the encoding; or all of it.
    name : str
        The file's.
    knows : callable, optional
        Whether a column's name is one that is looked for.

    Raises
    ------
    WrongFile
        There is no header, or a quotation mark in it is not closed.
    """
    start, told = _sep_line(text)
    body = text[start:].lstrip("\r\n")
    skipped = len(text) - len(body)
    if not body.strip():
        raise WrongFile(name, [fault(Fault.EMPTY if not text.strip() else Fault.NO_HEADER)])
    separators = (told,) if told else SEPARATORS
    separator = max(separators, key=lambda one: _fitness(body, one, knows)) if len(separators) > 1 else separators[0]
    header, length = _header(body, separator, name)
    end = body[:length]
    line_end = "\r\n" if end.endswith("\r\n") else "\r" if end.endswith("\r") else "\n"
    above = text[start:skipped]
    header_row = 1 + (above.count("\n") or above.count("\r"))
    return Dialect(separator, tuple(map(without_guards, header)), header_row, skipped, length, line_end)


def records(text: str, dialect: Dialect, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows under the header by number; raises `WrongFile` with the row where quotation marks do not fit."""
    lines = csv.reader(_lines(text[dialect.skipped :]), delimiter=dialect.separator, strict=True)
    number = dialect.header_row - 1
    try:
        for number, cells in enumerate(lines, start=dialect.header_row):
            if number > dialect.header_row:
                yield number, [without_guards(cell) for cell in cells]
    except csv.Error as error:
        raise WrongFile(name, [_in_words(error, number + 1)]) from error


def _in_words(error: csv.Error, row: int) -> Problem:
    if "field limit" in str(error):
        return fault(Fault.LONG_CELL, row, most=csv.field_size_limit())
    return fault(Fault.QUOTATION_MARK, row)


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def _sep_line(text: str) -> tuple[int, str]:
    """How long Excel's own first line is, and the separator that it tells of."""
    if text[:4].lower() != _SEP or len(text) < 5:
        return 0, ""
    end = 4 if text[4] in "\r\n" else 5
    if text[end : end + 2] == "\r\n":
        return end + 2, text[4:end]
    return (end + 1, text[4:end]) if text[end : end + 1] in {"\r", "\n"} else (0, "")


def _fitness(text: str, separator: str, knows: Callable[[str], bool] | None) -> tuple[int, float, int]:
    """Known names in the header; the share of rows that are as long; how long it is."""
    rows = list(islice(_some(text, separator), _LOOKED_AT))
    header, body = rows[0], [row for row in rows[1:] if any(row)]
    known = sum(map(knows, header)) if knows else 0
    if len(header) < 2:
        return known, 0.0, 1
    same = sum(len(row) == len(header) for row in body) / len(body) if body else 0.0
    return known, same, len(header)


def _some(text: str, separator: str) -> Iterator[list[str]]:
    """Rows as long as they can be read; the last may be cut short."""
    lines: Iterable[list[str]] = csv.reader(_lines(text), delimiter=separator)
    first = True
    try:
        for row in lines:
            yield row
            first = False
    except csv.Error:
        if first:
            yield []


def _header(text: str, separator: str, name: str) -> tuple[tuple[str, ...], int]:
    """The names of the header, and its length with the end of its line."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in _lines(text):
            taken.append(line)
            yield line

    try:
        header = next(csv.reader(lines(), delimiter=separator, strict=True))
    except csv.Error as error:
        raise WrongFile(name, [_in_words(error, 1)]) from error
    return tuple(header), sum(map(len, taken))
