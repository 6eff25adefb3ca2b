"""Screens for careless and missing answers: straight-lining, skipped items, and where people stopped.

What a person did is an array over people; what is told about a wave are whole-number sums by group, which merge
like all sums. A screen marks sheets for a researcher to look at: nothing is left out because of it.
docs/methods/screens.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import for_each_person, items_by_people, matrix_of_answers
from kfl.stats.errors import BadAnswers, SumsDiffer
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes


@dataclass(frozen=True, eq=False)
class PersonScreens:
    """What each person did; made by `screen_people`. People stand in the order they were given."""

    items: int  # asked
    scales: tuple[ScaleSpec, ...]  # those that can show straight-lining: some items turned and some not
    answered: NDArray[np.int16]  # (people,) items answered
    longest_run: NDArray[np.int16]  # (people,) most answers in a row with one raw code; skipped items passed over
    reached: NDArray[np.int16]  # (people,) place of the last item answered, from 1; 0 for a blank sheet
    straight: NDArray[np.int8]  # (scales, people) the raw code given to every item; -1 where not one for all

    @property
    def share_answered(self) -> Float:
        """Share of the asked items that each person answered, shape (people,)."""
        return self.answered / np.float64(self.items)


@dataclass(frozen=True, eq=False)
class ScreenSums:
    """Exact sums of screens for each group; made by `collect_screens`, never changed."""

    order: tuple[int, ...]  # rows of the asked items, in the order asked
    scales: tuple[ScaleSpec, ...]  # with turned and unturned items
    missing: Int  # (groups, items + 1) people by how many items they did not answer
    unanswered: Int  # (groups, items) people who did not answer the item, in the order asked
    reached: Int  # (groups, items + 1) people by the place of their last answer; 0 = blank sheet
    runs: Int  # (groups, items + 1) people by their longest run of one raw code
    complete: Int  # (groups, scales) people who answered the whole scale
    straight: Int  # (groups, scales, codes) people who gave this raw code to the whole scale

    @property
    def people(self) -> Int:
        """People in each group, blank sheets included, shape (groups,)."""
        total: Int = self.missing.sum(axis=1)
        return total

    @property
    def stopped(self) -> Int:
        """People after whom nothing more came from this item on, shape (groups, items); blank sheets not counted.

        A person whose last answer is the third of twenty stopped at the fourth item (place 3, counted from 0);
        at place 0 nobody stops, and who answered the last item did not stop.
        """
        result = self.reached[:, :-1].copy()
        result[:, :1] = 0
        return result

    def __add__(self, other: ScreenSums) -> ScreenSums:
        """Sums over both sets of people, group by group."""
        same = (self.order, self.scales, self.missing.shape) == (other.order, other.scales, other.missing.shape)
        if not same:
            raise SumsDiffer("screens of other items, scales or groups cannot be added")
        return self._with(*(mine + theirs for mine, theirs in zip(self._parts(), other._parts(), strict=True)))

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> ScreenSums:
        """Sum groups into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        ScreenSums
            With `groups` groups.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, len(self.missing), lowest=-1)
        return self._with(*(sum_rows(part, to, groups) for part in self._parts()))

    def _parts(self) -> tuple[Int, ...]:
        return self.missing, self.unanswered, self.reached, self.runs, self.complete, self.straight

    def _with(self, missing: Int, unanswered: Int, reached: Int, runs: Int, complete: Int, straight: Int) -> ScreenSums:
        return replace(
            self,
            missing=missing,
            unanswered=unanswered,
            reached=reached,
            runs=runs,
            complete=complete,
            straight=straight,
        )


def screen_people(
    answers: NDArray[np.integer[Any]], order: Sequence[int], scales: Sequence[ScaleSpec]
) -> PersonScreens:
    """Screen each person's sheet for skipped items and for answers that do not change.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes as answered, nothing turned; -1 = not answered.
    order : sequence of int
        Rows of the asked items in the order they were asked; other rows are not looked at.
    scales : sequence of ScaleSpec
        Straight-lining is looked for in those with both turned and unturned items: there, one raw code for
        all items contradicts itself (unless it is the middle one).

    Returns
    -------
    PersonScreens

    Raises
    ------
    BadAnswers
        Not a matrix of whole numbers, an item named twice or not there, or a code that is not allowed.

    References
    ----------
    Johnson (2005) Journal of Research in Personality 39:103-129 (longest run); Curran (2016) Journal of
    Experimental Social Psychology 66:4-19. Same values as R's rle: tests/stats/reference/screens.R

    Examples
    --------
    >>> mood = ScaleSpec("mood", items=(0, 1, 2), turned=(False, True, False), low=1, high=5)
    >>> two_sheets = np.array([[4, 2], [4, 3], [4, -1], [4, -1]], dtype=np.int8)
    >>> screens = screen_people(two_sheets, order=[0, 1, 2, 3], scales=[mood])
    >>> screens.longest_run, screens.share_answered, screens.straight
    (array([4, 1], dtype=int16), array([1. , 0.5]), array([[ 4, -1]], dtype=int8))
    """
    _checked_order(answers, order)
    items_by_people(_small(answers), order)
    return _screened(answers, order, scales)


def _screened(answers: NDArray[np.integer[Any]], order: Sequence[int], scales: Sequence[ScaleSpec]) -> PersonScreens:
    """What `screen_people` gives, of answers that are known to lie items by people."""
    # Numba takes a second to import: only who screens pays it.
    from kfl.stats.screens_kernel import screen

    rows = _checked_order(answers, order)
    answers = _small(answers)
    people = answers.shape[1]
    answered, longest, reached = (np.zeros(people, dtype=np.int16) for _ in range(3))
    if screen(answers, rows, answered, longest, reached) < -1:
        raise BadAnswers("there is a code below -1")
    mixed = tuple(scale for scale in scales if any(scale.turned) and not all(scale.turned))
    straight = np.empty((len(mixed), people), dtype=np.int8)
    for number, scale in enumerate(mixed):
        straight[number] = _straight_code(answers, scale)
    return PersonScreens(len(rows), mixed, answered, longest, reached, straight)


def collect_screens(
    answers: NDArray[np.integer[Any]],
    group: NDArray[np.integer[Any]],
    groups: int,
    order: Sequence[int],
    scales: Sequence[ScaleSpec],
) -> ScreenSums:
    """Sum the screens by group.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes as answered; -1 = not answered.
    group : integer array, shape (people,)
        Group of each person, 0..groups-1.
    groups : int
        How many groups.
    order, scales
        As for `screen_people`.

    Returns
    -------
    ScreenSums
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadAnswers
        As `screen_people`, or a group that does not exist.
    """
    for_each_person(group, answers)
    from kfl.stats.screens_kernel import count_unanswered

    screens = _screened(answers, order, scales)
    answers = _small(answers)
    to = checked_index(group, groups, answers.shape[1], lowest=0)
    width = screens.items + 1

    def histogram(values: NDArray[np.int16]) -> Int:
        return np.bincount(to * width + values, minlength=groups * width).reshape(groups, width)

    unanswered = np.zeros((screens.items, groups), dtype=np.int64)
    count_unanswered(answers, _checked_order(answers, order), to, unanswered)
    codes = max((scale.high for scale in screens.scales), default=0) + 1
    complete = np.empty((groups, len(screens.scales)), dtype=np.int64)
    straight = np.empty((groups, len(screens.scales), codes), dtype=np.int64)
    for number, scale in enumerate(screens.scales):
        whole = np.logical_and.reduce([answers[row] >= 0 for row in scale.items])
        complete[:, number] = np.bincount(to[whole], minlength=groups)
        code = screens.straight[number]
        cells = np.bincount((to * codes + code)[code >= 0], minlength=groups * codes)
        straight[:, number] = cells.reshape(groups, codes)
    return ScreenSums(
        tuple(order),
        screens.scales,
        histogram((screens.items - screens.answered).astype(np.int16)),
        np.ascontiguousarray(unanswered.T),
        histogram(screens.reached),
        histogram(screens.longest_run),
        complete,
        straight,
    )


def _straight_code(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> NDArray[np.int8]:
    """The raw code a person gave to every item of the scale; -1 where they did not, or skipped one."""
    first = item_codes(answers, scale.items[0], scale)
    same = first >= 0
    for row in scale.items[1:]:
        same &= item_codes(answers, row, scale) == first
    return np.where(same, first, -1).astype(np.int8)


def _checked_order(answers: NDArray[np.integer[Any]], order: Sequence[int]) -> Int:
    if not np.issubdtype(matrix_of_answers(answers).dtype, np.signedinteger):
        raise BadAnswers("answers must be a matrix of signed whole numbers, items by people")
    rows = list(order)
    if not rows or len(set(rows)) != len(rows) or min(rows) < 0 or max(rows) >= len(answers):
        raise BadAnswers(f"the items asked must be different rows among {len(answers)}, at least one")
    return np.array(rows, dtype=np.int64)


def _small(answers: NDArray[np.integer[Any]]) -> NDArray[np.int8]:
    """The same codes as int8, which they usually are."""
    if answers.dtype != np.int8 and answers.size and (answers.max() > 127 or answers.min() < -1):
        raise BadAnswers("there is a code outside -1..127")
    return answers.astype(np.int8, copy=False)
