"""The panel: change of the persons who were scored in both waves, from exact sums of pairs.

docs/methods/change.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import for_each_person, matrix_of_answers, of_kind, rows_of
from kfl.stats.change import GroupChange, WaveMeans, more_than, with_intervals
from kfl.stats.errors import BadAnswers, BadScale, SumsDiffer
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int, Whole, as_floats, checked_index, divided, sum_rows, unbounded
from kfl.stats.means import Float
from kfl.stats.reference import ReferenceMoments, points_apart
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import person_totals
from kfl.stats.sums import fits

_TABLES = ("pairs", "before_only", "after_only", "before", "after", "before_square", "after_square", "product")


@dataclass(frozen=True, eq=False)
class PanelSums:
    """Exact sums over persons in two waves, arrays of shape (groups, scales); made by `collect_panel`.

    Scores are whole numbers of 1 / unit, as in `Sums`; the sums of scores hold pairs only, and are of Python's own
    whole numbers where int64 might be too small.
    """

    scales: tuple[ScaleSpec, ...]
    pairs: Int  # persons scored in both waves
    before_only: Int  # persons scored in the first wave only
    after_only: Int
    before: Whole  # sum of the pairs' first scores
    after: Whole
    before_square: Whole  # and of their squares, and products
    after_square: Whole
    product: Whole

    def __add__(self, other: PanelSums) -> PanelSums:
        """Sums over both sets of people, group by group."""
        if self.scales != other.scales or self.pairs.shape != other.pairs.shape:
            raise SumsDiffer("panels of other scales or groups cannot be added")
        people = self.pairs.sum(axis=0) + other.pairs.sum(axis=0)
        own = [getattr(self, name) for name in _TABLES]
        if not all(fits(scale, int(count)) for scale, count in zip(self.scales, people, strict=True)):
            own[3:] = [unbounded(table) for table in own[3:]]
        return PanelSums(self.scales, *(table + getattr(other, name) for table, name in zip(own, _TABLES, strict=True)))

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> PanelSums:
        """Sum groups into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        PanelSums
            With `groups` groups.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, len(self.pairs), lowest=-1)
        return PanelSums(self.scales, *(sum_rows(getattr(self, name), to, groups) for name in _TABLES))


@dataclass(frozen=True, eq=False)
class PanelChange:
    """Change of the persons who were scored in both waves; arrays of shape (groups, scales)."""

    change: GroupChange  # n_before and n_after are both the pairs
    sd_difference: Float  # SD (n - 1) of the persons' differences, in the scores' unit
    correlation: Float  # between the persons' two scores
    matched_before: Float  # share of those scored in the first wave who were in the second, too
    matched_after: Float


def collect_panel(
    before: NDArray[np.integer[Any]],
    after: NDArray[np.integer[Any]],
    group: NDArray[np.integer[Any]],
    groups: int,
    scales: Sequence[ScaleSpec],
) -> PanelSums:
    """Sum two waves' person scores, person by person, by group.

    Parameters
    ----------
    before, after : integer arrays, shape (items, people)
        Codes; -1 = not answered. The same person in the same column of both, those in one wave only as well (the other
        column is -1 throughout); the same item in the same row.
    group : integer array, shape (people,)
        Unit of each person, for instance the school in the second wave; -1 leaves the person out.
    groups : int
        How many units.
    scales : sequence of ScaleSpec
        Scales that did not change between the waves.

    Returns
    -------
    PanelSums
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadScale
        No scales.
    BadAnswers
        Wrong shapes, a code outside its scale, or a group that does not exist.
    SumsTooLarge
        More than 300 items in a scale.
    """
    if not scales:
        raise BadScale("there are no scales to sum")
    if matrix_of_answers(before).shape != matrix_of_answers(after).shape:
        raise BadAnswers("both waves must be matrices of one shape, items by people")
    for_each_person(group, before)
    rows_of(scales)
    to = checked_index(group, groups, before.shape[1], lowest=-1)
    by_scale = [_pair_sums(before, after, to, groups, scale) for scale in scales]
    tables = [np.stack([one[:, at] for one in by_scale], axis=1) for at in range(len(_TABLES))]
    kinds = [np.int64] * 3 + [np.result_type(*by_scale)] * 5
    return PanelSums(tuple(scales), *(table.astype(kind) for table, kind in zip(tables, kinds, strict=True)))


def panel_change(
    sums: PanelSums,
    group: NDArray[np.integer[Any]] | None = None,
    groups: int = 1,
    by: ReferenceMoments | None = None,
) -> PanelChange:
    """Mean change of the persons who were scored in both waves, with cluster-robust intervals.

    Parameters
    ----------
    sums : PanelSums
        A group a unit.
    group : integer array, shape (units,), optional
        Which change each unit enters; -1 for none. By default all enter one.
    groups : int
        How many changes there are.
    by : Reference, optional
        For a change in points; else it is in scale units.

    Returns
    -------
    PanelChange
        `change.g` is d_av, the difference in SDs of a wave (the root of the two variances' mean), corrected for small
        samples. NaN where there are no pairs; SD and correlation with fewer than 2; intervals with fewer than 2 units.

    Raises
    ------
    BadAnswers
        `group` has another length or lies outside -1..groups-1.

    References
    ----------
    Cumming (2012) Understanding the New Statistics, ch. 11 (d_av).
    Same values as R's lm with sandwich::vcovCL (HC1): tests/stats/reference/change.R
    """
    of_kind(sums, PanelSums, "collect_panel")
    units = len(sums.pairs)
    to = np.zeros(units, dtype=np.int64) if group is None else group
    to = checked_index(to, groups, units, lowest=-1)
    ends = [_wave(sums, "before"), _wave(sums, "after")]
    if by is not None:
        ends = [end.in_points(by) for end in ends]
    one, two = waves = [WaveMeans(end, to, groups) for end in ends]
    pairs, count = one.n, sum_rows((sums.pairs > 0).astype(np.int64), to, groups)
    variance = (one.squares + two.squares) / (2 * more_than(pairs, 1))
    result = with_intervals(
        waves,
        count,
        (two.pull - one.pull) / pairs[to],
        variance,
        (one.spread_pull + two.spread_pull) / (2 * more_than(pairs, 1)[to]),
        pairs - 1,
        count / more_than(count, 1),
        to,
    )
    whole = sums.regroup(to, groups)
    crossed = _crossed(whole)
    if by is not None:
        crossed = points_apart(points_apart(crossed, by), by)
    varied = np.sqrt(np.where((one.squares > 0) & (two.squares > 0), one.squares * two.squares, np.nan))
    left = np.maximum(one.squares + two.squares - 2 * crossed, 0.0)
    return PanelChange(
        result,
        np.sqrt(left / more_than(pairs, 1)),
        crossed / varied,
        _share(whole.pairs, whole.before_only),
        _share(whole.pairs, whole.after_only),
    )


def _pair_sums(
    before: NDArray[np.integer[Any]], after: NDArray[np.integer[Any]], to: Int, groups: int, scale: ScaleSpec
) -> Whole:
    """One scale's tables, shape (groups, tables)."""
    (in_one, one, own), (in_two, two, other) = _scores(before, scale), _scores(after, scale)
    both = in_one & in_two
    counts = np.stack([both, in_one & ~in_two, in_two & ~in_one], axis=1).astype(np.int64)
    one, two = np.where(both, one, 0), np.where(both, two, 0)
    if fits(scale, len(to)):
        one, two = one * (scale.unit // own), two * (scale.unit // other)
        return sum_rows(np.column_stack([counts, one, two, one**2, two**2, one * two]), to, groups)
    # Totals of those who answered equally many items, in both waves, are small numbers: so few rows are counted in 1/L.
    alike, row, kind = np.unique(np.stack([to, own, other]), axis=1, return_index=True, return_inverse=True)
    totals = unbounded(sum_rows(np.column_stack([one, two, one**2, two**2, one * two]), kind.ravel(), len(row)))
    parts = [np.array([scale.unit // int(count) for count in counted], dtype=object) for counted in alike[1:]]
    first, second = parts
    scores = totals * np.stack([first, second, first**2, second**2, first * second], axis=1)
    return np.concatenate([unbounded(sum_rows(counts, to, groups)), sum_rows(scores, alike[0], groups)], axis=1)


def _scores(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> tuple[NDArray[np.bool_], Int, Int]:
    """Who is scored, the sum of their answers, and how many those are (1 where none)."""
    answered, total = person_totals(answers, scale)
    return answered >= scale.enough, total, np.maximum(answered, 1)


def _wave(sums: PanelSums, wave: str) -> GroupScores:
    """The pairs' scores in one wave, by unit, in scale units."""
    total, square = getattr(sums, wave), getattr(sums, f"{wave}_square")
    people = np.maximum(sums.pairs, 1)
    # Measured from the whole number nearest below the mean, so that no digits cancel.
    start, left = divided(total, people)
    about_start = as_floats(square - 2 * start * total + start * start * sums.pairs)
    units = np.array([scale.unit for scale in sums.scales], dtype=np.float64)
    mean = as_floats(total) / (np.where(sums.pairs > 0, sums.pairs, np.nan) * units)
    return GroupScores(sums.pairs, mean, (about_start - as_floats(left) ** 2 / people) / units**2)


def _crossed(sums: PanelSums) -> Float:
    """Sum of products of the deviations from both means, in squared scale units."""
    people = np.maximum(sums.pairs, 1)
    (start, left), (start_after, left_after) = divided(sums.before, people), divided(sums.after, people)
    about = sums.product - start * sums.after - start_after * sums.before + start * start_after * sums.pairs
    units = np.array([scale.unit for scale in sums.scales], dtype=np.float64)
    return (as_floats(about) - as_floats(left) * as_floats(left_after) / people) / units**2


def _share(pairs: Int, others: Int) -> Float:
    people = pairs + others
    return pairs / np.where(people > 0, people, np.nan)
