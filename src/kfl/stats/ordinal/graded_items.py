"""One item of Samejima's graded response model: its curves, its score and its information.

The probability of answering code k or higher is logistic in slope · θ + intercept_k; intercepts fall from code to code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from kfl.stats.means import Float

# A probability never counts as less than this where it is divided by.
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Curves:
    """Probabilities of an item's levels, and the slopes of the probabilities of reaching them, at some points."""

    levels: Float  # (levels, points)
    rises: Float  # (levels + 1, points): G(1 - G) of reaching each level; 0 for the lowest and beyond the highest


def curves(slope: float, intercepts: Float, theta: Float) -> Curves:
    """Curves of one item.

    Parameters
    ----------
    slope : float
        Discrimination.
    intercepts : float array, shape (levels - 1,)
        Falling.
    theta : float array, shape (points,)

    Returns
    -------
    Curves
        Differences of probabilities are not formed by subtraction, so that small ones keep their digits.
    """
    reach = np.full((len(intercepts) + 2, len(theta)), np.inf)
    reach[-1] = -np.inf
    reach[1:-1] = slope * theta + intercepts[:, np.newaxis]
    steps = np.concatenate([[np.inf], intercepts, [-np.inf]])
    levels = expit(reach[:-1]) * expit(-reach[1:]) * -np.expm1(np.diff(steps))[:, np.newaxis]
    return Curves(levels, expit(reach) * expit(-reach))


def score(item: Curves, expected: Float, theta: Float) -> Float:
    """Derivative of Σ expected · log probability by slope and intercepts.

    Parameters
    ----------
    item : Curves
        At `theta`.
    expected : float array, shape (levels, points)
        How many gave each level at each point.
    theta : float array, shape (points,)

    Returns
    -------
    float array, shape (levels,)
        By the slope first, then by the intercepts.
    """
    share = expected / np.maximum(item.levels, _TINY)
    by_reach = item.rises[1:-1] * (share[1:] - share[:-1])
    return np.concatenate([[(by_reach @ theta).sum()], by_reach.sum(axis=1)])


def fisher(item: Curves, people: Float, theta: Float) -> Float:
    """Expected information on slope and intercepts, had the points of all people been known.

    Parameters
    ----------
    item : Curves
        At `theta`.
    people : float array, shape (points,)
        How many stand at each point.
    theta : float array, shape (points,)

    Returns
    -------
    float array, shape (levels, levels)
    """
    count = len(item.levels)
    change = np.zeros((count, count, len(theta)))  # of each probability, by each parameter
    for level in range(1, count):
        change[level, level] = item.rises[level]
        change[level, level - 1] = -item.rises[level]
    change[0] = change[1:].sum(axis=0) * theta
    weight = people / np.maximum(item.levels, _TINY)
    information: Float = np.einsum("acq,bcq,cq->ab", change, change, weight, optimize=True)
    return information


def information(slope: float, item: Curves) -> Float:
    """Fisher's information of one item about θ.

    Parameters
    ----------
    slope : float
        Discrimination.
    item : Curves
        At some points.

    Returns
    -------
    float array, shape (points,)
    """
    change = slope * (item.rises[:-1] - item.rises[1:])
    total: Float = (change**2 / np.maximum(item.levels, _TINY)).sum(axis=0)
    return total
