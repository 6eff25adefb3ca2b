"""Which differences are certain: a unit against the rest of the level above, with Holm (RULES C.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from kfl.stats.errors import BadAnswers
from kfl.stats.grouping import Int
from kfl.stats.intervals import Spread, Z, half_width
from kfl.stats.means import Float

# Two-sided probability outside ± Z: the share of chance findings allowed on one page.
LEVEL = float(2 * ndtr(-Z))


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences between two sets of results; all arrays have the shape of what was compared."""

    difference: Float  # first minus second, in the results' unit
    half_width: Float  # of the 95 % interval of each difference by itself
    p: Float  # Holm-adjusted over the last axis
    certain: NDArray[np.bool_]  # False where unknown


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
    Same values as R's p.adjust: tests/stats/reference/differences.R

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


def certain_differences(mean: ArrayLike, half: ArrayLike, other_mean: ArrayLike, other_half: ArrayLike) -> Differences:
    """Compare two sets of independent results, all scales of a page at a time.

    Parameters
    ----------
    mean, other_mean : array_like, shape (..., scales)
        Results in one unit; NaN = not shown, which takes the scale out of the page's tests.
    half, other_half : array_like, shape (..., scales)
        Their half-widths (RULES C.3).

    Returns
    -------
    Differences
        Certain where the Holm-adjusted interval excludes 0; with one scale on the page that is where
        the interval ``difference ± half_width`` does. Where neither side varies (half-widths 0), any
        difference is certain.
    """
    difference = np.asarray(np.subtract(mean, other_mean), dtype=np.float64)
    width = np.hypot(np.asarray(half, dtype=np.float64), other_half)
    known = ~np.isnan(difference) & ~np.isnan(width)
    distance = np.abs(np.where(known, difference, np.nan))
    widths = np.where(distance == 0, 0.0, np.inf)  # where neither side varies
    np.divide(distance, width, out=widths, where=known & (width > 0))
    p = holm(np.where(known, 2 * ndtr(-Z * widths), np.nan))
    return Differences(difference, width, p, known & (p < LEVEL))


def against_rest(n: Int, means: Float, above: NDArray[np.integer[Any]], wave: Spread) -> Differences:
    """Every node of a wave against the rest of the level above it.

    Parameters
    ----------
    n : int64 array, shape (nodes, scales)
        Each node's n.
    means : float array, shape (nodes, scales)
        Results in scale units; NaN where the page does not show one.
    above : integer array, shape (nodes, scales)
        The node compared with: the nearest above that is shown; -1 = none.
    wave : Spread
        From `spread`, for the same tree.

    Returns
    -------
    Differences
        In scale units; NaN and not certain where either side is not shown, or where the level above
        holds the same people.

    Raises
    ------
    BadAnswers
        Shapes that differ.
    """
    if not n.shape == means.shape == above.shape:
        raise BadAnswers(f"n, means and above have shapes {n.shape}, {means.shape} and {above.shape}")

    def of_level(values: Float | Int) -> Float:
        chosen = np.take_along_axis(values.astype(np.float64), np.maximum(above, 0), axis=0)
        return np.where(above >= 0, chosen, np.nan)

    rest_n, rest_mean = rest(n, means, of_level(n), of_level(means))
    rest_half = half_width(rest_n, wave.s, of_level(wave.block_sizes(n)), of_level(wave.rho))
    return certain_differences(means, wave.half_widths(n), rest_mean, rest_half)
