"""Between what limits alpha of the complete sheets lies, by what is told of everybody: whatever the others answered.

Whoever knows the sums of all answers to each item and the SD of person means can try every answer that somebody who
left something out may have given. A verdict that all of these allow tells nobody what it was.
"""

from __future__ import annotations

import numpy as np

from kfl.stats.sums import Sums
from kfl.stats.variation import person_sd


def alpha_range(sums: Sums, number: int, complete: int) -> tuple[float, float]:
    """The limits of alpha over the complete sheets.

    Parameters
    ----------
    sums : Sums
        Of everybody; all groups are taken together.
    number : int
        Which of its scales.
    complete : int
        How many complete sheets there are.

    Returns
    -------
    tuple of float
        Lowest and highest; they are one where nobody left anything out. From minus infinity to 1 where nothing is
        known.
    """
    scale, whole = sums.scales[number], sums.total()
    items, middle, widest = len(scale.items), (scale.low + scale.high) / 2, (scale.high - scale.low) / 2
    # Codes from the middle of the scale: what is left out is then small whichever way it points.
    counts = whole.counts[0, list(scale.items), scale.low : scale.high + 1]
    codes = np.arange(scale.low, scale.high + 1) - middle
    signs = np.where(np.array(scale.turned), -1.0, 1.0)
    answered, total, squares = counts.sum(axis=1), signs * (counts * codes).sum(axis=1), (counts * codes**2).sum(axis=1)
    scored, sd = int(whole.persons[0, number]), float(np.nan_to_num(person_sd(whole)[0, number]))
    apart = items**2 * (scored - 1) * sd**2  # squares of persons' totals, from their mean
    left, left_scored = answered - complete, scored - complete
    # n² times the variance of each item, if all who are left out lie at one end, or where it is largest.
    ends = complete * (squares - left * widest**2) - (np.abs(total) + left * widest) ** 2
    at = np.clip(total / np.maximum(answered, 1), -widest, widest)
    inside = complete * (squares - left * at**2) - (total - left * at) ** 2
    least, most = np.maximum(ends, 0.0).sum(), np.maximum(inside, 0.0).sum()
    # The same of totals: without those left out, who lie no further from the complete sheets' mean than this.
    if items < 2 or not complete:
        return -np.inf, 1.0
    furthest = items * widest + (abs(total.sum()) + left.sum() * widest) / complete
    small, large = complete * (apart - left_scored * furthest**2), complete * apart
    if small <= 0:
        return -np.inf, 1.0
    times = items / (items - 1)
    return float(times * (1 - most / small)), float(times * (1 - least / large))
