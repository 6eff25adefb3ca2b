"""CSV files: encoding, delimiter, rows of equal length, and where the file may be cut.

One pass over the bytes finds the ends of the rows (line breaks outside quotation marks), counts the values of each
row, and cuts the file between rows, so that pieces can be read by themselves. All values are read as text.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.problems import MOST_LISTED, Problem, WrongFile
from kfl.analysis.reading.sources import Piece, Source

DELIMITERS = (",", ";", "\t")
MISSING = ["NA"]  # as R writes it; an empty value is missing too
BLOCK = 8_000_000  # bytes read at a time, and about the size of a piece
QUOTE, LINE_FEED, RETURN = 34, 10, 13


@dataclass(frozen=True)
class CsvSource(Source):
    """A CSV file in UTF-8, pieces cut by bytes."""

    delimiter: str

    header_rows = 1
    guesses_types = True
    kind = "CSV"

    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame:
        with self.path.open("rb") as file:
            file.seek(piece.start)
            content = file.read(piece.end - piece.start)
        schema = dict.fromkeys(self.columns, pl.String)
        rows = pl.scan_csv(
            content,
            has_header=False,
            separator=self.delimiter,
            schema=schema,
            null_values=MISSING,
            raise_if_empty=False,
        )
        return rows.select(columns).collect()


def open_csv(path: Path, scratch: Path) -> CsvSource:
    """Find out how a CSV file is written, and cut it.

    Parameters
    ----------
    path : Path
        The file.
    scratch : Path
        A folder for a copy in UTF-8, where the file has another encoding.

    Returns
    -------
    CsvSource

    Raises
    ------
    WrongFile
        An encoding that is not known, a row that is longer or shorter than the header, an open quotation mark.
    """
    name = path.name
    encoding = _encoding(path)
    if encoding != "utf-8":
        path = _in_utf8(path, encoding, scratch)
    with path.open("rb") as file:
        skip = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
        file.seek(skip)
        line = file.readline()
    text = line.decode("utf-8")
    if not text.strip():
        raise WrongFile(name, [Problem(1, None, "the header is empty")])
    delimiter = max(DELIMITERS, key=text.count)
    header = tuple(cell.strip() for cell in next(csv.reader(io.StringIO(text), delimiter=delimiter)))
    shape = _Shape(ord(delimiter), len(header), skip + len(line))
    with path.open("rb") as file:
        file.seek(shape.offset)
        while block := file.read(BLOCK):
            shape.take(np.frombuffer(block, dtype=np.uint8))
    shape.finish()
    if shape.wrong:
        raise WrongFile(name, shape.problems, shape.wrong)
    types = (pl.String(),) * len(header)
    return CsvSource(path, name, header, types, tuple(shape.pieces), encoding, delimiter)


@dataclass
class _Shape:
    """Goes through the bytes block by block; remembers the row that is not yet complete."""

    delimiter: int
    width: int  # values each row must have
    offset: int  # of the next byte
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
            self._problem(self.rows + self.blank, "a quotation mark is opened and never closed")
        elif self.length and self._rows(np.array([self.separators]), np.array([self.length])):
            self._cut(self.offset)

    def _rows(self, counts: NDArray[np.int64], lengths: NDArray[np.int64]) -> int:
        """Take complete rows, given by delimiters and bytes of each; how many come before empty lines at the end."""
        empty = (lengths <= 0) & (counts == 0)
        full = np.flatnonzero(~empty)
        kept = int(full[-1]) + 1 if len(full) else 0
        if kept and self.blank:
            self._problem(self.rows, "the line is empty")
        for row in np.flatnonzero(counts[:kept] != self.width - 1)[: MOST_LISTED + 1]:
            found = int(counts[row]) + 1
            reason = "the line is empty" if empty[row] else f"{found} values where the header has {self.width}"
            self._problem(self.rows + self.blank + int(row), reason)
        self.wrong += max(int((counts[:kept] != self.width - 1).sum()) - MOST_LISTED - 1, 0)
        self.rows += kept + (self.blank if kept else 0)
        self.blank = len(counts) - kept + (0 if kept else self.blank)
        return kept

    def _cut(self, end: int) -> None:
        rows = self.rows - self.piece_first
        if rows:
            self.pieces.append(Piece(len(self.pieces), self.piece_first, rows, self.piece_start, end))
            self.piece_first, self.piece_start = self.rows, end

    def _problem(self, index: int, reason: str) -> None:
        self.wrong += 1
        self.problems.append(Problem(index + 2, None, reason))


def _encoding(path: Path) -> str:
    """utf-8, utf-16 or windows-1252: the first of them that the whole file can be."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
        rows = 1
        encoding = "utf-8"
        while block := file.read(BLOCK):
            if 0 in block:
                where = rows + block[: block.index(0)].count(b"\n")
                raise WrongFile(path.name, [Problem(where, None, "this is not text")])
            rows += block.count(b"\n")
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                encoding = "windows-1252"
                decoder = codecs.getincrementaldecoder("latin-1")()
    return encoding


def _in_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    copy = scratch / "answers-utf8.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while text := source.read(BLOCK):
                target.write(text)
    except UnicodeError as error:
        reason = f"neither UTF-8 nor {encoding}: save the file as UTF-8"
        raise WrongFile(path.name, [Problem(None, None, reason)]) from error
    return copy
