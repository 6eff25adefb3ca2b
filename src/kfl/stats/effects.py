"""Differences between two groups in SDs: Hedges' g, for independent persons and for persons in clusters.

docs/methods/effect-sizes.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, ndtri

from kfl.stats.arguments import of_kind
from kfl.stats.errors import BadAnswers
from kfl.stats.group_scores import GroupScores
from kfl.stats.means import Float


@dataclass(frozen=True, eq=False)
class EffectSize:
    """First group minus second; all arrays have the shape of what was compared."""

    difference: Float  # of the means, in the scores' unit
    g: Float  # in SDs of persons, corrected for small samples
    se: Float  # of g
    low: Float  # lower end of g's 95 % interval
    high: Float


def small_sample(degrees: ArrayLike) -> Float:
    """Hedges' correction J: by how much d overstates the effect when the SD rests on few degrees of freedom.

    Parameters
    ----------
    degrees : array_like
        Degrees of freedom of the SD.

    Returns
    -------
    float array
        Γ(m/2) / (√(m/2) Γ((m - 1)/2)); NaN where m is 1 or less.

    References
    ----------
    Hedges (1981) Journal of Educational Statistics 6:107-128.

    Examples
    --------
    >>> small_sample([10, 100]).round(4)
    array([0.9227, 0.9925])
    """
    m = np.asarray(degrees, dtype=np.float64)
    m = np.where(m > 1, m, np.nan)
    return np.asarray(np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2), dtype=np.float64)


def hedges_g(one: GroupScores, other: GroupScores) -> EffectSize:
    """Hedges' g of independent persons, with a 95 % interval.

    Parameters
    ----------
    one, other : GroupScores
        Compared row by row; one of them may have a single row, which all of the other's are compared with.

    Returns
    -------
    EffectSize
        Shape (groups, scales). NaN where a side has nobody, both together have under 4 persons, or nobody differs
        from their side's mean.

    Raises
    ------
    BadAnswers
        Shapes that cannot be compared.

    References
    ----------
    Hedges (1981) Journal of Educational Statistics 6:107-128.
    Same values as the formulas in R: tests/stats/reference/effects.R

    Examples
    --------
    >>> from kfl.stats import group_values
    >>> values = np.array([[4.0], [5], [6], [7], [2], [3], [4], [5]])
    >>> both = group_values(values, np.arange(8) // 4, 2)
    >>> hedges_g(both.take(np.array([0])), both.take(np.array([1]))).g.round(3)
    array([[1.346]])
    """
    of_kind(one, GroupScores, "group_scores or group_values")
    of_kind(other, GroupScores, "group_scores or group_values")
    try:
        people = [np.asarray(n) for n in np.broadcast_arrays(one.persons, other.persons)]
    except ValueError as error:
        raise BadAnswers(f"groups of shapes {one.persons.shape} and {other.persons.shape} do not compare") from error
    n_one, n_other = (np.where(n > 0, n, np.nan).astype(np.float64) for n in people)
    degrees = n_one + n_other - 2
    return _effect(
        one.mean - other.mean, one.squares + other.squares, degrees, degrees, degrees, 1 / n_one + 1 / n_other
    )


def clustered_g(one: GroupScores, other: GroupScores, icc: ArrayLike) -> EffectSize:
    """Hedges' g of persons in clusters: d_T, in SDs of all persons, with an interval that knows of the clusters.

    Parameters
    ----------
    one, other : GroupScores
        The two sides; each has a row a cluster, for instance a school. Sizes may differ. The sides are taken as
        independent: no cluster is in both.
    icc : array_like, shape (scales,)
        Intraclass correlation of such clusters, for instance by `random_intercept` over the whole wave.

    Returns
    -------
    EffectSize
        Shape (scales,). With an ICC of 0 the same as `hedges_g`. NaN as there.

    Raises
    ------
    BadAnswers
        Other numbers of scales.

    References
    ----------
    Hedges (2007) Journal of Educational and Behavioral Statistics 32:341-370.
    Same values as the covariance matrix of all persons in R: tests/stats/reference/effects.R
    """
    of_kind(one, GroupScores, "group_scores or group_values")
    of_kind(other, GroupScores, "group_scores or group_values")
    rho = np.asarray(icc, dtype=np.float64)
    if not one.persons.shape[1:] == other.persons.shape[1:] == rho.shape:
        raise BadAnswers("both sides and the ICC must have the same scales")
    sides = [_Side(one), _Side(other)]
    difference = sides[0].mean - sides[1].mean
    degrees = sides[0].n + sides[1].n - 2
    between = sides[0].between + sides[1].between
    # Expected value and half the variance of the sum of squares about the two means, in units of the total variance.
    expected = (1 - rho) * degrees + rho * between
    spread = (1 - rho) ** 2 * degrees + 2 * rho * (1 - rho) * between
    spread = spread + rho**2 * (sides[0].between_squared + sides[1].between_squared)
    variance = sum((1 + (side.usual_size - 1) * rho) / side.n for side in sides)
    squares = sides[0].squares + sides[1].squares
    return _effect(difference, squares, degrees, expected, expected**2 / spread, np.asarray(variance))


class _Side:
    """Sums over the clusters of one side, by scale."""

    def __init__(self, clusters: GroupScores) -> None:
        whole = clusters.regroup(np.zeros(len(clusters.persons), dtype=np.int64), 1)
        size = clusters.persons.astype(np.float64)
        self.n = np.where(whole.persons[0] > 0, whole.persons[0], np.nan).astype(np.float64)
        self.mean, self.squares = whole.mean[0], whole.squares[0]
        # Size of the cluster that the usual person belongs to.
        self.usual_size = (size**2).sum(axis=0) / self.n
        # With M = centring by the side's mean and Z = who is in which cluster: tr(Z'MZ) and tr((Z'MZ)²).
        self.between = self.n - self.usual_size
        self.between_squared = (size**2).sum(axis=0) - 2 * (size**3).sum(axis=0) / self.n + self.usual_size**2


def _effect(
    difference: Float, squares: Float, degrees: Float, expected: Float, effective: Float, variance: Float
) -> EffectSize:
    """From the difference and its variance (in squared SDs), and the sum of squares that the SD is made from.

    `expected` is that sum's expected value in units of the variance, `effective` the degrees of freedom of a chi²
    with its mean and variance.
    """
    known = (degrees > 0) & (squares > 0)
    d = difference / np.sqrt(squares / np.where(known, expected, np.nan))
    correction = small_sample(effective)
    se = correction * np.sqrt(variance + d**2 / (2 * effective))
    g = correction * d
    half = ndtri(0.975) * se
    return EffectSize(np.asarray(difference), g, se, g - half, g + half)
