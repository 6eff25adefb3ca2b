"""How surely polychoric correlations are known together: their covariances, from distinct sheets.

Every person moves each estimate a little; the mean product of these moves is what the estimates' covariance is made of.
docs/methods/ordinal-factor.md.
"""

from __future__ import annotations

import numpy as np

from kfl.stats.grouping import Int
from kfl.stats.means import Float
from kfl.stats.ordinal.patterns import Patterns

# So many sheets at once, that memory does not grow with them.
_CHUNK = 8192


def correlation_covariance(patterns: Patterns, influence: Float) -> Float:
    """Asymptotic covariance of the polychoric correlations.

    Parameters
    ----------
    patterns : Patterns
        Complete sheets.
    influence : float array, shape (pairs, codes, codes)
        From `kfl.stats.ordinal.polychoric.estimate`, of the same sheets.

    Returns
    -------
    float array, shape (pairs, pairs)
        Times the number of people; pairs as np.triu_indices(items, 1) has them.

    References
    ----------
    Muthén (1984) Psychometrika 49:115-132; Muthén & Satorra (1995) Psychometrika 60:489-503.
    """
    pairs, steps = influence.shape[:2]
    first, second = np.triu_indices(len(patterns.codes), 1)
    by_cell = np.nan_to_num(influence.reshape(pairs, steps * steps))
    result = np.zeros((pairs, pairs))
    for start in range(0, len(patterns.counts), _CHUNK):
        codes = patterns.codes[:, start : start + _CHUNK].astype(np.int64) - patterns.scale.low
        moves = np.take_along_axis(by_cell, codes[first] * steps + codes[second], axis=1)
        result += (moves * patterns.counts[start : start + _CHUNK]) @ moves.T
    return result / patterns.people


def threshold_errors(margins: Int, cuts: Float) -> Float:
    """Standard errors of thresholds.

    Parameters
    ----------
    margins : int64 array, shape (items, codes)
        How many gave each answer.
    cuts : float array, shape (items, codes - 1)
        `thresholds` of these margins.

    Returns
    -------
    float array, shape (items, codes - 1)
        √(P(1 - P)/(n - 1)) over the normal density at the threshold; NaN where the threshold is infinite.
    """
    people = margins.sum(axis=1, keepdims=True).astype(np.float64)
    below = margins.cumsum(axis=1)[:, :-1] / people
    density = np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi)
    density[np.isinf(cuts)] = np.nan
    return np.asarray(np.sqrt(below * (1 - below) / (people - 1)) / density, dtype=np.float64)
