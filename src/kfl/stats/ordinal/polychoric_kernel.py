"""Polychoric correlations, pair after pair, compiled; called by `kfl.stats.ordinal.polychoric`.

Numba's import takes a second, so this module is imported inside the function that needs it.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kfl.stats.ordinal.bivariate import FAR, density, joint_below, joint_density, normal

Float = NDArray[np.float64]
Int = NDArray[np.int64]

# Tables whose likelihood still grows here (no answers off the diagonal) have no estimate between -1 and 1.
LIMIT = 0.99999
# Below this, a cell's probability is lost among rounding errors.
_LEAST = 1e-14


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _cells(first: Float, second: Float, rho: float, below: Float, slope: Float, bend: Float) -> None:
    """Fill P(X <= first[i], Y <= second[j]) and its first two derivatives in rho; limits go from -FAR to FAR."""
    last, end = len(first) - 1, len(second) - 1
    below[:] = 0.0
    slope[:] = 0.0
    bend[:] = 0.0
    joint_below(first[1:last], second[1:end], rho, below[1:last, 1:end])
    for i in range(1, last + 1):
        below[i, end] = normal(first[i])
    for j in range(1, end + 1):
        below[last, j] = normal(second[j])
    below[last, end] = 1.0
    left = 1.0 - rho * rho
    for i in range(1, last):
        for j in range(1, end):
            h, k = first[i], second[j]
            at = joint_density(h, k, rho)
            slope[i, j] = at
            bend[i, j] = at * (rho / left + (h * k * (1.0 + rho * rho) - rho * (h * h + k * k)) / (left * left))


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _inside(corner: Float, a: int, b: int) -> float:
    """What lies in cell (a, b), from values at the corners."""
    return float(corner[a + 1, b + 1] - corner[a, b + 1] - corner[a + 1, b] + corner[a, b])


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _start(counts: Int, people: int, first: Float, second: Float) -> float:
    """Pearson's correlation of the codes, made larger by what cutting into steps takes away."""
    steps = counts.shape[0]
    sx = sy = sxx = syy = sxy = 0.0
    for a in range(steps):
        for b in range(steps):
            n = counts[a, b] / people
            sx += n * a
            sy += n * b
            sxx += n * a * a
            syy += n * b * b
            sxy += n * a * b
    cut_x = cut_y = 0.0
    for i in range(1, steps):
        cut_x += density(first[i])
        cut_y += density(second[i])
    if cut_x * cut_y == 0.0:
        return 0.0
    # Covariance of the codes = rho times these sums of densities, to first order; the spreads bound it.
    found = (sxy - sx * sy) / (cut_x * cut_y)
    return min(max(found, -0.95), 0.95)


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _estimate(counts: Int, people: int, first: Float, second: Float, below: Float, slope: Float, bend: Float) -> float:
    """The likeliest rho: Newton's steps, halving the bracket where they leave it; corner tables stay filled."""
    steps = counts.shape[0]
    low, high = -LIMIT, LIMIT
    rho = _start(counts, people, first, second)
    for _ in range(100):
        _cells(first, second, rho, below, slope, bend)
        gradient = curve = 0.0
        impossible = False
        for a in range(steps):
            for b in range(steps):
                if counts[a, b] > 0:
                    p = max(_inside(below, a, b), _LEAST)
                    impossible |= p == _LEAST
                    ratio = _inside(slope, a, b) / p
                    gradient += counts[a, b] * ratio
                    curve += counts[a, b] * (_inside(bend, a, b) / p - ratio * ratio)
        if impossible:  # somebody is where nobody could be: rho is too far out, and the gradient says nothing
            gradient, curve = -rho, 0.0
        if gradient > 0.0:
            low = rho
        else:
            high = rho
        better = rho - gradient / curve if curve < 0.0 else low - 1.0
        if not low < better < high:
            better = 0.5 * (low + high)
        moved = abs(better - rho)
        rho = better
        if moved < 1e-9:
            break
    return rho


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _influence(counts: Int, people: int, first: Float, second: Float, rho: float, below: Float, slope: Float) -> Float:
    """How a person in each cell moves rho (times 1/people), thresholds estimated from the margins included."""
    steps = counts.shape[0]
    root = sqrt(1.0 - rho * rho)
    rows = np.zeros((steps + 1, steps + 1))  # derivative of `below` in the row's limit
    columns = np.zeros((steps + 1, steps + 1))
    for i in range(1, steps + 1):
        for j in range(1, steps + 1):
            if i < steps:
                rows[i, j] = density(first[i]) * normal((second[j] - rho * first[i]) / root)
            if j < steps:
                columns[i, j] = density(second[j]) * normal((first[i] - rho * second[j]) / root)
    score = np.zeros((steps, steps))
    information = 0.0
    by_row = np.zeros(steps + 1)  # mean product of rho's score with each row limit's
    by_column = np.zeros(steps + 1)
    for a in range(steps):
        for b in range(steps):
            if counts[a, b] > 0:
                p = max(_inside(below, a, b), _LEAST)
                share = counts[a, b] / people
                ratio = _inside(slope, a, b) / p
                score[a, b] = ratio
                information += share * ratio * ratio
                by_row[a + 1] += share * ratio * (rows[a + 1, b + 1] - rows[a + 1, b]) / p
                by_row[a] -= share * ratio * (rows[a, b + 1] - rows[a, b]) / p
                by_column[b + 1] += share * ratio * (columns[a + 1, b + 1] - columns[a, b + 1]) / p
                by_column[b] -= share * ratio * (columns[a + 1, b] - columns[a, b]) / p
    from_row = _shift(first, by_row)
    from_column = _shift(second, by_column)
    for a in range(steps):
        for b in range(steps):
            score[a, b] = (score[a, b] - from_row[a] - from_column[b]) / information
    return score


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _shift(limits: Float, weight: Float) -> Float:
    """Weighted sum, for each code, of how an answer with it moves the item's thresholds."""
    steps = len(limits) - 1
    moved = np.zeros(steps)
    for i in range(1, steps):
        at = density(limits[i])
        if at > 0.0:
            for a in range(steps):
                moved[a] += weight[i] * ((1.0 if a < i else 0.0) - normal(limits[i])) / at
    return moved


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def correlate(counts: Int, first: Int, second: Int, thresholds: Float, rho: Float, influence: Float) -> None:
    """Fill rho, shape (pairs,), and each cell's influence on it, shape (pairs, codes, codes); NaN where there is none.

    `first` and `second` name the rows of `thresholds`, shape (items, codes - 1).
    """
    steps = counts.shape[1]
    below = np.empty((steps + 1, steps + 1))
    slope = np.empty_like(below)
    bend = np.empty_like(below)
    limits = np.empty((len(thresholds), steps + 1))
    limits[:, 0] = -FAR
    limits[:, steps] = FAR
    for i in range(len(thresholds)):
        for k in range(steps - 1):
            limits[i, k + 1] = min(max(thresholds[i, k], -FAR), FAR)
    for pair in range(len(counts)):
        one, two = limits[first[pair]], limits[second[pair]]
        people = counts[pair].sum()
        rho[pair] = np.nan
        influence[pair] = np.nan
        if people == 0 or not (_varies(counts[pair]) and _varies(counts[pair].T)):
            continue
        rho[pair] = _estimate(counts[pair], people, one, two, below, slope, bend)
        if abs(rho[pair]) > LIMIT - 1e-6:
            rho[pair] = LIMIT if rho[pair] > 0.0 else -LIMIT
        else:
            influence[pair] = _influence(counts[pair], people, one, two, rho[pair], below, slope)


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _varies(counts: Int) -> bool:
    """Whether more than one row of a table has somebody in it."""
    rows = 0
    for a in range(counts.shape[0]):
        if counts[a].sum() > 0:
            rows += 1
    return rows > 1
