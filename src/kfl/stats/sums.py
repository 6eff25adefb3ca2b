"""One pass over the answers gives whole-number sums by group; every other number is made from them.

Whole numbers add up to the same result in any order, so parts of a file, groups and machines may be
merged at will. See docs/methods/sums.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import BadAnswers, BadScale, SumsDiffer, SumsTooLarge
from kfl.stats.grouping import Int, checked_index, depths, sum_rows
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes, person_totals

# Sums of squares stay under this, with two bits to spare for differences of them.
_LARGEST = 2**61


@dataclass(frozen=True, eq=False)
class Sums:
    """Exact sums for each group; made by `collect`, never changed.

    A person's score on scale ``s`` is a whole number of ``1 / s.unit``; the two score sums count in
    that unit and its square. `persons` and the score sums hold only those who answered at least half
    of the scale's items; `counts` holds every answer.
    """

    scales: tuple[ScaleSpec, ...]
    counts: Int  # (groups, items, codes): people who gave this code to this item, as answered (not turned)
    persons: Int  # (groups, scales): people scored
    score_sum: Int  # (groups, scales), in units of 1 / unit
    score_square_sum: Int  # (groups, scales), in units of 1 / unit**2

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.persons)

    @cached_property
    def n(self) -> Int:
        """Answers to each item, shape (groups, items); 0 for rows that belong to no scale."""
        return _over_codes(self.counts, np.ones(self.counts.shape[2], dtype=np.int64))

    @cached_property
    def code_sum(self) -> Int:
        """Sum of the codes given to each item, as answered, shape (groups, items)."""
        return _over_codes(self.counts, np.arange(self.counts.shape[2]))

    @property
    def units(self) -> Int:
        """L of each scale, shape (scales,)."""
        return np.array([scale.unit for scale in self.scales], dtype=np.int64)

    def __add__(self, other: Sums) -> Sums:
        """Sums over both sets of people, group by group."""
        if self.scales != other.scales or self.counts.shape != other.counts.shape:
            raise SumsDiffer("sums of other scales, items or groups cannot be added")
        return _checked(
            replace(
                self,
                counts=self.counts + other.counts,
                persons=self.persons + other.persons,
                score_sum=self.score_sum + other.score_sum,
                score_square_sum=self.score_square_sum + other.score_square_sum,
            )
        )

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> Sums:
        """Sum groups into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        Sums
            With `groups` groups; zeros where nothing belongs.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, self.groups, lowest=-1)
        return replace(
            self,
            counts=sum_rows(self.counts, to, groups),
            persons=sum_rows(self.persons, to, groups),
            score_sum=sum_rows(self.score_sum, to, groups),
            score_square_sum=sum_rows(self.score_square_sum, to, groups),
        )

    def take(self, groups: NDArray[np.integer[Any]]) -> Sums:
        """Only these groups, in this order, for instance the nodes of one level.

        Parameters
        ----------
        groups : integer array, shape (chosen,)
            Numbers of groups.

        Returns
        -------
        Sums
            With one group for each number given.
        """
        return replace(
            self,
            counts=self.counts[groups],
            persons=self.persons[groups],
            score_sum=self.score_sum[groups],
            score_square_sum=self.score_square_sum[groups],
        )

    def total(self) -> Sums:
        """Everybody as one group."""
        return self.regroup(np.zeros(self.groups, dtype=np.int64), 1)

    def roll_up(self, parent: NDArray[np.integer[Any]]) -> Sums:
        """Let every node of a tree hold itself and all that hang under it.

        Parameters
        ----------
        parent : integer array, shape (groups,)
            Each group is a node; its parent's number, parents before children; -1 for a root.

        Returns
        -------
        Sums
            Same groups. The respondents of a node's own are counted with those below it.

        Raises
        ------
        BadAnswers
            Another length, or a parent that does not come before its child.
        """
        if len(parent) != self.groups:
            raise BadAnswers(f"expected a parent for each of {self.groups} groups, got {len(parent)}")
        depth = depths(parent)
        parts = [self.counts.copy(), self.persons.copy(), self.score_sum.copy(), self.score_square_sum.copy()]
        for level in range(int(depth.max(initial=0)), 0, -1):
            nodes = np.flatnonzero(depth == level)
            above, place = np.unique(parent[nodes], return_inverse=True)
            for part in parts:
                part[above] += sum_rows(part[nodes], place.astype(np.int64), len(above))
        counts, persons, score_sum, score_square_sum = parts
        return replace(self, counts=counts, persons=persons, score_sum=score_sum, score_square_sum=score_square_sum)


def collect(
    answers: NDArray[np.integer[Any]],
    group: NDArray[np.integer[Any]],
    groups: int,
    scales: Sequence[ScaleSpec],
) -> Sums:
    """Sum the answers by group in one pass.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered. Rows that no scale names are left uncounted.
    group : integer array, shape (people,)
        Group of each person, 0..groups-1.
    groups : int
        How many groups there are; those without people get zeros.
    scales : sequence of ScaleSpec
        Their items may overlap.

    Returns
    -------
    Sums
        Exact. The same for any order of the people, and the same as the sum of the parts for any
        split of them.

    Raises
    ------
    BadScale
        No scales.
    BadAnswers
        Wrong shapes, a code outside its scale, or a group that does not exist.
    SumsTooLarge
        Exact sums of squares might not fit in 64 bits (a five-step scale of 16 items takes 160,000
        people, one of 12 items more than 100 million).
    """
    if not scales:
        raise BadScale("there are no scales to sum")
    if answers.ndim != 2:
        raise BadAnswers("answers must be a matrix, items by people")
    people = answers.shape[1]
    to = checked_index(group, groups, people, lowest=0)
    codes = max(scale.high for scale in scales) + 1
    counts = np.zeros((groups, answers.shape[0], codes), dtype=np.int64)
    persons = np.zeros((groups, len(scales)), dtype=np.int64)
    score_sum = np.zeros_like(persons)
    score_square_sum = np.zeros_like(persons)
    first = to * (codes + 1) + 1  # the place before a group's first code takes "not answered"
    counted: set[int] = set()
    for number, scale in enumerate(scales):
        _check_size(scale, people)
        for row in scale.items:
            given = item_codes(answers, row, scale)
            if row not in counted:
                cells = np.bincount(first + given, minlength=groups * (codes + 1))
                counts[:, row, :] = cells.reshape(groups, codes + 1)[:, 1:]
                counted.add(row)
        persons[:, number], score_sum[:, number], score_square_sum[:, number] = _score_sums(answers, to, groups, scale)
    return Sums(tuple(scales), counts, persons, score_sum, score_square_sum)


def _score_sums(answers: NDArray[np.integer[Any]], group: Int, groups: int, scale: ScaleSpec) -> tuple[Int, Int, Int]:
    """Persons, sum and square sum of their scores for one scale, each of shape (groups,)."""
    answered, total = person_totals(answers, scale)
    width = len(scale.items) + 1
    cell = group * width + answered

    # By number answered first: these sums are small, so bincount's floats hold them exactly.
    def table(weights: Int | None) -> Int:
        sums = np.bincount(cell, weights, minlength=groups * width)
        return sums.astype(np.int64).reshape(groups, width)[:, scale.enough :]

    factor = scale.unit // np.arange(scale.enough, width)
    return (
        table(None).sum(axis=1),
        table(total) @ factor,
        table(total * total) @ factor**2,
    )


def _over_codes(counts: Int, weight: Int) -> Int:
    """Weighted sum over the codes; a loop over the few codes is far faster than numpy's own over them."""
    result = np.zeros(counts.shape[:2], dtype=np.int64)
    for code in range(counts.shape[2]):
        if weight[code]:
            result += weight[code] * counts[:, :, code]
    return result


def _check_size(scale: ScaleSpec, people: int) -> None:
    if people * (scale.high * scale.unit) ** 2 >= _LARGEST:
        raise SumsTooLarge(f"scale {scale.key!r} is too long to be summed exactly over {people} people")


def _checked(sums: Sums) -> Sums:
    for scale, people in zip(sums.scales, sums.persons.sum(axis=0), strict=True):
        _check_size(scale, int(people))
    return sums
