"""What differences are told: certain by Holm over a page's family, likely by the posterior (RULES C.4).

docs/methods/certain-differences.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from kfl.stats.intervals import Z
from kfl.stats.means import Float

# Two-sided probability outside ± Z: the share of chance findings allowed on one page.
LEVEL = float(2 * ndtr(-Z))
LIKELY = 0.90  # probability of the sign from which a difference is likely


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a difference is taken to be when it is known how much such units differ; arrays of its shape."""

    best: Float  # drawn towards 0; NaN where nothing is known
    sign: Float  # probability that the true difference has the sign of the one seen; NaN likewise


def rest(n: ArrayLike, mean: ArrayLike, whole_n: ArrayLike, whole_mean: ArrayLike) -> tuple[Float, Float]:
    """What is left of a level when one unit is taken out of it.

    Parameters
    ----------
    n, mean : array_like
        The unit's.
    whole_n, whole_mean : array_like
        Those of the level that holds the unit.

    Returns
    -------
    rest_n, rest_mean : float arrays, broadcast shape
        N - n and (N·M - n·m) / (N - n); both NaN where nothing is left.
    """
    small, large = np.asarray(n, dtype=np.float64), np.asarray(whole_n, dtype=np.float64)
    left = np.where(large > small, large - small, np.nan)
    return left, (large * np.asarray(whole_mean) - small * np.asarray(mean)) / left


def two_sided(difference: Float, se: Float, degrees: Float | None = None) -> Float:
    """Probability of a difference at least as large when there is none.

    Parameters
    ----------
    difference, se : float arrays, same shape
        In one unit.
    degrees : float array, same shape, optional
        Of freedom of Student's t, NaN = the normal distribution; without it the normal distribution everywhere.

    Returns
    -------
    float array, same shape
        NaN where either is unknown. Where neither side varies (se 0), any difference is impossible by chance.
    """
    distance = np.abs(difference)
    ratio = np.where(distance == 0, 0.0, np.inf)
    np.divide(distance, se, out=ratio, where=se > 0)
    p = np.asarray(2 * ndtr(-ratio))
    if degrees is not None:
        by_t = np.isfinite(degrees) & (degrees > 0)
        p = np.where(by_t, 2 * stdtr(np.where(by_t, degrees, 1.0), -ratio), p)
    return np.where(np.isnan(distance) | np.isnan(se), np.nan, p)


def holm(p: Float) -> Float:
    """Holm's adjustment of the p-values along the last axis.

    Parameters
    ----------
    p : float array, shape (..., tests)
        NaN = no test; it does not count among the tests.

    Returns
    -------
    float array, shape (..., tests)
        At most 1; NaN stays NaN.

    References
    ----------
    Holm (1979) Scandinavian Journal of Statistics 6:65-70.
    Same values as R's p.adjust: tests/stats/reference/spread.R

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03, np.nan]))
    array([0.03, 0.06, 0.06,  nan])
    """
    order = np.argsort(p, axis=-1)  # NaN last
    ordered = np.take_along_axis(p, order, axis=-1)
    tests = np.sum(~np.isnan(p), axis=-1, keepdims=True)
    factor = np.maximum(tests - np.arange(p.shape[-1]), 1)
    rising = np.minimum(np.maximum.accumulate(ordered * factor, axis=-1), 1.0)
    adjusted = np.empty_like(rising)
    np.put_along_axis(adjusted, order, rising, axis=-1)
    return adjusted


def certain(*families: Float) -> tuple[NDArray[np.bool_], ...]:
    """Which tests of a page are certain, when all of them together may find something by chance on 5 % of pages.

    Parameters
    ----------
    *families : float arrays, shape (pages, scales)
        p-values of each kind of test on a page; NaN = no test.

    Returns
    -------
    bool arrays, shape (pages, scales)
        In the order given.
    """
    adjusted = holm(np.concatenate(families, axis=-1))
    sure = adjusted < LEVEL  # NaN is not
    ends = np.cumsum([one.shape[-1] for one in families])[:-1]
    return tuple(np.split(sure, ends, axis=-1))


def posterior(difference: Float, se: Float, prior: Float) -> Posterior:
    """The empirical-Bayes posterior of a difference: normal about 0 with a known variance, seen with an error.

    Parameters
    ----------
    difference, se : float arrays, same shape
        What was seen, and its standard error.
    prior : float array, broadcast to that shape
        Variance of the true differences among units of the kind; NaN = not known, 0 = they do not differ.

    Returns
    -------
    Posterior
        `sign` is 0.5 where units do not differ.

    References
    ----------
    Robinson (1991) Statistical Science 6:15-32.

    Examples
    --------
    >>> found = posterior(np.array([30.0]), np.array([20.0]), np.array([400.0]))
    >>> found.best, found.sign.round(3)
    (array([15.]), array([0.856]))
    """
    known = np.isfinite(difference) & np.isfinite(se) & np.isfinite(prior) & (se > 0)
    spread = np.where(known, prior, np.nan)
    weight = spread / (spread + se**2)
    with np.errstate(invalid="ignore"):
        sign = ndtr(np.abs(difference) / np.where(se > 0, se, np.nan) * np.sqrt(weight))
    return Posterior(weight * difference, sign)
