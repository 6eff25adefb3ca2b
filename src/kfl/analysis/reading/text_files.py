"""CSV files of answers: the dialect from `kfl.tables`, rows of equal length, and where the file may be cut.

One pass over the bytes finds the ends of the rows (line breaks outside quotation marks), counts the values of each
row, and cuts the file between rows, so that pieces can be read by themselves. All values are read as text.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.reading.sources import Piece, Source
from kfl.tables import Fault, Problem, WrongFile, fault
from kfl.tables.dialects import Dialect, dialect_of
from kfl.tables.encodings import UTF8, UTF8_MARKED, WINDOWS, encoding_of
from kfl.tables.faults import MOST_LISTED
from kfl.tables.reading import checked_header
from kfl.tables.values import column_letters

MISSING = ["NA"]  # as R writes it; an empty value is missing too
BLOCK = 8_000_000  # bytes read at a time, and about the size of a piece
BEGINNING = 1_000_000  # bytes by which a file's dialect is found; more where the header is longer
LONGEST_BEGINNING = 64_000_000
QUOTE, LINE_FEED, RETURN = 34, 10, 13


@dataclass(frozen=True)
class CsvSource(Source):
    """A CSV file in UTF-8, pieces cut by bytes."""

    delimiter: str
    nameless: int  # columns at the end that have neither name nor values
    header_rows: int  # up to and with the header

    guesses_types = True
    kind = "CSV"

    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame:
        return self._scan(piece).select(columns).collect()

    def first_nameless_value(self) -> Problem | None:
        """A value in a column without a name, which would else be lost."""
        names = self._all()[len(self.columns) :]
        for piece in self.pieces if names else ():
            rows = self._scan(piece).select(names).collect()
            for place, column in enumerate(rows.iter_columns(), start=len(self.columns) + 1):
                held = (column.fill_null("").str.strip_chars() != "").arg_true()
                if len(held):
                    row = self.row_number(piece.first + held[0])
                    return fault(Fault.UNNAMED_COLUMN, row, number=place, letters=column_letters(place))
        return None

    def _all(self) -> list[str]:
        return [*self.columns, *(f"\0{number}" for number in range(self.nameless))]

    def _scan(self, piece: Piece) -> pl.LazyFrame:
        with self.path.open("rb") as file:
            file.seek(piece.start)
            content = file.read(piece.end - piece.start)
        return pl.scan_csv(
            content,
            has_header=False,
            separator=self.delimiter,
            schema=dict.fromkeys(self._all(), pl.String),
            null_values=MISSING,
            raise_if_empty=False,
        )


def open_csv(path: Path, scratch: Path) -> CsvSource:
    """Find out how a CSV file is written, and cut it.

    Parameters
    ----------
    path : Path
        The file.
    scratch : Path
        A folder for a copy in UTF-8, where the file has another encoding or another end of line.

    Returns
    -------
    CsvSource

    Raises
    ------
    WrongFile
        No text, a header that does not hold, a row that is longer or shorter than it, an open quotation mark.
    """
    name = path.name
    encoding = encoding_of(_blocks(path), name)
    dialect = _dialect(path, encoding, name)
    if encoding not in {UTF8, UTF8_MARKED} or dialect.line_end == "\r":
        path = _in_utf8(path, encoding, scratch, is_macs=dialect.line_end == "\r")
        dialect = _dialect(path, UTF8, name)
    header, problems = checked_header(dialect.header, dialect.header_row)
    if problems:
        raise WrongFile(name, problems)
    with path.open("rb") as file:
        begins = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
        begins += _bytes_of_header(path, dialect, name)
        file.seek(begins)
        shape = _Shape(ord(dialect.separator), len(dialect.header), begins, dialect.header_row)
        while block := file.read(BLOCK):
            shape.take(np.frombuffer(block, dtype=np.uint8))
    shape.finish()
    if shape.wrong:
        raise WrongFile(name, shape.problems, shape.wrong)
    types, nameless = (pl.String(),) * len(header), len(dialect.header) - len(header)
    shown = "windows-1252" if encoding == WINDOWS else encoding[:6].rstrip("-")
    pieces = tuple(shape.pieces)
    source = CsvSource(path, name, header, types, pieces, shown, dialect.separator, nameless, dialect.header_row)
    if (lost := source.first_nameless_value()) is not None:
        raise WrongFile(name, [lost])
    return source


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _beginning(path: Path, encoding: str, length: int, name: str) -> tuple[str, bool]:
    """Whole lines from the beginning of a file, and whether they are all of it."""
    with path.open("rb") as file:
        content, is_all = file.read(length), not file.read(1)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, final=is_all)
    except UnicodeDecodeError as error:
        raise WrongFile(name, [fault(Fault.ENCODING)]) from error
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return (text, True) if is_all else (text[:end], False)


def _dialect(path: Path, encoding: str, name: str) -> Dialect:
    length = BEGINNING
    while True:
        text, is_all = _beginning(path, encoding, length, name)
        try:
            return dialect_of(text.removeprefix("\ufeff"), name)
        except WrongFile:
            if is_all or length >= LONGEST_BEGINNING:
                raise
            length *= 4  # the header may be longer


def _bytes_of_header(path: Path, dialect: Dialect, name: str) -> int:
    """How many bytes of UTF-8 the header takes, with all above it."""
    characters = dialect.skipped + dialect.header_length
    text, _is_all = _beginning(path, UTF8, max(BEGINNING, 4 * characters), name)
    return len(text.removeprefix("\ufeff")[:characters].encode())


@dataclass
class _Shape:
    """Goes through the bytes block by block; remembers the row that is not yet complete."""

    delimiter: int
    width: int  # values each row must have
    offset: int  # of the next byte
    header_row: int
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    rows: int = 0  # complete rows so far
    quoted: bool = False  # whether a quotation mark is open
    separators: int = 0  # in the row that is not complete
    length: int = 0  # bytes of it
    blank: int = 0  # empty lines just before, which may stand at the end of a file only
    piece_start: int = -1
    piece_first: int = 0

    def take(self, block: NDArray[np.uint8]) -> None:
        if self.piece_start < 0:
            self.piece_start = self.offset
        ends = block == LINE_FEED
        splits = block == self.delimiter
        quotes = block == QUOTE
        if self.quoted or quotes.any():
            outside = (np.cumsum(quotes, dtype=np.int32) + self.quoted) % 2 == 0
            ends &= outside
            splits &= outside
            self.quoted = not bool(outside[-1])
        at, split_at = np.flatnonzero(ends), np.flatnonzero(splits)
        upto = np.searchsorted(split_at, at)
        counts = np.diff(upto, prepend=-self.separators)
        lengths = np.diff(at, prepend=-1 - self.length) - 1
        if len(at):
            returns = block[at[-1] - 1] == RETURN if at[-1] else False
            if kept := self._rows(counts, lengths - int(returns)):
                self._cut(self.offset + int(at[kept - 1]) + 1)
            self.separators, self.length = len(split_at) - int(upto[-1]), len(block) - int(at[-1]) - 1
        else:
            self.separators += len(split_at)
            self.length += len(block)
        self.offset += len(block)

    def finish(self) -> None:
        if self.quoted:
            self._problem(self.rows + self.blank, Fault.QUOTATION_MARK)
        elif self.length and self._rows(np.array([self.separators]), np.array([self.length])):
            self._cut(self.offset)

    def _rows(self, counts: NDArray[np.int64], lengths: NDArray[np.int64]) -> int:
        """Take complete rows, given by delimiters and bytes of each; how many come before empty lines at the end.

        A line of nothing but delimiters is empty too.
        """
        empty = (lengths <= counts) & ((counts == 0) | (counts == self.width - 1))
        full = np.flatnonzero(~empty)
        kept = int(full[-1]) + 1 if len(full) else 0
        if kept and self.blank:
            self._problem(self.rows, Fault.EMPTY_LINE)
        bad = empty | (counts != self.width - 1)
        for row in np.flatnonzero(bad[:kept])[: MOST_LISTED + 1]:
            at = self.rows + self.blank + int(row)
            if empty[row]:
                self._problem(at, Fault.EMPTY_LINE)
            else:
                self._problem(at, Fault.LENGTH, found=int(counts[row]) + 1, wanted=self.width)
        self.wrong += max(int(bad[:kept].sum()) - MOST_LISTED - 1, 0)
        self.rows += kept + (self.blank if kept else 0)
        self.blank = len(counts) - kept + (0 if kept else self.blank)
        return kept

    def _cut(self, end: int) -> None:
        rows = self.rows - self.piece_first
        if rows:
            self.pieces.append(Piece(len(self.pieces), self.piece_first, rows, self.piece_start, end))
            self.piece_first, self.piece_start = self.rows, end

    def _problem(self, index: int, code: Fault, **facts: int) -> None:
        self.wrong += 1
        self.problems.append(fault(code, index + 1 + self.header_row, None, **facts))


def _in_utf8(path: Path, encoding: str, scratch: Path, *, is_macs: bool) -> Path:
    """A copy whose lines end as polars knows it: of files with CR alone, every line break is made one."""
    copy = scratch / "answers-utf8.csv"
    newline = None if is_macs else ""
    try:
        with (
            path.open(encoding=encoding, newline=newline) as source,
            copy.open("w", encoding="utf-8", newline="") as to,
        ):
            while text := source.read(BLOCK):
                to.write(text)
    except UnicodeError as error:
        raise WrongFile(path.name, [fault(Fault.ENCODING)]) from error
    return copy
