"""How much of the differences between people lies between groups, by REML, and means shrunk accordingly.

One level of groups; `kfl.stats.nested` has more. docs/methods/multilevel.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtri

from kfl.stats.errors import BadAnswers
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int
from kfl.stats.means import Float

# Ratios of the two variances that are tried before the best is refined: the likelihood may have two tops.
_RATIOS = np.append(0.0, np.logspace(-5, 9, 57))
_CLOSEST_TO_ONE = 1 - 1e-12
_UNKNOWN = (np.nan,) * 7


@dataclass(frozen=True, eq=False)
class RandomIntercept:
    """A random-intercept model of each scale, arrays of shape (scales,); NaN where it does not exist."""

    people: Int  # scored persons
    groups: Int  # groups with scored persons
    mean: Float  # of the groups, weighted by how well each is known
    se: Float  # of that mean
    between: Float  # variance between groups, in squared score units
    within: Float  # variance within groups
    icc: Float  # between / (between + within)
    low: Float  # 95 % profile likelihood interval of the ICC
    high: Float


@dataclass(frozen=True, eq=False)
class ShrunkenMeans:
    """Estimates of groups' true means; arrays of shape (groups, scales), in score units."""

    mean: Float  # pulled towards the level above, the more the fewer persons the group has
    sd: Float  # posterior SD of the true mean


def random_intercept(scores: GroupScores) -> RandomIntercept:
    """Variance between and within groups, ICC and mean by REML, for every scale.

    Parameters
    ----------
    scores : GroupScores
        One group a unit, for instance a school.

    Returns
    -------
    RandomIntercept
        `between` and `icc` are 0 where groups differ less than chance would make them. All is NaN where fewer
        than two groups have scored persons, no group has two, or everybody has one score.

    References
    ----------
    Patterson & Thompson (1971) Biometrika 58:545-554; Bates, Mächler, Bolker & Walker (2015) Journal of
    Statistical Software 67(1). Same values as R's lme4::lmer: tests/stats/reference/multilevel.R

    Examples
    --------
    >>> from kfl.stats import group_values
    >>> values = np.array([1.0, 2, 3, 3, 4, 5, 6, 7, 9])[:, np.newaxis]
    >>> random_intercept(group_values(values, np.arange(9) // 3, 3)).icc.round(4)
    array([0.8243])
    """
    columns = zip(scores.persons.T, scores.mean.T, scores.squares.T, strict=True)
    rows = [_fit(n, mean, float(squares.sum())) for n, mean, squares in columns]
    numbers = np.array(rows, dtype=np.float64).reshape(-1, len(_UNKNOWN)).T
    return RandomIntercept(scores.persons.sum(axis=0), (scores.persons > 0).sum(axis=0), *numbers)


def mean_reliability(n: ArrayLike, icc: ArrayLike) -> Float:
    """Reliability of a group's mean, ICC(2): n·ICC / (1 + (n - 1)·ICC).

    Parameters
    ----------
    n : array_like
        Persons behind the mean.
    icc : array_like
        Intraclass correlation of such groups, 0 to 1.

    Returns
    -------
    float array, broadcast shape
        Share of the differences between observed means that is real; 0 where n is 0.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski (eds), Multilevel theory, research, and methods in organizations, 349-381.

    Examples
    --------
    >>> mean_reliability([5, 20], 0.1).round(3)
    array([0.357, 0.69 ])
    """
    people, share = np.broadcast_arrays(np.asarray(n, dtype=np.float64), np.asarray(icc, dtype=np.float64))
    whole = np.where(people > 0, 1 + (people - 1) * share, 1.0)
    return np.where(np.isnan(share), np.nan, people * share / whole)


def shrink(mean: ArrayLike, n: ArrayLike, toward: ArrayLike, icc: ArrayLike) -> Float:
    """Pull a mean towards another as far as it is unreliable.

    Parameters
    ----------
    mean, n : array_like
        The group's mean and persons.
    toward : array_like
        Where groups without any persons would be placed, for instance the mean of the level above.
    icc : array_like
        Intraclass correlation of such groups.

    Returns
    -------
    float array, broadcast shape
        toward + reliability · (mean - toward).

    Examples
    --------
    >>> shrink(560.0, 5, 500.0, 0.1).round(1).item()
    521.4
    """
    centre = np.asarray(toward, dtype=np.float64)
    return np.asarray(centre + mean_reliability(n, icc) * (np.asarray(mean) - centre), dtype=np.float64)


def shrunken_means(scores: GroupScores, fit: RandomIntercept) -> ShrunkenMeans:
    """Empirical-Bayes estimates (BLUP) of the groups' true means.

    Parameters
    ----------
    scores : GroupScores
        Groups of the kind that `fit` was made from, in the same unit; most often the same.
    fit : RandomIntercept
        Of the same scales.

    Returns
    -------
    ShrunkenMeans
        The mean of all for groups without scored persons. `sd` holds the uncertainty of the mean of all, too; the
        variances count as known.

    Raises
    ------
    BadAnswers
        Another number of scales.

    References
    ----------
    Robinson (1991) Statistical Science 6:15-32.
    Same values as R's lme4::ranef: tests/stats/reference/multilevel.R
    """
    if scores.persons.shape[1] != len(fit.icc):
        raise BadAnswers(f"the model has {len(fit.icc)} scales, the groups {scores.persons.shape[1]}")
    kept = mean_reliability(scores.persons, fit.icc)
    own = np.where(scores.persons > 0, scores.mean, fit.mean)
    variance = fit.between * (1 - kept) + ((1 - kept) * fit.se) ** 2
    return ShrunkenMeans(fit.mean + kept * (own - fit.mean), np.sqrt(variance))


def _fit(n: Int, mean: Float, inside: float) -> tuple[float, ...]:
    """Mean, se, between, within, icc, low and high of one scale."""
    n, mean = n[n > 0], mean[n > 0]
    people, groups = int(n.sum()), len(n)
    if groups < 2 or people == groups or not (inside > 0 or np.ptp(mean) > 0):
        return _UNKNOWN
    if not inside > 0:
        # Everybody agrees with their group: the limit, where each group counts alike.
        variance = float(mean.var(ddof=1))
        return float(mean.mean()), float(np.sqrt(variance / groups)), variance, 0.0, 1.0, 1.0, 1.0
    model = _Profile(n, mean, inside)
    icc = _top(model)
    ratio = icc / (1 - icc)
    weight, middle, spread = model.at(ratio)
    within = spread / (people - 1)
    return middle, float(np.sqrt(within / weight.sum())), within * ratio, within, icc, *_profile_interval(model, icc)


class _Profile:
    """-2 log restricted likelihood of one scale, by the ratio of the variances; the rest is profiled out.

    Groups of one size share their weight, so a wave of 32,000 classes is as small as its number of sizes.
    """

    def __init__(self, n: Int, mean: Float, inside: float) -> None:
        sizes, place, self.count = np.unique(n, return_inverse=True, return_counts=True)
        self.size = sizes.astype(np.float64)
        self.mean = np.bincount(place, mean) / self.count
        self.apart = np.bincount(place, (mean - self.mean[place]) ** 2)
        self.inside = inside  # sum of squares within groups
        self.people = int(n.sum())

    def at(self, ratio: float) -> tuple[Float, float, float]:
        """Weights of the sizes' groups together, their weighted mean, and the weighted sum of squares."""
        each = self.size / (1 + ratio * self.size)
        weight = each * self.count
        middle = float(weight @ self.mean / weight.sum())
        return weight, middle, float(self.inside + each @ self.apart + weight @ (self.mean - middle) ** 2)

    def deviance(self, ratio: float) -> float:
        """Without its constant terms."""
        weight, _, spread = self.at(ratio)
        return float(
            (self.people - 1) * np.log(spread) + self.count @ np.log1p(ratio * self.size) + np.log(weight.sum())
        )

    def slope(self, ratio: float) -> float:
        """Of the deviance, by the ratio."""
        weight, middle, spread = self.at(ratio)
        each = weight / self.count
        pull = each**2 @ self.apart + each * weight @ (self.mean - middle) ** 2
        return float(weight.sum() - each @ weight / weight.sum() - (self.people - 1) * pull / spread)


def _top(model: _Profile) -> float:
    """The ICC with the highest restricted likelihood."""
    best = int(np.argmin([model.deviance(ratio) for ratio in _RATIOS]))
    low, high = _RATIOS[max(best - 1, 0)], _RATIOS[min(best + 1, len(_RATIOS) - 1)]
    if model.slope(low) >= 0:  # only at 0, where the deviance rises at once
        return 0.0
    ratio = _root(model.slope, low, high) if model.slope(high) > 0 else high
    return float(ratio / (1 + ratio))


def _profile_interval(model: _Profile, icc: float) -> tuple[float, float]:
    """The ICCs whose deviance lies within chi²(0.95; 1) of the smallest."""
    limit = model.deviance(icc / (1 - icc)) + float(chdtri(1, 0.05))

    def above(share: float) -> float:
        return model.deviance(share / (1 - share)) - limit

    low = _root(above, 0.0, icc) if icc > 0 and above(0.0) > 0 else 0.0
    high = _root(above, icc, _CLOSEST_TO_ONE) if above(_CLOSEST_TO_ONE) > 0 else 1.0
    return low, high


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-15, rtol=1e-13, maxiter=500))
