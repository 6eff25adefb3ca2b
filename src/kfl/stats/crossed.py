"""Exact sums of items two by two over all who answered both: products, and contingency tables.

All are whole numbers that merge; moments, polychoric correlations and factor models are made from them.
Sums over complete sheets, by group, are in `kfl.stats.complete`. See docs/methods/sums.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, rows_of
from kfl.stats.columns import MISSING, PIECE, as_bytes, cores, distances, exact_floats, form_of, refuse, spread
from kfl.stats.errors import SumsDiffer
from kfl.stats.grouping import Int
from kfl.stats.scales import ScaleSpec


@dataclass(frozen=True, eq=False)
class PairProducts:
    """Exact sums over the people who answered both items of each pair, turned items turned."""

    scale: ScaleSpec
    people: Int  # (items, items) who answered both
    sums: Int  # (items, items) sum of the row's item over those who answered the column's too
    products: Int  # (items, items) sum of products

    def __add__(self, other: PairProducts) -> PairProducts:
        """Sums over both sets of people."""
        if self.scale != other.scale:
            raise SumsDiffer("pair products of other scales cannot be added")
        return replace(
            self,
            people=self.people + other.people,
            sums=self.sums + other.sums,
            products=self.products + other.products,
        )


@dataclass(frozen=True, eq=False)
class PairTables:
    """How many gave each two answers to each two items of a scale, turned items turned."""

    scale: ScaleSpec
    counts: Int  # (pairs, codes, codes): pairs as np.triu_indices(items, 1) has them, codes low..high

    def __add__(self, other: PairTables) -> PairTables:
        """Tables over both sets of people."""
        if self.scale != other.scale:
            raise SumsDiffer("tables of other scales cannot be added")
        return replace(self, counts=self.counts + other.counts)


def collect_pairwise(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> PairProducts:
    """Sum products of every two items over the people who answered both.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    PairProducts
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadScale
        Codes above 126.
    BadAnswers
        Wrong shapes, or a code outside the scale.
    """
    items_by_people(answers, rows_of([scale]))
    columns = as_bytes(answers, [scale])
    form = form_of(scale)
    items = len(scale.items)
    gram = np.zeros((2 * items, 2 * items), dtype=np.int64)
    for start in range(0, columns.shape[1], PIECE):
        codes = columns[form.rows, start : start + PIECE]
        given = codes != MISSING
        far = distances(codes, form) * given
        if far.max() > scale.high - scale.low:
            refuse(answers, scale)
        # One matrix product gives all three sums; floats hold them exactly, see `exact_floats`.
        both = np.concatenate([far, given]).astype(exact_floats(scale))
        gram += (both @ both.T).astype(np.int64)
    people, sums, products = gram[items:, items:], gram[:items, items:], gram[:items, :items]
    return PairProducts(
        scale,
        people,
        sums + scale.low * people,
        products + scale.low * (sums + sums.T) + scale.low**2 * people,
    )


def collect_tables(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> PairTables:
    """Count the answers of every two items by both codes, over the people who answered both.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    PairTables
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadScale
        Codes above 126.
    BadAnswers
        Wrong shapes, or a code outside the scale.
    """
    items_by_people(answers, rows_of([scale]))
    from kfl.stats import planes  # imports numba: the portal's web process does without

    columns = as_bytes(answers, [scale])
    items, width, people = len(scale.items), scale.high - scale.low + 1, columns.shape[1]
    tiles = -(-people // planes.TILE)
    parts = min(cores(), max(tiles, 1))
    cuts = [part * tiles // parts * planes.TILE for part in range(parts)] + [people]
    counts = np.zeros((parts, items * (items - 1) // 2, width, width), dtype=np.int64)

    def count(part: int) -> bool:
        return bool(planes.pair_tables(columns, form_of(scale), cuts[part], cuts[part + 1], counts[part]))

    if not all(spread(count, parts, people * items * items)):
        refuse(answers, scale)
    return PairTables(scale, counts.sum(axis=0))
