"""From a piece of a file to sums; sums of pieces add up to those of the file, exactly, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook, CodebookItem
from kfl.analysis.reading import BadCells, Piece, Source, codes_of
from kfl.stats import CrossProducts, ScaleSpec, Sums, collect, collect_products
from kfl.stats.scores import scores_of_sheets

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Label = tuple[str | None, ...]  # values of the columns of --by, then of --split; None = blank


@dataclass(frozen=True)
class SumPlan:
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

    plan: SumPlan
    cells: tuple[Label, ...]  # by their first row
    first: Int  # (cells,) number of the first row
    rows: Int  # (cells,) persons, answers or not
    sums: Sums  # groups = cells
    complete: Int  # (cells, scales) persons who answered all of a scale's items
    products: tuple[CrossProducts, ...]  # one a scale, everybody as one group
    scores: tuple[Int, ...]  # one a scale: persons scored by score, in steps of 1 / items above the lowest code
    whole: NDArray[np.bool_]  # for each of the plan's other columns: nothing but whole numbers so far
    bad: BadCells

    def blanks(self) -> dict[str, int]:
        """How many persons have a blank in each column of the plan's keys, where anybody has: no group holds them.

        Returns
        -------
        dict from column to int
        """
        keys = enumerate(self.plan.keys)
        counts = {column: int(self.rows[[cell[at] is None for cell in self.cells]].sum()) for at, column in keys}
        return {column: count for column, count in counts.items() if count}

    def __add__(self, other: FileSums) -> FileSums:
        """Sums over both sets of rows."""
        return add_up((self, other))


def add_up(parts: Iterable[FileSums]) -> FileSums:
    """Add up sums as they come, in place: a long sum is not copied for every short one.

    Parameters
    ----------
    parts : iterable of FileSums
        One at least, all of the same plan.

    Returns
    -------
    FileSums
        Of all their rows; the same for any order of the parts.
    """
    place: dict[Label, int] = {}
    first: list[int] = []
    by_cell: dict[str, Int] = {}
    whole: FileSums | None = None
    total: Sums | None = None
    for part in parts:
        everybody = part.sums.total()
        total = everybody if total is None else total + everybody
        whole = part if whole is None else _beside_cells(whole, part)
        to = np.array([place.setdefault(cell, len(place)) for cell in part.cells], dtype=np.int64)
        first.extend([np.iinfo(np.int64).max] * (len(place) - len(first)))
        for at, row in zip(to.tolist(), part.first.tolist(), strict=True):
            first[at] = min(first[at], row)
        for name, table in _by_cell(part).items():
            so_far = by_cell.get(name, table[:0])
            # What everybody's sums have grown too large for, a part's or a cell's own may not be.
            kind = getattr(total, name, table).dtype
            by_cell[name] = _with_room(so_far.astype(kind, copy=False), len(place))
            by_cell[name][to] += table
    if whole is None:
        raise ValueError("there is nothing to add up")
    order = np.argsort(np.array(first, dtype=np.int64), kind="stable")
    in_order = bool((order[1:] > order[:-1]).all())
    tables: dict[str, Any] = {
        name: table[: len(place)] if in_order else table[order] for name, table in by_cell.items()
    }
    cells = tuple(place)
    return replace(
        whole,
        cells=tuple(cells[at] for at in order.tolist()),
        first=np.array(first, dtype=np.int64)[order],
        rows=tables.pop("rows"),
        complete=tables.pop("complete"),
        sums=replace(whole.sums, **tables),
    )


def _by_cell(part: FileSums) -> dict[str, Int]:
    """Every table with a row for each cell."""
    names = [field.name for field in fields(Sums) if field.name != "scales"]
    return {"rows": part.rows, "complete": part.complete, **{name: getattr(part.sums, name) for name in names}}


def _with_room(table: Int, rows: int) -> Int:
    """A table with at least so many rows, the new ones nought; more than asked for, so that growing is rare."""
    if len(table) >= rows:
        return table
    longer = np.zeros((max(rows, 2 * len(table)), *table.shape[1:]), dtype=table.dtype)
    longer[: len(table)] = table
    return longer


def _beside_cells(one: FileSums, other: FileSums) -> FileSums:
    """Both together in what does not go by cell."""
    return replace(
        one,
        products=tuple(mine + yours for mine, yours in zip(one.products, other.products, strict=True)),
        scores=tuple(mine + yours for mine, yours in zip(one.scores, other.scores, strict=True)),
        whole=one.whole & other.whole,
        bad=one.bad + other.bad,
    )


def plan_of(book: Codebook, source: Source, by: Sequence[str], split: str | None) -> SumPlan:
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
    return SumPlan(book.items, book.specs(), tuple(by), split, others)


def sum_piece(source: Source, piece: Piece, plan: SumPlan) -> FileSums:
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
        complete=np.stack([_complete(codes, group, len(cells), scale) for scale in plan.scales], axis=1),
        products=tuple(collect_products(codes, everybody, 1, scale) for scale in plan.scales),
        scores=tuple(map(_by_score, scores_of_sheets(codes, plan.scales), plan.scales)),
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


def _complete(codes: NDArray[np.int8], group: Int, cells: int, scale: ScaleSpec) -> Int:
    return np.bincount(group[(codes[list(scale.items)] >= 0).all(axis=0)], minlength=cells)


def _by_score(scores: Float, scale: ScaleSpec) -> Int:
    items = len(scale.items)
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
