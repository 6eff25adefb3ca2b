"""One pass over the answers gives whole-number sums by group; every other number is made from them.

Whole numbers add up to the same result in any order, so parts of a file, groups and machines may be
merged at will. See docs/methods/sums.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import for_each_person, rows_of
from kfl.stats.columns import Runs, as_bytes, blocks, in_runs, refuse, spread
from kfl.stats.errors import BadAnswers, BadScale, SumsDiffer, SumsTooLarge
from kfl.stats.grouping import Int, Whole, checked_index, depths, sum_rows, unbounded
from kfl.stats.scales import ScaleSpec

# Sums of squares in int64 stay under this, with two bits to spare for differences of them.
_LARGEST = 2**61
# Items of which scores are summed: the square of L = lcm(1..items) is still a float.
_MOST_ITEMS = 300


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """Exact sums of person scores for each group; made by `collect_scores`, never changed.

    A person's score on scale ``s`` is a whole number of ``1 / s.unit``; the two score sums count in
    that unit and its square. They hold only those who answered at least half of the scale's items. Where
    int64 might be too small for them (long scales, very many people) both are of Python's own whole numbers.
    """

    scales: tuple[ScaleSpec, ...]
    persons: Int  # (groups, scales): people scored
    score_sum: Whole  # (groups, scales), in units of 1 / unit
    score_square_sum: Whole  # (groups, scales), in units of 1 / unit**2

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.persons)

    @property
    def units(self) -> Whole:
        """L of each scale, shape (scales,)."""
        units = [scale.unit for scale in self.scales]
        return np.array(units, dtype=np.int64 if max(units, default=0) < _LARGEST else object)

    def without_bounds(self) -> Self:
        """The same sums with scores of Python's own whole numbers, which take any number of people."""
        scores: dict[str, Any] = {name: unbounded(getattr(self, name)) for name in ("score_sum", "score_square_sum")}
        return replace(self, **scores)

    def _tables(self) -> dict[str, Whole]:
        """Every table of sums, a row for each group."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "scales"}

    def _changed(self, change: Callable[[Whole], Whole]) -> Self:
        """The same sums with every table changed in the same way."""
        tables: dict[str, Any] = {name: change(table) for name, table in self._tables().items()}
        return replace(self, **tables)

    def __add__(self, other: Self) -> Self:
        """Sums over both sets of people, group by group."""
        own, others = self._tables(), other._tables()
        if self.scales != other.scales or any(others[name].shape != table.shape for name, table in own.items()):
            raise SumsDiffer("sums of other scales, items or groups cannot be added")
        people = self.persons.sum(axis=0) + other.persons.sum(axis=0)
        if not all(fits(scale, int(count)) for scale, count in zip(self.scales, people, strict=True)):
            own = self.without_bounds()._tables()
        tables: dict[str, Any] = {name: table + others[name] for name, table in own.items()}
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
        Sums or ScoreSums
            With `groups` groups; zeros where nothing belongs.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, self.groups, lowest=-1)
        return self._changed(lambda table: sum_rows(table, to, groups))

    def take(self, groups: NDArray[np.integer[Any]]) -> Self:
        """Only these groups, in this order, for instance the nodes of one level.

        Parameters
        ----------
        groups : integer array, shape (chosen,)
            Numbers of groups.

        Returns
        -------
        Sums or ScoreSums
            With one group for each number given.
        """
        return self._changed(lambda table: table[groups])

    def total(self) -> Self:
        """Everybody as one group."""
        return self._changed(lambda table: table.sum(axis=0, keepdims=True))

    def roll_up(self, parent: NDArray[np.integer[Any]]) -> Self:
        """Let every node of a tree hold itself and all that hang under it.

        Parameters
        ----------
        parent : integer array, shape (groups,)
            Each group is a node; its parent's number, parents before children; -1 for a root.

        Returns
        -------
        Sums or ScoreSums
            Same groups. The respondents of a node's own are counted with those below it.

        Raises
        ------
        BadAnswers
            Another length, or a parent that does not come before its child.
        """
        if len(parent) != self.groups:
            raise BadAnswers(f"expected a parent for each of {self.groups} groups, got {len(parent)}")
        depth = depths(parent)
        steps = []
        for level in range(int(depth.max(initial=0)), 0, -1):
            nodes = np.flatnonzero(depth == level)
            above, place = np.unique(parent[nodes], return_inverse=True)
            steps.append((nodes, above, place.astype(np.int64)))

        def rolled(table: Whole) -> Whole:
            table = table.copy()
            for nodes, above, place in steps:
                table[above] += sum_rows(table[nodes], place, len(above))
            return table

        return self._changed(rolled)


@dataclass(frozen=True, eq=False)
class Sums(ScoreSums):
    """Exact sums of person scores and of every answer for each group; made by `collect`, never changed."""

    counts: Int  # (groups, items, codes): people who gave this code to this item, as answered (not turned)

    @cached_property
    def n(self) -> Int:
        """Answers to each item, shape (groups, items); 0 for rows that belong to no scale."""
        return _over_codes(self.counts, np.ones(self.counts.shape[2], dtype=np.int64))

    @cached_property
    def code_sum(self) -> Int:
        """Sum of the codes given to each item, as answered, shape (groups, items)."""
        return _over_codes(self.counts, np.arange(self.counts.shape[2]))


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
        Codes; -1 = not answered. Rows that no scale names are left uncounted. int8 is read as it lies,
        and people of one group are best kept side by side.
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
        No scales, or codes above 126.
    BadAnswers
        Wrong shapes, a code outside its scale, or a group that does not exist.
    SumsTooLarge
        More than 300 items in a scale.
    """
    for_each_person(group, answers)
    rows_of(scales)
    codes = max((scale.high for scale in scales), default=0) + 1
    counts = np.zeros((groups, answers.shape[0], codes), dtype=np.int64)
    return Sums(tuple(scales), *_collect(answers, group, groups, scales, counts), counts)


def collect_scores(
    answers: NDArray[np.integer[Any]],
    group: NDArray[np.integer[Any]],
    groups: int,
    scales: Sequence[ScaleSpec],
) -> ScoreSums:
    """Sum person scores by group in one pass, without counting answers: for very many groups.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    group : integer array, shape (people,)
        Group of each person, 0..groups-1.
    groups : int
        How many groups there are; those without people get zeros.
    scales : sequence of ScaleSpec
        Their items may overlap.

    Returns
    -------
    ScoreSums
        The same numbers as `collect` gives.

    Raises
    ------
    BadScale
        No scales, or codes above 126.
    BadAnswers
        Wrong shapes, a code outside its scale, or a group that does not exist.
    SumsTooLarge
        More than 300 items in a scale.
    """
    return ScoreSums(tuple(scales), *_collect(answers, group, groups, scales, None))


def _collect(
    answers: NDArray[np.integer[Any]],
    group: NDArray[np.integer[Any]],
    groups: int,
    scales: Sequence[ScaleSpec],
    counts: Int | None,
) -> tuple[Int, Whole, Whole]:
    """Persons, score sums and square sums, each of shape (groups, scales); counts of answers into `counts`."""
    for_each_person(group, answers)
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    if not scales:
        raise BadScale("there are no scales to sum")
    columns = as_bytes(answers, scales)
    people = columns.shape[1]
    order = in_runs(checked_index(group, groups, people, lowest=0))
    long = [number for number, scale in enumerate(scales) if not fits(scale, people)]
    into = _first_to_count(scales) if counts is not None else [np.full(len(s.items), -1) for s in scales]
    place = counts if counts is not None else np.empty((0, 0, 0), dtype=np.int64)
    scored = np.zeros((len(scales), 3, groups), dtype=np.int64)

    def sum_scale(number: int) -> bool:
        points, squares = _score_tables(scales[number], kernel.SCORED, counted_only=number in long)
        return all(
            kernel.sum_runs(*block, points, squares, into[number], place, scored[number])
            for block in blocks(columns, scales[number], order)
        )

    for scale, good in zip(scales, spread(sum_scale, len(scales), columns.size), strict=True):
        if not good:
            refuse(answers, scale)
    persons, score_sum, score_square_sum = np.ascontiguousarray(scored.transpose(1, 2, 0))
    if not long:
        return persons, score_sum, score_square_sum
    score_sum, score_square_sum = unbounded(score_sum), unbounded(score_square_sum)
    for number in long:
        score_sum[:, number], score_square_sum[:, number] = _long_sums(columns, scales[number], order, groups)
    return persons, score_sum, score_square_sum


def _long_sums(
    columns: NDArray[np.uint8], scale: ScaleSpec, order: Sequence[tuple[Int | None, Runs]], groups: int
) -> tuple[Whole, Whole]:
    """Sums of scores and of their squares, shape (groups,), by way of totals by how many items were answered.

    Those are small numbers whatever L is, and only groups, not persons, are counted in 1/L.
    """
    from kfl.stats import kernel

    items = len(scale.items)
    sheets = np.zeros((groups, items - scale.enough + 1, 3), dtype=np.int64)
    for block in blocks(columns, scale, order):
        kernel.sum_sheets(*block, sheets)
    answered = items - np.arange(sheets.shape[1])
    people, far, squared = sheets.transpose(2, 0, 1)
    least = scale.low * answered
    total, square = far + least * people, squared + 2 * least * far + least**2 * people
    parts = np.array([scale.unit // int(count) for count in answered], dtype=object)  # of 1/L in one code
    return unbounded(total) @ parts, unbounded(square) @ parts**2


def _first_to_count(scales: Sequence[ScaleSpec]) -> list[Int]:
    """For each scale its rows, -1 in place of those that an earlier scale counts."""
    counted: set[int] = set()
    result = []
    for scale in scales:
        result.append(np.array([-1 if row in counted else row for row in scale.items], dtype=np.int64))
        counted.update(scale.items)
    return result


def _score_tables(scale: ScaleSpec, counting_bit: int, *, counted_only: bool) -> tuple[Int, Int]:
    """Score, with one person at the counting bit, and its square, for each sheet that `sheet_scores` names.

    With 0 for both scores where persons are only counted.
    """
    items = len(scale.items)
    answered = items - np.arange(items + 1)[:, np.newaxis]
    total = scale.low * answered + np.arange((scale.high - scale.low) * items + 1)
    scored = answered >= scale.enough
    score = np.zeros(total.shape, dtype=np.int64)
    if not counted_only:
        score = np.where(scored, total * (scale.unit // np.maximum(answered, 1)), 0)
    return (score + (scored.astype(np.int64) << counting_bit)).ravel(), (score * score).ravel()


def _over_codes(counts: Int, weight: Int) -> Int:
    """Weighted sum over the codes; a loop over the few codes is far faster than numpy's own over them."""
    result = np.zeros(counts.shape[:2], dtype=np.int64)
    for code in range(counts.shape[2]):
        if weight[code]:
            result += weight[code] * counts[:, :, code]
    return result


def fits(scale: ScaleSpec, people: int) -> bool:
    """Whether int64 surely holds sums of squared scores of so many people.

    Parameters
    ----------
    scale : ScaleSpec
        Its codes and number of items.
    people : int
        How many.

    Returns
    -------
    bool
        A five-step scale of 16 items takes 177,000 people, one of 12 items 120 million, one of 19 items nobody.

    Raises
    ------
    SumsTooLarge
        More than 300 items.
    """
    if len(scale.items) > _MOST_ITEMS:
        raise SumsTooLarge(f"scale {scale.key!r} has more than {_MOST_ITEMS} items, too many for a score")
    # One person at least: the tables that the kernel looks scores up in are of int64 as well.
    return max(people, 1) * (scale.high * scale.unit) ** 2 < _LARGEST
