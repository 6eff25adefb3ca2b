"""Measures of how two sides differ over strata: tests, mean difference and odds ratio.

Each takes counts of shape (strata, 2, codes), both sides present in every stratum. Formulas: docs/methods/dif.md.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from kfl.stats.means import Float


def mantel(counts: Float) -> tuple[float, float]:
    """Mantel's test for codes in order, one degree of freedom, without continuity correction.

    Parameters
    ----------
    counts : float array, shape (strata, 2, codes)
        Whole numbers.

    Returns
    -------
    chi2, p : float
        NaN where no stratum holds both sides and two codes.
    """
    above, variance = _second_side_sum(counts)
    if not variance.sum() > 0:
        return np.nan, np.nan
    chi2 = float(above.sum() ** 2 / variance.sum())
    return chi2, float(chdtrc(1, chi2))


def mean_difference(counts: Float) -> tuple[float, float]:
    """Standardised mean difference: second side minus first, strata weighted as the second side is spread.

    Parameters
    ----------
    counts : float array, shape (strata, 2, codes)
        Whole numbers.

    Returns
    -------
    difference, se : float
        In codes; the standard error is by the hypergeometric model of Mantel's test. NaN without strata.
    """
    people = counts.sum(axis=2)
    if not len(counts):
        return np.nan, np.nan
    means = counts @ np.arange(counts.shape[2]) / people
    weight = people[:, 1] / people[:, 1].sum()
    _, variance = _second_side_sum(counts)
    # The second side's sum fixes the first side's, so both means move with it.
    moves = 1 / people[:, 0] + 1 / people[:, 1]
    return float(weight @ (means[:, 1] - means[:, 0])), float(np.sqrt(weight**2 @ (moves**2 * variance)))


def cumulative_log_odds(counts: Float) -> tuple[float, float]:
    """Logarithm of the common cumulative odds ratio; positive = the second side answers higher.

    Parameters
    ----------
    counts : float array, shape (strata, 2, codes)
        Whole numbers.

    Returns
    -------
    log_odds, se : float
        NaN where one side is never above, or never below, the other.

    Notes
    -----
    The ratio is Σ (pairs where the second side is higher) · steps / n over the same for lower, pairs of one person
    from each side within a stratum. The variance sums products of pairs that share a person, which is unbiased
    whether strata are few and large or many and small.
    """
    first, second = counts[:, 0], counts[:, 1]
    people = first.sum(axis=1) + second.sum(axis=1)
    code = np.arange(counts.shape[2])
    higher = np.maximum(code[np.newaxis, :] - code[:, np.newaxis], 0).astype(np.float64)
    up = np.einsum("ki,kj,ij,k->", first, second, higher, 1 / people)
    down = np.einsum("ki,kj,ji,k->", first, second, higher, 1 / people)
    if not (up > 0 and down > 0):
        return np.nan, np.nan
    pair = higher / up - higher.T / down  # the pairs' shares in the log ratio; their expectation is 0
    by_first = (first * (second @ pair.T) ** 2).sum(axis=1)
    by_second = (second * (first @ pair) ** 2).sum(axis=1)
    twice = np.einsum("ki,kj,ij->k", first, second, pair**2)
    variance = ((by_first + by_second - twice) / people**2).sum()
    return float(np.log(up / down)), float(np.sqrt(variance)) if variance > 0 else np.nan


def general_association(counts: Float) -> tuple[float, int, float]:
    """Generalised Mantel-Haenszel test: any difference between the sides' codes, their order not used.

    Parameters
    ----------
    counts : float array, shape (strata, 2, codes)
        Whole numbers.

    Returns
    -------
    chi2 : float
        NaN where fewer than two codes are in use.
    df : int
        Codes in use - 1.
    p : float
    """
    used = counts[:, :, counts.sum(axis=(0, 1)) > 0]
    people = used.sum(axis=(1, 2))
    used, people = used[people > 1], people[people > 1]
    df = used.shape[2] - 1
    if df < 1:
        return np.nan, max(df, 0), np.nan
    codes, sides = used.sum(axis=1)[:, :-1], used.sum(axis=2)
    apart = (used[:, 1, :-1] - sides[:, 1, np.newaxis] * codes / people[:, np.newaxis]).sum(axis=0)
    share = sides[:, 0] * sides[:, 1] / (people**2 * (people - 1))
    variance = np.diag((share * people) @ codes) - np.einsum("k,ki,kj->ij", share, codes, codes)
    # Codes that never meet in a stratum leave directions without variance: those are not tested.
    rank = int(np.linalg.matrix_rank(variance))
    if not rank:
        return np.nan, df, np.nan
    chi2 = float(apart @ np.linalg.pinv(variance, hermitian=True) @ apart)
    return chi2, rank, float(chdtrc(rank, chi2))


def _second_side_sum(counts: Float) -> tuple[Float, Float]:
    """Second side's sum of codes minus its expectation, and its variance, in each stratum; margins held fixed."""
    code = np.arange(counts.shape[2])
    sides, codes = counts.sum(axis=2), counts.sum(axis=1)
    people = sides.sum(axis=1)
    total, squares = codes @ code, codes @ code**2
    above = counts[:, 1] @ code - sides[:, 1] * total / people
    spread = people * squares - total**2
    variance = sides[:, 0] * sides[:, 1] * spread / (people**2 * np.maximum(people - 1, 1))
    return above, variance
