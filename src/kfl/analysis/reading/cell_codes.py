"""From the cells of a file to codes: int8, -1 = not answered; and which cells hold something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.codebook import CodebookItem
from kfl.analysis.reading.sources import Source
from kfl.tables import Problem, WrongFile
from kfl.tables.faults import MOST_LISTED

LONGEST_QUOTED = 30


@dataclass(frozen=True)
class BadCells:
    """Cells of items that hold no code of the codebook: how many, and the first of them by row."""

    count: int = 0
    first: tuple[Problem, ...] = ()

    def __add__(self, other: BadCells) -> BadCells:
        """Both together."""
        if not (self.count and other.count):
            return self if self.count else other
        return BadCells(self.count + other.count, tuple(sorted(self.first + other.first)[:MOST_LISTED]))

    def refuse(self, name: str) -> None:
        """Raise `WrongFile` if there are any.

        Parameters
        ----------
        name : str
            The file's.

        Raises
        ------
        WrongFile
            With the first of them and their number.
        """
        if self.count:
            raise WrongFile(name, self.first, self.count)


def codes_of(
    frame: pl.DataFrame, items: Sequence[CodebookItem], source: Source, first: int
) -> tuple[NDArray[np.int8], BadCells]:
    """The answers of some rows.

    Parameters
    ----------
    frame : DataFrame
        Has a column for each item.
    items : sequence of CodebookItem
        Which; codes run from 1 to the number of their labels.
    source : Source
        Knows what rows are called.
    first : int
        Number of the frame's first row in the file.

    Returns
    -------
    codes : int8 array, shape (items, rows), C-contiguous
        -1 = not answered; also where a cell is bad.
    bad : BadCells
    """
    codes = np.empty((len(items), frame.height), dtype=np.int8)
    bad = BadCells()
    for row, item in enumerate(items):
        cells = frame.get_column(item.key)
        values, answered = _numbers(cells)
        highest = len(item.labels)
        fits = values.is_between(1, highest).fill_null(value=False)
        codes[row] = pl.select(pl.when(fits).then(values).otherwise(-1)).to_series().to_numpy()
        wrong = (answered & ~fits).arg_true()
        if len(wrong):
            allowed = ", ".join(str(code) for code in range(1, highest + 1))
            shown = [
                Problem(source.row_number(first + at), item.key, f"{_quoted(cells[at])} is not one of {allowed}")
                for at in wrong[:MOST_LISTED].to_list()
            ]
            bad += BadCells(len(wrong), tuple(shown))
    return codes, bad


def _numbers(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Whole numbers, null where a cell holds none; and which cells hold anything at all."""
    if cells.dtype.is_integer():
        return cells.cast(pl.Int64, strict=False), cells.is_not_null()
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
        whole = cells.cast(pl.Int64, strict=False)
        return pl.select(pl.when(whole == cells).then(whole)).to_series(), cells.is_not_null()
    text = cells.cast(pl.String)
    values = text.cast(pl.Int16, strict=False)
    if (values.is_null() & text.is_not_null()).any():  # spaces around, 3.0, or no number at all
        text = text.str.strip_chars()
        text = pl.select(pl.when(text != "").then(text)).to_series()
        values = text.str.replace(r"[.,]0+$", "").cast(pl.Int16, strict=False)
    return values, text.is_not_null()


def _quoted(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return text[:LONGEST_QUOTED]
    return repr(text if len(text) <= LONGEST_QUOTED else text[: LONGEST_QUOTED - 1] + "…")
