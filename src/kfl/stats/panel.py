"""The panel: change of the persons who were scored in both waves, from exact sums of pairs.

docs/methods/change.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.change import GroupChange, WaveMeans, more_than, with_intervals
from kfl.stats.errors import BadAnswers, BadScale, SumsDiffer, SumsTooLarge
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float
from kfl.stats.reference import ReferenceMoments, points_apart
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import person_totals

_TABLES = ("pairs", "before_only", "after_only", "before", "after", "before_square", "after_square", "product")


@dataclass(frozen=True, eq=False)
class PanelSums:
    """Exact sums over persons in two waves, arrays of shape (groups, scales); made by `collect_panel`.

    Scores are whole numbers of 1 / unit, as in `Sums`; the sums of scores hold pairs only.
    """

    scales: tuple[ScaleSpec, ...]
    pairs: Int  # persons scored in both waves
    before_only: Int  # persons scored in the first wave only
    after_only: Int
    before: Int  # sum of the pairs' first scores
    after: Int
    before_square: Int  # and of their squares, and products
    after_square: Int
    product: Int

    def __add__(self, other: PanelSums) -> PanelSums:
        """Sums over both sets of people, group by group."""
        if self.scales != other.scales or self.pairs.shape != other.pairs.shape:
            raise SumsDiffer("panels of other scales or groups cannot be added")
        merged = PanelSums(self.scales, *(getattr(self, name) + getattr(other, name) for name in _TABLES))
        for number, scale in enumerate(merged.scales):
            _check_size(scale, int(merged.pairs[:, number].sum()))
        return merged

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
        Exact sums of squares might not fit in 64 bits.
    """
    if not scales:
        raise BadScale("there are no scales to sum")
    if before.ndim != 2 or before.shape != after.shape:
        raise BadAnswers("both waves must be matrices of one shape, items by people")
    to = checked_index(group, groups, before.shape[1], lowest=-1)
    tables = np.zeros((len(_TABLES), groups, len(scales)), dtype=np.int64)
    for number, scale in enumerate(scales):
        _check_size(scale, before.shape[1])
        (in_one, one), (in_two, two) = _scores(before, scale), _scores(after, scale)
        both = in_one & in_two
        one, two = np.where(both, one, 0), np.where(both, two, 0)
        counts = [both, in_one & ~in_two, in_two & ~in_one]
        columns = [*(table.astype(np.int64) for table in counts), one, two, one**2, two**2, one * two]
        tables[:, :, number] = sum_rows(np.stack(columns, axis=1), to, groups).T
    return PanelSums(tuple(scales), *tables)


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


def _scores(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> tuple[NDArray[np.bool_], Int]:
    """Who is scored, and their scores in units of 1 / unit."""
    answered, total = person_totals(answers, scale)
    scored = answered >= scale.enough
    return scored, np.where(scored, total * (scale.unit // np.maximum(answered, 1)), 0)


def _wave(sums: PanelSums, wave: str) -> GroupScores:
    """The pairs' scores in one wave, by unit, in scale units."""
    total, square = getattr(sums, wave), getattr(sums, f"{wave}_square")
    people = np.maximum(sums.pairs, 1)
    # Measured from the whole number nearest below the mean, so that no digits cancel.
    start, left = np.divmod(total, people)
    about_start = square - 2 * start * total + start * start * sums.pairs
    units = np.array([scale.unit for scale in sums.scales], dtype=np.float64)
    mean = total / (np.where(sums.pairs > 0, sums.pairs, np.nan) * units)
    return GroupScores(sums.pairs, mean, (about_start - left.astype(np.float64) ** 2 / people) / units**2)


def _crossed(sums: PanelSums) -> Float:
    """Sum of products of the deviations from both means, in squared scale units."""
    people = np.maximum(sums.pairs, 1)
    (start, left), (start_after, left_after) = np.divmod(sums.before, people), np.divmod(sums.after, people)
    about = sums.product - start * sums.after - start_after * sums.before + start * start_after * sums.pairs
    units = np.array([scale.unit for scale in sums.scales], dtype=np.float64)
    return (about - left.astype(np.float64) * left_after / people) / units**2


def _share(pairs: Int, others: Int) -> Float:
    people = pairs + others
    return pairs / np.where(people > 0, people, np.nan)


def _check_size(scale: ScaleSpec, people: int) -> None:
    if people * (scale.high * scale.unit) ** 2 >= 2**61:
        raise SumsTooLarge(f"scale {scale.key!r} is too long to be summed exactly over {people} people")
