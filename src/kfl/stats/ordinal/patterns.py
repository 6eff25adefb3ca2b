"""Distinct answer sheets of one scale with how many gave each: all that models of ordinal items need.

650,000 pupils fill in a scale of eight items in a few thousand ways. Counts of whole sheets merge exactly, like all
sums. docs/methods/sums.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, rows_of
from kfl.stats.errors import BadAnswers, SumsDiffer
from kfl.stats.grouping import Int, sum_rows
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes

# Sheets are numbered in base (codes + 1); numbers stay below this.
_LARGEST = 2**62
# Up to so many possible sheets are counted in a table, beyond that by sorting.
_TABLE = 2**22


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct sheets of one scale and their counts; made by `collect_patterns`, never changed.

    Sheets stand in lexicographic order, so that the same people give the same arrays however they were split.
    """

    scale: ScaleSpec
    codes: NDArray[np.int8]  # (items, patterns), turned items turned, -1 = not answered
    counts: Int  # (patterns,) people who filled in the sheet so; never 0

    @property
    def people(self) -> int:
        """How many sheets there are, blank ones included."""
        return int(self.counts.sum())

    def __add__(self, other: Patterns) -> Patterns:
        """Patterns over both sets of people."""
        if self.scale != other.scale:
            raise SumsDiffer("patterns of other scales cannot be added")
        codes = np.concatenate([self.codes, other.codes], axis=1)
        key, _ = _numbered(codes, _digits(self.scale, turn=False))
        _, index, inverse = np.unique(key, return_index=True, return_inverse=True)
        counts = sum_rows(np.concatenate([self.counts, other.counts]), inverse.astype(np.int64), len(index))
        return Patterns(self.scale, np.ascontiguousarray(codes[:, index]), counts)

    def complete(self) -> Patterns:
        """Only the sheets on which every item is answered."""
        whole = (self.codes >= 0).all(axis=0)
        return replace(self, codes=np.ascontiguousarray(self.codes[:, whole]), counts=self.counts[whole])


def collect_patterns(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> Patterns:
    """Count the distinct sheets of one scale.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered. Rows outside the scale are not looked at.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    Patterns
        Exact; any split and order of the people gives the same. Blank sheets are counted too.

    Raises
    ------
    BadAnswers
        Not a matrix of whole numbers, a row that does not exist, or a code outside the scale.

    Examples
    --------
    >>> pair = ScaleSpec("pair", items=(0, 1), turned=(False, True), low=1, high=5)
    >>> patterns = collect_patterns(np.array([[5, 4, 5, -1], [1, 2, 1, 3]]), pair)
    >>> patterns.codes
    array([[-1,  4,  5],
           [ 3,  4,  5]], dtype=int8)
    >>> patterns.counts
    array([1, 1, 2])
    """
    items_by_people(answers, rows_of([scale]))
    if scale.high > 125:
        raise BadAnswers(f"scale {scale.key!r} has codes above 125")
    rows = [item_codes(answers, row, scale) for row in scale.items]
    key, possible = _numbered(rows, _digits(scale, turn=True))
    if possible <= _TABLE:
        in_table = np.bincount(key, minlength=possible)
        present = np.flatnonzero(in_table)
        example = np.empty(possible, dtype=np.int64)
        example[key] = np.arange(len(key))
        index, counts = example[present], in_table[present]
    else:
        _, index, counts = np.unique(key, return_index=True, return_counts=True)
    codes = np.stack([row[index] for row in rows]).astype(np.int16)
    turned = np.array(scale.turned)[:, np.newaxis] & (codes >= 0)
    codes = np.where(turned, scale.low + scale.high - codes, codes)
    return Patterns(scale, codes.astype(np.int8), counts.astype(np.int64))


def _digits(scale: ScaleSpec, *, turn: bool) -> Int:
    """Digit of each code for each item, shape (items, codes + 1); the last column, index -1, is "not answered"."""
    steps = scale.high - scale.low + 1
    digits = np.zeros((len(scale.items), scale.high + 2), dtype=np.int64)
    digits[:, scale.low : -1] = np.arange(1, steps + 1)
    if turn:
        turned = np.array(scale.turned)
        digits[turned, scale.low : -1] = np.arange(steps, 0, -1)
    return digits


def _numbered(rows: Sequence[NDArray[np.integer[Any]]] | NDArray[np.int8], digits: Int) -> tuple[Int, int]:
    """A number for each sheet, ordered as the sheets are, and how many numbers there may be."""
    base = int(digits.max()) + 1
    key = np.zeros(len(rows[0]), dtype=np.int64)
    possible = 1
    for row, digit in zip(rows, digits, strict=True):
        if possible * base > _LARGEST:  # number anew what has come so far, without gaps
            distinct, key = np.unique(key, return_inverse=True)
            possible = max(len(distinct), 1)
        key *= base
        key += digit[row]
        possible *= base
    return key, possible
