"""The probability that two standard normal variables both stay below given limits, to some fifteen digits.

Compiled by numba, whose import takes a second: code that the portal's pages load imports this module inside functions.
docs/methods/polychoric.md.
"""

from __future__ import annotations

from math import asin, erfc, exp, pi, sin, sqrt

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kfl.stats.errors import BadAnswers

Float = NDArray[np.float64]

# Gauss-Legendre points for the smooth integral over the angle; more of them as |rho| grows.
_FEW, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(6)
_SOME, _SOME_WEIGHTS = np.polynomial.legendre.leggauss(12)
_MANY, _MANY_WEIGHTS = np.polynomial.legendre.leggauss(20)
# From here on the integrand over the angle is too peaked for them.
STEEP = 0.925
# Limits beyond these are as good as infinite, and keep products of limits finite.
FAR = 38.0


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def normal(x: float) -> float:
    """Standard normal probability below x."""
    return 0.5 * erfc(-x / sqrt(2.0))


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def density(x: float) -> float:
    """Standard normal density at x."""
    return exp(-0.5 * x * x) / sqrt(2.0 * pi)


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def joint_density(h: float, k: float, rho: float) -> float:
    """Density of two standard normal variables with correlation rho, |rho| < 1."""
    left = 1.0 - rho * rho
    return exp(-0.5 * (h * h + k * k - 2.0 * rho * h * k) / left) / (2.0 * pi * sqrt(left))


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def steep(h: float, k: float, rho: float) -> float:
    """P(X <= h, Y <= k) for rho from `STEEP` to 1: what is lost against rho = 1.

    With x = sqrt(1 - r^2) the loss is the integral from 0 to sqrt(1 - rho^2) of
    exp(-b^2/2x^2) g(x) / 2 pi, b = h - k. The even series of g up to x^4 is integrated exactly, which takes
    away the peak; quadrature does the small smooth rest.
    """
    least = normal(min(h, k))
    a = sqrt((1.0 - rho) * (1.0 + rho))
    if a == 0.0:
        return least
    b = abs(h - k)
    hk = h * k
    second = (4.0 - hk) / 8.0
    fourth = second * (12.0 - hk) / 16.0
    edge = exp(-0.5 * (b / a) ** 2) if b < FAR * a else 0.0
    at_start = exp(-0.5 * hk) if hk > -100.0 else 0.0
    # Integrals of x^0, x^2 and x^4 times exp(-b^2/2x^2), each by parts from the one before.
    zeroth_part = a * edge - b * sqrt(2.0 * pi) * normal(-b / a)
    second_part = (a**3 * edge - b * b * zeroth_part) / 3.0
    fourth_part = (a**5 * edge - b * b * second_part) / 5.0
    lost = at_start * (zeroth_part + second * second_part + fourth * fourth_part)
    for point, weight in zip(_MANY, _MANY_WEIGHTS):  # noqa: B905 - numba's zip is never strict
        x = 0.5 * a * (1.0 + point)
        x2 = x * x
        root = sqrt(1.0 - x2)
        power = -0.5 * b * b / x2
        exact = exp(power - hk / (1.0 + root)) / root
        series = at_start * exp(power) * (1.0 + x2 * (second + fourth * x2))
        lost += 0.5 * a * weight * (exact - series)
    return max(least - lost / (2.0 * pi), 0.0)


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def joint_below(first: Float, second: Float, rho: float, below: Float) -> None:
    """Fill ``below[i, j]`` with P(X <= first[i], Y <= second[j]); limits within ±`FAR`."""
    for i in range(len(first)):
        for j in range(len(second)):
            h, k = first[i], second[j]
            if rho >= STEEP:
                below[i, j] = steep(h, k, rho)
            elif rho <= -STEEP:
                below[i, j] = max(normal(h) - steep(h, -k, -rho), 0.0)
            else:
                below[i, j] = normal(h) * normal(k)
    if abs(rho) >= STEEP:
        return
    points, weights = _MANY, _MANY_WEIGHTS
    if abs(rho) < 0.3:
        points, weights = _FEW, _FEW_WEIGHTS
    elif abs(rho) < 0.75:
        points, weights = _SOME, _SOME_WEIGHTS
    angle = asin(rho)
    for n in range(len(points)):
        sine = sin(0.5 * angle * (1.0 + points[n]))
        part = 0.25 * angle * weights[n] / pi
        spread = 0.5 / (1.0 - sine * sine)
        for i in range(len(first)):
            for j in range(len(second)):
                h, k = first[i], second[j]
                below[i, j] += part * exp((2.0 * sine * h * k - h * h - k * k) * spread)


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _each(h: Float, k: Float, rho: Float) -> Float:
    result = np.empty(len(h))
    cell = np.empty((1, 1))
    for n in range(len(h)):
        if np.isnan(h[n]) or np.isnan(k[n]) or np.isnan(rho[n]):
            result[n] = np.nan
        else:
            joint_below(h[n : n + 1], k[n : n + 1], rho[n], cell)
            result[n] = cell[0, 0]
    return result


def bivariate_normal(h: ArrayLike, k: ArrayLike, rho: ArrayLike) -> Float:
    """Probability that X is at most h and Y at most k, both standard normal with correlation rho.

    Parameters
    ----------
    h, k : array_like
        Limits; may be infinite. NaN gives NaN.
    rho : array_like
        Correlation, -1 to 1, ends included.

    Returns
    -------
    float array, broadcast shape
        Within about 1e-15.

    Raises
    ------
    BadAnswers
        A correlation outside -1..1.

    References
    ----------
    Drezner & Wesolowsky (1990) Journal of Statistical Computation and Simulation 35:101-107; Genz (2004)
    Statistics and Computing 14:251-260.

    Examples
    --------
    >>> bivariate_normal([0.0, np.inf], 0.0, 0.5)
    array([0.33333333, 0.5       ])
    """
    given = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (h, k, rho)))
    if (np.abs(given[2]) > 1).any():
        raise BadAnswers("a correlation lies outside -1..1")
    first, second = (np.clip(limit, -FAR, FAR).ravel() for limit in given[:2])
    result: Float = _each(first, second, given[2].ravel()).reshape(given[0].shape)
    return result
