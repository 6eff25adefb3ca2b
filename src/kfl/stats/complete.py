"""Exact sums over the complete sheets of a scale, by group: what alpha and factor models are made from.

See docs/methods/sums.md and, for how they are made, docs/methods/kernel.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import for_each_person, rows_of
from kfl.stats.columns import (
    PIECE,
    Block,
    as_bytes,
    blocks,
    distances,
    exact_floats,
    in_runs,
    refuse,
    spread,
)
from kfl.stats.errors import BadScale, SumsDiffer, SumsTooLarge
from kfl.stats.grouping import Int, Whole, checked_index, sum_rows, unbounded
from kfl.stats.scales import ScaleSpec

_MANY = 32  # items from which matrix products of whole pieces beat the kernel's loops


@dataclass(frozen=True, eq=False)
class CompleteSheets:
    """Exact sums over the complete sheets of one scale, turned items turned."""

    scale: ScaleSpec
    people: Int  # (groups,) complete sheets
    totals: Int  # (groups, items) sum of each item

    def _tables(self) -> dict[str, Int]:
        """Every table of sums, a row for each group."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "scale"}

    def _multiplied(self, table: Int) -> Whole:
        """A table as it may be multiplied by numbers of people, or by itself."""
        people = int(self.people.max(initial=0))
        return table if people * self.scale.high * len(self.scale.items) < 2**31 else unbounded(table)

    def __add__(self, other: Self) -> Self:
        """Sums over both sets of people, group by group."""
        if self.scale != other.scale or self.people.shape != other.people.shape:
            raise SumsDiffer("sums over complete sheets of other scales or groups cannot be added")
        others = other._tables()
        tables: dict[str, Any] = {name: table + others[name] for name, table in self._tables().items()}
        _check_size(self.scale, int(tables["people"].sum()))
        return replace(self, **tables)

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> Self:
        """Sum groups into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        CrossProducts or AlphaSums
            With `groups` groups.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, len(self.people), lowest=-1)
        tables: dict[str, Any] = {name: sum_rows(table, to, groups) for name, table in self._tables().items()}
        return replace(self, **tables)


@dataclass(frozen=True, eq=False)
class CrossProducts(CompleteSheets):
    """Sums over complete sheets with all products of items; made by `collect_products`."""

    products: Int  # (groups, items, items) sum of products of each two items

    def crossed(self) -> Whole:
        """`people` times the sums of products of deviations from the items' means, shape (groups, items, items)."""
        totals = self._multiplied(self.totals)
        together = self.people[:, np.newaxis, np.newaxis] * self._multiplied(self.products)
        return np.asarray(together - totals[:, :, np.newaxis] * totals[:, np.newaxis, :])

    def squares_apart(self) -> tuple[Whole, Whole]:
        """`people` times the squared deviations of items, summed over items, and of total scores; (groups,) each."""
        crossed = self.crossed()
        return np.trace(crossed, axis1=1, axis2=2), crossed.sum(axis=(1, 2))


@dataclass(frozen=True, eq=False)
class AlphaSums(CompleteSheets):
    """Sums over complete sheets that alpha needs and no more; made by `collect_alpha`."""

    squares: Int  # (groups, items) sum of each item's squares
    total_squares: Int  # (groups,) sum of the squares of the sheets' totals

    def squares_apart(self) -> tuple[Whole, Whole]:
        """`people` times the squared deviations of items, summed over items, and of total scores; (groups,) each."""
        totals = self._multiplied(self.totals)
        own = self.people * self._multiplied(self.squares).sum(axis=1) - (totals * totals).sum(axis=1)
        return own, self.people * self._multiplied(self.total_squares) - totals.sum(axis=1) ** 2


def collect_products(
    answers: NDArray[np.integer[Any]], group: NDArray[np.integer[Any]], groups: int, scale: ScaleSpec
) -> CrossProducts:
    """Sum products of items by group, over complete sheets, in one pass.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    group : integer array, shape (people,)
        Group of each person; -1 leaves the person out.
    groups : int
        How many groups.
    scale : ScaleSpec
        Its rows, turned marks and codes; it may join all items of many scales.

    Returns
    -------
    CrossProducts
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadScale
        Codes above 126.
    BadAnswers
        Wrong shapes, a code outside the scale, or a group that does not exist.
    SumsTooLarge
        Exact sums might not fit in 64 bits (60 eleven-step items take 10¹³ people).
    """
    for_each_person(group, answers)
    rows_of([scale])
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    columns = as_bytes(answers, [scale])
    order = in_runs(_to(group, groups, columns.shape[1]))
    items = len(scale.items)
    people = np.zeros(groups + 1, dtype=np.int64)
    totals = np.zeros((groups + 1, items), dtype=np.int64)
    products = np.zeros((groups + 1, items, items), dtype=np.int64)
    if items > _MANY:
        good = all(_multiply(scale, block, people, totals, products) for block in blocks(columns, scale, order))
    else:
        pairs = np.zeros((groups + 1, items * (items + 1) // 2), dtype=np.int64)
        unused = np.zeros(groups + 1, dtype=np.int64)
        good = all(
            kernel.complete_runs(*block, people, totals, pairs, unused) for block in blocks(columns, scale, order)
        )
        one, two = np.triu_indices(items)
        products[:, one, two] = products[:, two, one] = pairs
    if not good:
        refuse(answers, scale)
    people, distance, products = people[:groups], totals[:groups], products[:groups]
    _check_size(scale, int(people.sum()))
    shift = scale.low * distance
    products += shift[:, :, np.newaxis] + shift[:, np.newaxis, :] + (scale.low**2 * people)[:, np.newaxis, np.newaxis]
    return CrossProducts(scale, people, distance + scale.low * people[:, np.newaxis], products)


def collect_alpha(
    answers: NDArray[np.integer[Any]], group: NDArray[np.integer[Any]], groups: int, scales: Sequence[ScaleSpec]
) -> list[AlphaSums]:
    """Sum what alpha needs by group, over each scale's complete sheets, in one pass: for very many groups.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    group : integer array, shape (people,)
        Group of each person; -1 leaves the person out.
    groups : int
        How many groups.
    scales : sequence of ScaleSpec
        Their items may overlap.

    Returns
    -------
    list of AlphaSums
        One for each scale. Exact; any split and order of the people gives the same.

    Raises
    ------
    BadScale
        No scales, or codes above 126.
    BadAnswers
        Wrong shapes, a code outside its scale, or a group that does not exist.
    SumsTooLarge
        Exact sums might not fit in 64 bits (60 eleven-step items take 10¹³ people).
    """
    for_each_person(group, answers)
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    if not scales:
        raise BadScale("there are no scales to sum")
    columns = as_bytes(answers, scales)
    order = in_runs(_to(group, groups, columns.shape[1]))
    people = np.zeros((len(scales), groups + 1), dtype=np.int64)
    whole = np.zeros_like(people)
    totals = [np.zeros((groups + 1, len(scale.items)), dtype=np.int64) for scale in scales]
    squares = [np.zeros_like(table) for table in totals]

    def sum_scale(at: int) -> bool:
        return all(
            kernel.complete_runs(*block, people[at], totals[at], squares[at], whole[at])
            for block in blocks(columns, scales[at], order)
        )

    for scale, good in zip(scales, spread(sum_scale, len(scales), columns.size), strict=True):
        if not good:
            refuse(answers, scale)
    return [
        _in_codes(scale, people[at, :groups], totals[at][:groups], squares[at][:groups], whole[at, :groups])
        for at, scale in enumerate(scales)
    ]


def _in_codes(scale: ScaleSpec, people: Int, distance: Int, squares: Int, whole: Int) -> AlphaSums:
    """Sums of codes from sums of distances from the low end."""
    _check_size(scale, int(people.sum()))
    each = people[:, np.newaxis]
    least = scale.low * len(scale.items)
    return AlphaSums(
        scale,
        people,
        distance + scale.low * each,
        squares + 2 * scale.low * distance + scale.low**2 * each,
        whole + 2 * least * distance.sum(axis=1) + least**2 * people,
    )


def _multiply(scale: ScaleSpec, block: Block, people: Int, totals: Int, products: Int) -> bool:
    """What the kernel's `complete_runs` does, by matrix products, for many items."""
    from kfl.stats import kernel

    columns, form, runs = block
    missing, total = np.empty((2, columns.shape[1]), dtype=np.int32)
    if not kernel.sheets(columns, form, missing, total):
        return False
    complete = np.flatnonzero(missing == 0)
    starts = np.searchsorted(complete, runs.starts)  # of each run among the complete sheets
    for first in range(0, len(complete), PIECE):
        part = complete[first : first + PIECE]
        codes = np.empty((len(form.rows), len(part)), dtype=np.uint8)
        kernel.gather(columns, form.rows, part, codes)
        sheets = distances(codes, form).astype(exact_floats(scale))
        run = int(np.searchsorted(starts, first, side="right")) - 1  # the run that holds the first of them
        last = int(np.searchsorted(starts, first + len(part), side="left"))
        edges = np.clip(starts[run : last + 1] - first, 0, len(part))
        for to, one, end in zip(runs.group[run:last], edges[:-1], edges[1:], strict=True):
            own = sheets[:, one:end]
            people[to] += end - one
            totals[to] += own.sum(axis=1, dtype=np.float64).astype(np.int64)
            products[to] += (own @ own.T).astype(np.int64)
    return True


def _to(group: NDArray[np.integer[Any]], groups: int, people: int) -> Int:
    """Each person's group; those left out get one more group, whose sums are dropped."""
    to = checked_index(group, groups, people, lowest=-1)
    to[to < 0] = groups
    return to


def _check_size(scale: ScaleSpec, people: int) -> None:
    """Raise where people · (sum over items of the highest code)² could reach 2^62: sums of squares are of int64."""
    if people * (scale.high * len(scale.items)) ** 2 >= 2**62:
        raise SumsTooLarge(f"scale {scale.key!r} cannot be summed exactly over {people} people")
