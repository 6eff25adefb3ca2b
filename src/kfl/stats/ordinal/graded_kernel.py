"""Compiled loops over answer sheets behind `kfl.stats.ordinal.graded`; imported only there, on first use.

Sheets that follow each other and begin alike share the product of what they begin with, so sorted sheets go fastest.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# After so many items the products are scaled, long before they leave the range of 64-bit floats.
_SCALED = 16


@njit(cache=True, nogil=True)
def _first_new(levels: NDArray[np.uint8], sheet: int) -> int:
    """The first item at which a sheet differs from the one before it."""
    first = 0
    if sheet > 0:
        while first < levels.shape[1] and levels[sheet, first] == levels[sheet - 1, first]:
            first += 1
    return first


@njit(cache=True, nogil=True)
def _multiply(
    levels: NDArray[np.uint8],
    sheet: int,
    first: int,
    curves: NDArray[np.float64],
    partial: NDArray[np.float64],
    logs: NDArray[np.float64],
) -> float:
    """Likelihood at each point from item `first` on, into the last row of `partial`; returns its sum."""
    items, points = levels.shape[1], partial.shape[1]
    for item in range(first, items):
        before, after, curve = partial[item], partial[item + 1], curves[item, levels[sheet, item]]
        for q in range(points):
            after[q] = before[q] * curve[q]
        logs[item + 1] = logs[item]
        if item % _SCALED == _SCALED - 1:
            largest = after.max()
            if largest > 0:
                after /= largest
                logs[item + 1] += np.log(largest)
    return float(partial[items].sum())


@njit(cache=True, nogil=True)
def expected_counts(
    levels: NDArray[np.uint8], counts: NDArray[np.int64], curves: NDArray[np.float64], prior: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Log-likelihood, and how many are expected to stand at each point with each level of each item.

    `levels` is (sheets, items), `curves` (items, levels, points): the probability of each level at each point.
    """
    sheets, items = levels.shape
    points = len(prior)
    expected = np.zeros_like(curves)
    partial = np.empty((items + 1, points))
    partial[0] = prior
    logs = np.zeros(items + 1)
    below = np.zeros((items + 1, points))  # what sheets under each beginning have gathered
    loglik = 0.0
    for sheet in range(sheets + 1):
        first = _first_new(levels, sheet) if sheet < sheets else 0
        if sheet > 0:
            for item in range(items - 1, first - 1, -1):
                into, gathered, above = expected[item, levels[sheet - 1, item]], below[item + 1], below[item]
                for q in range(points):
                    into[q] += gathered[q]
                    above[q] += gathered[q]
                    gathered[q] = 0.0
        if sheet < sheets:
            total = _multiply(levels, sheet, first, curves, partial, logs)
            if not total > 0.0:
                return -np.inf, expected
            loglik += counts[sheet] * (np.log(total) + logs[items])
            weight = counts[sheet] / total
            for q in range(points):
                below[items, q] += weight * partial[items, q]
    return loglik, expected


@njit(cache=True, nogil=True)
def posterior(
    levels: NDArray[np.uint8], curves: NDArray[np.float64], prior: NDArray[np.float64], theta: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and SD of each sheet's posterior distribution; arguments as for `expected_counts`."""
    sheets, items = levels.shape
    partial = np.empty((items + 1, len(prior)))
    partial[0] = prior
    logs = np.zeros(items + 1)
    means, sds = np.empty(sheets), np.empty(sheets)
    for sheet in range(sheets):
        total = _multiply(levels, sheet, _first_new(levels, sheet), curves, partial, logs)
        mean = (partial[items] * theta).sum() / total
        variance = (partial[items] * (theta - mean) ** 2).sum() / total
        means[sheet], sds[sheet] = mean, np.sqrt(variance)
    return means, sds
