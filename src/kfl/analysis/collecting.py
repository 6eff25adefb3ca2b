"""From a piece of a file to sums; sums of pieces add up to those of the file, exactly, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook, CodebookItem
from kfl.analysis.reading import BadCells, Piece, Source, codes_of
from kfl.stats import CrossProducts, ScaleSpec, Sums, collect, collect_products, person_scores

Int = NDArray[np.int64]
Label = tuple[str | None, ...]  # values of the columns of --by, then of --split; None = blank


@dataclass(frozen=True)
class Plan:
    """What to sum in a file of answers."""

    items: tuple[CodebookItem, ...]
    scales: tuple[ScaleSpec, ...]  # over answers with the rows of `items`
    by: tuple[str, ...]
    split: str | None
    others: tuple[str, ...]  # every column that is no item, in the file's order

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that say where a person belongs."""
        return self.by if self.split is None else (*self.by, self.split)


@dataclass(frozen=True, eq=False)
class FileSums:
    """Exact sums over some rows of a file. A cell is those with one value in each column of the plan's keys."""

    plan: Plan
    cells: tuple[Label, ...]  # by their first row
    first: Int  # (cells,) number of the first row
    rows: Int  # (cells,) persons, answers or not
    sums: Sums  # groups = cells
    products: tuple[CrossProducts, ...]  # one a scale, everybody as one group
    scores: tuple[Int, ...]  # one a scale: persons scored by score, in steps of 1 / items above the lowest code
    whole: NDArray[np.bool_]  # for each of the plan's other columns: nothing but whole numbers so far
    bad: BadCells

    def __add__(self, other: FileSums) -> FileSums:
        """Sums over both sets of rows."""
        first = {cell: row for part in (self, other) for cell, row in zip(part.cells, part.first.tolist(), strict=True)}
        for cell, row in zip(self.cells, self.first.tolist(), strict=True):
            first[cell] = min(first[cell], row)
        cells = tuple(sorted(first, key=first.__getitem__))
        place = {cell: number for number, cell in enumerate(cells)}
        mine, yours = (np.array([place[cell] for cell in part.cells], dtype=np.int64) for part in (self, other))
        rows = np.zeros(len(cells), dtype=np.int64)
        rows[mine] += self.rows
        rows[yours] += other.rows
        return replace(
            self,
            cells=cells,
            first=np.array([first[cell] for cell in cells], dtype=np.int64),
            rows=rows,
            sums=self.sums.regroup(mine, len(cells)) + other.sums.regroup(yours, len(cells)),
            products=tuple(one + two for one, two in zip(self.products, other.products, strict=True)),
            scores=tuple(one + two for one, two in zip(self.scores, other.scores, strict=True)),
            whole=self.whole & other.whole,
            bad=self.bad + other.bad,
        )


def plan_of(book: Codebook, source: Source, by: Sequence[str], split: str | None) -> Plan:
    """What to sum, where the file has all that the codebook and the options name.

    Parameters
    ----------
    book : Codebook
        Its items are the columns to sum.
    source : Source
        The file of answers.
    by : sequence of str
        Columns of groups, the largest first.
    split : str or None
        Column of a split, for instance of gender.

    Returns
    -------
    Plan
    """
    items = {item.key for item in book.items}
    others = tuple(column for column in source.columns if column not in items)
    return Plan(book.items, book.specs(), tuple(by), split, others)


def sum_piece(source: Source, piece: Piece, plan: Plan) -> FileSums:
    """Sum one piece of a file.

    Parameters
    ----------
    source : Source
        The file.
    piece : Piece
        One of its pieces.
    plan : Plan
        What to sum.

    Returns
    -------
    FileSums
        Bad cells count as not answered and are listed.
    """
    looked_at = plan.others if source.guesses_types else plan.keys
    frame = source.read(piece, [*looked_at, *(item.key for item in plan.items)])
    codes, bad = codes_of(frame, plan.items, source, piece.first)
    cells, first, group = _cells(frame.select(plan.keys))
    everybody = np.zeros(frame.height, dtype=np.int64)
    return FileSums(
        plan=plan,
        cells=cells,
        first=first + piece.first,
        rows=np.bincount(group, minlength=len(cells)),
        sums=collect(codes, group, len(cells), plan.scales),
        products=tuple(collect_products(codes, everybody, 1, scale) for scale in plan.scales),
        scores=tuple(_by_score(codes, scale) for scale in plan.scales),
        whole=np.array([source.guesses_types and _is_whole(frame[column]) for column in plan.others]),
        bad=bad,
    )


def label_text(values: pl.Series) -> pl.Series:
    """A column's values as labels of groups: text without spaces around it, null where blank.

    Parameters
    ----------
    values : Series
        Text, numbers or anything that can be written.

    Returns
    -------
    Series of String
        Whole numbers without a decimal point, also where they are kept as floats.
    """
    if values.dtype.is_float():
        values = values.fill_nan(None)
        whole = values.cast(pl.Int64, strict=False)
        as_whole = pl.when(whole == values).then(whole.cast(pl.String))
        return pl.select(as_whole.otherwise(values.cast(pl.String))).to_series()
    text = values.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(text != "").then(text)).to_series()


def _cells(keys: pl.DataFrame) -> tuple[tuple[Label, ...], Int, Int]:
    """The cells by first row, the first row of each, and the cell of each row."""
    labels = pl.DataFrame({str(place): label_text(column) for place, column in enumerate(keys.iter_columns())})
    labels = labels.with_row_index("row")
    found = labels.group_by(pl.exclude("row"), maintain_order=True).agg(pl.col("row"))
    group = np.empty(keys.height, dtype=np.int64)
    sizes = found["row"].list.len().to_numpy()
    group[found["row"].explode().to_numpy()] = np.repeat(np.arange(found.height), sizes)
    first = found["row"].list.first().cast(pl.Int64).to_numpy()
    return tuple(found.drop("row").iter_rows()), first, group


def _by_score(codes: NDArray[np.int8], scale: ScaleSpec) -> Int:
    items = len(scale.items)
    scores = person_scores(codes, scale)
    steps = np.rint((scores[~np.isnan(scores)] - scale.low) * items).astype(np.int64)
    return np.bincount(steps, minlength=items * (scale.high - scale.low) + 1)


def _is_whole(values: pl.Series) -> bool:
    """Whether a column holds whole numbers only, written so that nothing is lost (no 0301)."""
    if values.dtype.is_float():
        known = values.fill_nan(None).drop_nulls()
        return bool((known.cast(pl.Int64, strict=False) == known).all(ignore_nulls=False))
    if values.dtype == pl.String:
        return bool(values.drop_nulls().str.contains(r"^(0|-?[1-9][0-9]{0,17})$").all())
    return False
