"""How counts are rounded before anybody sees them: whole per cent, and bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.rules import Int
from kfl.disclosure.thresholds import Thresholds


def whole_percent(counts: NDArray[np.integer[Any]]) -> Int:
    """Share of each answer in whole per cent, halves upwards.

    Parameters
    ----------
    counts : integer array, shape (..., codes)
        How many gave each answer.

    Returns
    -------
    int array, shape (..., codes)
        Each share rounded by itself, so they may add up to a little more or less than 100.
        -1 where nobody answered.
    """
    n = counts.sum(axis=-1, keepdims=True, dtype=np.int64)
    shares = (200 * counts.astype(np.int64) + n) // np.maximum(2 * n, 1)
    return np.asarray(np.where(n > 0, shares, -1))


def band(count: int, thresholds: Thresholds) -> tuple[int, int]:
    """The band in which a sensitive count is shown: 0-2, 3-5, 6-8 and so on.

    Zero and one are never told apart; the last band may reach past the size of the group.

    Parameters
    ----------
    count : int
        People whose answer counts.
    thresholds : Thresholds
        Of the project.

    Returns
    -------
    tuple of int
        Lowest and highest count in the band.

    Raises
    ------
    ValueError
        For a negative count.
    """
    if count < 0:
        raise ValueError(f"a count cannot be {count}")
    low = count // thresholds.band * thresholds.band
    return low, low + thresholds.band - 1
