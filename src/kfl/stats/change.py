"""Change between two waves as repeated cross-sections: the same units, whoever answered in them.

For the persons who answered in both waves see `kfl.stats.panel`. docs/methods/change.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from kfl.stats.arguments import of_kind
from kfl.stats.effects import small_sample
from kfl.stats.errors import BadAnswers
from kfl.stats.group_scores import GroupScores, sum_by
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float


@dataclass(frozen=True, eq=False)
class GroupChange:
    """After minus before; arrays of shape (groups, scales), in the scores' unit unless said."""

    units: Int  # with scored persons in one wave at least; in both for the panel
    n_before: Int  # persons scored
    n_after: Int
    before: Float  # means of persons
    after: Float
    difference: Float
    se: Float  # of the difference; NaN with fewer than 2 units, and so are all intervals
    low: Float  # lower end of the 95 % interval
    high: Float
    g: Float  # difference in SDs of persons, corrected for small samples
    g_se: Float
    g_low: Float
    g_high: Float


def change(
    before: GroupScores, after: GroupScores, group: NDArray[np.integer[Any]] | None = None, groups: int = 1
) -> GroupChange:
    """Difference of two waves' means, with intervals that know that the same units answered in both.

    Parameters
    ----------
    before, after : GroupScores
        A row a unit, for instance a school; the same units in the same order in both, without persons in a wave
        that they took no part in. In points by the same reference, for a change in points.
    group : integer array, shape (units,), optional
        Which change each unit enters; -1 for none. By default all enter one.
    groups : int
        How many changes there are.

    Returns
    -------
    Change
        Shape (groups, scales). NaN where a wave has nobody; intervals with fewer than 2 units; g where nobody differs
        from their wave's mean.

    Raises
    ------
    BadAnswers
        The waves have other units or scales, or `group` another length.

    References
    ----------
    Liang & Zeger (1986) Biometrika 73:13-22; Hedges (1981) Journal of Educational Statistics 6:107-128.
    Same values as R's lm with sandwich::vcovCL (HC1): tests/stats/reference/change.R

    Examples
    --------
    >>> from kfl.stats import group_values
    >>> before = group_values(np.array([[1.0], [2], [4], [5], [6]]), np.array([0, 0, 1, 1, 2]), 3)
    >>> after = group_values(np.array([[2.0], [4], [5], [6], [8]]), np.array([0, 0, 1, 1, 2]), 3)
    >>> result = change(before, after)
    >>> result.difference.round(2), result.se.round(2)
    (array([[1.4]]), array([[0.26]]))
    """
    of_kind(before, GroupScores, "group_scores or group_values")
    of_kind(after, GroupScores, "group_scores or group_values")
    if before.persons.shape != after.persons.shape:
        raise BadAnswers("both waves must have the same units and scales")
    units = len(before.persons)
    to = np.zeros(units, dtype=np.int64) if group is None else group
    to = checked_index(to, groups, units, lowest=-1)
    waves = [WaveMeans(scores, to, groups) for scores in (before, after)]
    one, two = waves
    count = sum_rows(((before.persons > 0) | (after.persons > 0)).astype(np.int64), to, groups)
    people = one.n + two.n
    # CR1 with two coefficients, the two means.
    factor = count / more_than(count, 1) * (people - 1) / more_than(people, 2)
    variance = (one.squares + two.squares) / more_than(people, 2)
    pull = two.pull / two.n[to] - one.pull / one.n[to]
    spread_pull = (one.spread_pull + two.spread_pull) / more_than(people, 2)[to]
    return with_intervals(waves, count, pull, variance, spread_pull, people - 2, factor, to)


class WaveMeans:
    """One wave's means, and how each unit pulls at them and at the sum of squares."""

    def __init__(self, scores: GroupScores, to: Int, groups: int) -> None:
        whole = scores.regroup(to, groups)
        self.persons, self.mean, self.squares = whole.persons, whole.mean, whole.squares
        self.n = np.where(whole.persons > 0, whole.persons, np.nan).astype(np.float64)
        held = (scores.persons > 0) & (to >= 0)[:, np.newaxis]
        apart = np.where(held, scores.mean - whole.mean[to], 0.0)
        people = scores.persons.astype(np.float64)
        self.pull = people * apart  # (units, scales) sum of residuals
        own = scores.squares + people * apart**2
        self.spread_pull = own - people * (whole.squares / self.n)[to]


def with_intervals(
    waves: list[WaveMeans],
    units: Int,
    pull: Float,
    variance: Float,
    spread_pull: Float,
    degrees: Float,
    factor: Float,
    to: Int,
) -> GroupChange:
    """The change with both its intervals, by what each unit pulls (linearisation).

    Parameters
    ----------
    waves : list of Wave
        Before and after.
    units : int64 array, shape (groups, scales)
        Clusters.
    pull, spread_pull : float arrays, shape (units, scales)
        By how much each unit moves the difference, and the variance that g is measured with.
    variance : float array, shape (groups, scales)
        Of persons, for g.
    degrees : float array, shape (groups, scales)
        Degrees of freedom of that variance.
    factor : float array, shape (groups, scales)
        Correction for few clusters.
    to : int64 array, shape (units,)
        Group of each unit; -1 for none.

    Returns
    -------
    Change
    """
    before, after = waves
    groups = len(units)
    difference = after.mean - before.mean
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    d = difference / sd
    correction = small_sample(degrees)
    d_pull = pull / sd[to] - (d / (2 * sd**2))[to] * spread_pull

    def standard_error(pulls: Float) -> Float:
        kept = np.where((to >= 0)[:, np.newaxis], pulls, 0.0)
        return np.sqrt(factor * sum_by(kept**2, to, groups))

    se, g_se = standard_error(pull), correction * standard_error(d_pull)
    quantile = stdtrit(more_than(units, 1), 0.975)
    g = correction * d
    return GroupChange(
        units,
        before.persons,
        after.persons,
        before.mean,
        after.mean,
        difference,
        se,
        difference - quantile * se,
        difference + quantile * se,
        g,
        g_se,
        g - quantile * g_se,
        g + quantile * g_se,
    )


def more_than(count: Int | Float, least: int) -> Float:
    """How many more there are than `least`; NaN where there are none more.

    Parameters
    ----------
    count : array
        Counts.
    least : int
        Taken away.

    Returns
    -------
    float array, same shape
    """
    return np.where(count > least, count - float(least), np.nan)
