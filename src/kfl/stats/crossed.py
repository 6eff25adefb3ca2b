"""Exact sums of items two by two: products and contingency tables of every pair, from one pass.

All are whole numbers that merge; moments, polychoric correlations and factor models are made from them.
See docs/methods/sums.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import SumsDiffer
from kfl.stats.grouping import Int
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes


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
    BadAnswers
        Wrong shapes, or a code outside the scale.
    """
    values, given = _turned_rows(answers, scale)
    return PairProducts(scale, given @ given.T, values @ given.T, values @ values.T)


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
    BadAnswers
        Wrong shapes, or a code outside the scale.
    """
    values, given = _turned_rows(answers, scale)
    width = scale.high - scale.low + 1
    first, second = np.triu_indices(len(scale.items), 1)
    counts = np.zeros((len(first), width, width), dtype=np.int64)
    for pair, (one, two) in enumerate(zip(first, second, strict=True)):
        both = (given[one] & given[two]) > 0
        cell = (values[one][both] - scale.low) * width + values[two][both] - scale.low
        counts[pair] = np.bincount(cell, minlength=width * width).reshape(width, width)
    return PairTables(scale, counts)


def _turned_rows(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> tuple[Int, Int]:
    """Values of the scale's items, turned, 0 where not answered, and 1 where answered; (items, people)."""
    codes = np.stack([item_codes(answers, row, scale) for row in scale.items]).astype(np.int64)
    given = codes >= 0
    turned = np.where(np.array(scale.turned)[:, np.newaxis], scale.low + scale.high - codes, codes)
    return np.where(given, turned, 0), given.astype(np.int64)
