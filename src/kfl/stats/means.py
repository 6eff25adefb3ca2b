"""Group results: item means, and scale means as the mean of item means (RULES B.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import of_kind
from kfl.stats.grouping import Int, as_floats
from kfl.stats.sums import ScoreSums, Sums

Float = NDArray[np.float64]


def item_means(sums: Sums) -> Float:
    """Mean of each item in each group, as answered (turned items are not turned).

    Parameters
    ----------
    sums : Sums
        For any groups.

    Returns
    -------
    float array, shape (groups, items)
        In codes; NaN where nobody answered, and for rows that belong to no scale.
    """
    of_kind(sums, Sums, "collect")
    with np.errstate(invalid="ignore"):
        return sums.code_sum / np.where(sums.n > 0, sums.n, np.nan)


def scale_means(sums: Sums) -> Float:
    """Scale result of each group: the mean of its item means, turned items turned.

    It adds nothing to the item results beside it, so those who skipped an item cannot be isolated
    with it. The mean of person scores (`person_means`) is another number where people skipped.

    Parameters
    ----------
    sums : Sums
        For any groups.

    Returns
    -------
    float array, shape (groups, scales)
        In the scale's units (``low`` to ``high``); NaN where any item of the scale has no answers.
    """
    of_kind(sums, Sums, "collect")
    means = item_means(sums)
    result = np.empty((sums.groups, len(sums.scales)))
    for number, scale in enumerate(sums.scales):
        sign = np.where(scale.turned, -1.0, 1.0)
        shift = np.where(scale.turned, float(scale.low + scale.high), 0.0)
        result[:, number] = (shift + sign * means[:, scale.items]).mean(axis=1)
    return result


def scale_n(sums: Sums) -> Int:
    """A scale's n in each group: the smallest of its items' n (RULES B.1).

    Parameters
    ----------
    sums : Sums
        For any groups.

    Returns
    -------
    int64 array, shape (groups, scales)
    """
    of_kind(sums, Sums, "collect")
    return np.stack([sums.n[:, scale.items].min(axis=1) for scale in sums.scales], axis=1)


def person_means(sums: ScoreSums) -> Float:
    """Mean of person scores in each group; not the group's result, see `scale_means`.

    Parameters
    ----------
    sums : ScoreSums
        For any groups.

    Returns
    -------
    float array, shape (groups, scales)
        In the scale's units; NaN where nobody was scored.
    """
    of_kind(sums, ScoreSums, "collect or collect_scores")
    persons = np.where(sums.persons > 0, sums.persons, np.nan)
    return as_floats(sums.score_sum) / (persons * as_floats(sums.units))
