"""What every file of answers can do: tell its columns, and read some of them for a piece of its rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kfl.tables import Problem, WrongFile


@dataclass(frozen=True)
class Piece:
    """Some consecutive rows of a file."""

    number: int
    first: int  # number of its first row, the file's first being 0
    rows: int
    start: int  # first byte, where the format is cut by bytes
    end: int  # after the last byte


@dataclass(frozen=True)
class Source(ABC):
    """A file of answers; small, and may be pickled and sent to where a piece is read."""

    path: Path
    name: str  # the file's name as it was given
    columns: tuple[str, ...]
    types: tuple[pl.DataType, ...]  # of the columns, as they are read
    pieces: tuple[Piece, ...]
    encoding: str  # "" where the format settles it

    #: Rows above the first answers, so that row numbers in messages are those the file's own program shows.
    header_rows = 0
    #: Whether numbers come as text or floats, so that columns of whole numbers must be found by looking.
    guesses_types = False
    #: What people call the format.
    kind = ""

    def called(self, _column: str, value: str) -> str:
        """What a value of a column is called, where the file says so.

        Parameters
        ----------
        _column, value : str
            A column, and a value as a label of a group.

        Returns
        -------
        str
        """
        return value

    @property
    def rows(self) -> int:
        """How many rows of answers there are."""
        return sum(piece.rows for piece in self.pieces)

    def read(self, piece: Piece, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of one piece.

        Parameters
        ----------
        piece : Piece
            One of `pieces`.
        columns : sequence of str
            Which columns, each once.

        Returns
        -------
        DataFrame
            ``piece.rows`` rows; the columns in the order asked for.

        Raises
        ------
        WrongFile
            The file is damaged there.
        """
        try:
            frame = self._read(piece, list(columns))
        except pl.exceptions.PolarsError as error:
            raise self._damaged(piece, str(error).splitlines()[0]) from error
        if frame.height != piece.rows:
            raise self._damaged(piece, f"{frame.height} rows were found")
        return frame.select(columns)

    @abstractmethod
    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame: ...

    def row_number(self, index: int) -> int:
        """What a row is called in messages.

        Parameters
        ----------
        index : int
            The first row of answers is 0.

        Returns
        -------
        int
        """
        return index + 1 + self.header_rows

    def _damaged(self, piece: Piece, reason: str) -> WrongFile:
        first, last = self.row_number(piece.first), self.row_number(piece.first + piece.rows - 1)
        return WrongFile(self.name, [Problem(first, None, f"rows up to {last} cannot be read: {reason}")])


def cut(rows: int, size: int) -> tuple[Piece, ...]:
    """Pieces of equal length.

    Parameters
    ----------
    rows, size : int
        How many rows there are, and how many a piece shall have.

    Returns
    -------
    tuple of Piece
    """
    starts = range(0, rows, size)
    return tuple(Piece(number, at, min(size, rows - at), 0, 0) for number, at in enumerate(starts))
