"""The rules in their smallest form: what makes one group of answers unsafe.

Everything here judges a single group. Which groups there are - a node, or what is hidden beside it - is
the business of `blocks` and `split`. All three properties (`too_few`, `near_unanimous`, `at_an_end`) have
in common that a larger group which holds a safe one is safe; the rest of the room leans on that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


class ImpossibleScale(ValueError):
    """A scale that cannot be judged: no items, an item named twice, or impossible codes."""


class BadCounts(ValueError):
    """Counts that do not fit the tree and the scales, or that cannot be counts."""


@dataclass(frozen=True)
class JudgedScale:
    """A scale as the rules see it: its items, and which codes are its two ends.

    A question outside every scale is a scale of one item here. A turned item has its ends swapped.

    Raises
    ------
    ImpossibleScale
        See the class of that name.
    """

    key: str
    items: tuple[int, ...]  # places on the items axis of the counts
    turned: tuple[bool, ...]
    low: int  # lowest code, as place on the codes axis
    high: int  # highest
    sensitive: bool = False

    def __post_init__(self) -> None:
        if not self.items or len(set(self.items)) != len(self.items) or min(self.items) < 0:
            raise ImpossibleScale(f"scale {self.key!r} must name its items once each, got {self.items}")
        if len(self.turned) != len(self.items):
            raise ImpossibleScale(f"scale {self.key!r} has {len(self.items)} items but {len(self.turned)} turned marks")
        if not 0 <= self.low < self.high:
            raise ImpossibleScale(f"scale {self.key!r} has codes from {self.low} to {self.high}")

    def ends(self) -> tuple[list[int], list[int]]:
        """Code of each item at the scale's lowest, and at its highest."""
        lowest = [self.high if turned else self.low for turned in self.turned]
        highest = [self.low if turned else self.high for turned in self.turned]
        return lowest, highest


def check_counts(
    counts: NDArray[np.integer], nodes: int, scales: Sequence[JudgedScale], alone: NDArray[np.integer] | None = None
) -> None:
    """Refuse counts that the rules cannot judge.

    Parameters
    ----------
    counts : integer array, shape (nodes, parts, items, codes)
        People hanging directly on each node by split part, item and code. One part, or three:
        blank, girls, boys.
    nodes : int
        Nodes of the tree.
    scales : sequence of Scale
        Keys differ, items and codes lie within the counts.
    alone : integer array of the same shape, optional
        Those of them whose person handed in no other sheet.

    Raises
    ------
    BadCounts, ImpossibleScale
        When that is not so, or a count is negative.
    """
    if not np.issubdtype(counts.dtype, np.integer) or counts.ndim != 4:
        raise BadCounts("counts must be whole numbers of shape (nodes, parts, items, codes)")
    if counts.shape[0] != nodes or counts.shape[1] not in (1, 3):
        raise BadCounts(f"counts of shape {counts.shape} do not fit {nodes} nodes and one or three parts")
    if counts.size and counts.min() < 0:
        raise BadCounts("a count is negative")
    if alone is not None and (
        alone.shape != counts.shape
        or not np.issubdtype(alone.dtype, np.integer)
        or ((alone < 0) | (alone > counts)).any()
    ):
        raise BadCounts("those whose person handed in no other sheet are not among the counts")
    if len({scale.key for scale in scales}) != len(scales):
        raise ImpossibleScale("two scales have the same key")
    for scale in scales:
        if max(scale.items) >= counts.shape[2] or scale.high >= counts.shape[3]:
            raise BadCounts(f"scale {scale.key!r} lies outside counts of shape {counts.shape}")


def over_codes(codes: Int) -> Int:
    """Sum over the last axis.

    Parameters
    ----------
    codes : int array, shape (..., codes)
        How many gave each answer.

    Returns
    -------
    int array, shape (...)
        How many answered. numpy's own sum over a short axis takes three times as long.
    """
    return np.asarray(np.einsum("...c->...", codes))


def too_few(n: Int, k: int, alone: Int | None = None) -> Bool:
    """Whether some item has answers, but fewer than k.

    Parameters
    ----------
    n : int array, shape (..., items)
        Answers to each item.
    k : int
        Fewest that may stand together.
    alone : int array of the same shape, optional
        Those of them whose person handed in no other sheet; only they count towards k. Whoever holds codes
        could else fill up a group with sheets of their own making. All, unless given.

    Returns
    -------
    bool array, shape (...)
        An item without any answer is not too few: there is nobody to protect.
    """
    return np.asarray(((n > 0) & ((n if alone is None else alone) < k)).any(axis=-1))


def near_unanimous(codes: Int) -> Bool:
    """Whether all, or all but one, gave the same answer to some item.

    Parameters
    ----------
    codes : int array, shape (..., items, codes)
        How many gave each answer.

    Returns
    -------
    bool array, shape (...)
        Items without answers do not count.
    """
    n = over_codes(codes)
    return np.asarray(((n > 0) & (n - codes.max(axis=-1, initial=0) <= 1)).any(axis=-1))


def at_an_end(codes: Int, scale: JudgedScale, columns: Sequence[int]) -> Bool:
    """Whether the scale's mean stands at its lowest or highest, give or take a single answer.

    One answer off the end is treated as the end itself: whoever gave it would know all the others.

    Parameters
    ----------
    codes : int array, shape (..., items, codes)
        How many gave each answer.
    scale : Scale
        Whose ends count.
    columns : sequence of int
        Places of the scale's items on the items axis of `codes`.

    Returns
    -------
    bool array, shape (...)
        False where there are no answers.
    """
    answers = over_codes(over_codes(codes)[..., columns])
    ends = (over_codes(codes[..., columns, end]) for end in scale.ends())
    off = np.minimum(*(answers - end for end in ends))
    return np.asarray((answers > 0) & (off <= 1))
