"""Cronbach's alpha with Feldt's interval, from answers or from mergeable sums of cross products."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from kfl.stats.errors import BadAnswers, SumsDiffer, SumsTooLarge, TooLittleData
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes


@dataclass(frozen=True)
class Alpha:
    """Alpha of one group; all four fields describe the same complete sheets."""

    value: float  # unitless, at most 1; negative when items contradict each other
    low: float  # lower end of the 95 % interval
    high: float
    people: int  # complete answer sheets the numbers rest on


@dataclass(frozen=True, eq=False)
class Alphas:
    """Alpha of many groups, arrays of shape (groups,); NaN where a group has too little data."""

    value: Float
    low: Float
    high: Float
    people: Int  # complete answer sheets in each group


def cronbach_alpha(answers: NDArray[np.float64]) -> Alpha:
    """Cronbach's alpha with Feldt's 95 % interval.

    Parameters
    ----------
    answers : float array, shape (people, items)
        Scale points, turned items already turned. NaN = not answered; only complete sheets count.

    Returns
    -------
    Alpha
        All four fields describe the same complete sheets.

    Raises
    ------
    TooLittleData
        Under 2 items, under 3 complete sheets, or no spread in total scores.

    References
    ----------
    Cronbach (1951) Psychometrika 16:297-334. Interval: Feldt, Woodruff & Salih (1987) Applied
    Psychological Measurement 11:93-103. Same values as R's psych::alpha: tests/stats/reference/alpha.R

    Examples
    --------
    >>> sheets = np.array([[1.0, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 5, 4]])
    >>> round(cronbach_alpha(sheets).value, 3)
    0.936
    """
    if answers.ndim != 2:
        raise BadAnswers("answers must be a matrix, people by items")
    complete = answers[~np.isnan(answers).any(axis=1)]
    people, items = complete.shape
    if items < 2 or people < 3:
        raise TooLittleData(f"alpha needs 2 items and 3 complete sheets, got {items} and {people}")
    if np.ptp(complete.sum(axis=1)) == 0:
        raise TooLittleData("alpha needs total scores that differ")
    covariance = np.cov(complete, rowvar=False)
    value = items / (items - 1) * (1 - np.trace(covariance) / covariance.sum())
    low, high = feldt_interval(value, people, items)
    return Alpha(float(value), float(low), float(high), people)


def feldt_interval(alpha: ArrayLike, people: ArrayLike, items: int) -> tuple[Float, Float]:
    """Feldt's 95 % interval of alpha.

    Parameters
    ----------
    alpha : array_like
        Estimates.
    people : array_like
        Complete sheets behind each.
    items : int
        Items of the scale, at least 2.

    Returns
    -------
    low, high : float arrays, broadcast shape
        1 - (1 - alpha)·F(0.975) and 1 - (1 - alpha)·F(0.025), with people - 1 and
        (people - 1)(items - 1) degrees of freedom; NaN where alpha is.
    """
    above = np.asarray(people, dtype=np.float64) - 1
    below = above * (items - 1)
    apart = 1 - np.asarray(alpha, dtype=np.float64)
    return 1 - apart * fdtri(above, below, 0.975), 1 - apart * fdtri(above, below, 0.025)


@dataclass(frozen=True, eq=False)
class CrossProducts:
    """Exact sums over the complete sheets of one scale, turned items turned; made by `collect_products`."""

    scale: ScaleSpec
    people: Int  # (groups,) complete sheets
    totals: Int  # (groups, items) sum of each item
    products: Int  # (groups, items, items) sum of products of each two items

    def __add__(self, other: CrossProducts) -> CrossProducts:
        """Sums over both sets of people, group by group."""
        if self.scale != other.scale or self.people.shape != other.people.shape:
            raise SumsDiffer("cross products of other scales or groups cannot be added")
        people = self.people + other.people
        _check_size(self.scale, int(people.sum()))
        return replace(self, people=people, totals=self.totals + other.totals, products=self.products + other.products)

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> CrossProducts:
        """Sum groups into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        CrossProducts
            With `groups` groups.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, len(self.people), lowest=-1)
        return replace(
            self,
            people=sum_rows(self.people, to, groups),
            totals=sum_rows(self.totals, to, groups),
            products=sum_rows(self.products, to, groups),
        )


def collect_products(
    answers: NDArray[np.integer[Any]], group: NDArray[np.integer[Any]], groups: int, scale: ScaleSpec
) -> CrossProducts:
    """Sum products of items by group, over complete sheets, in one pass.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    group : integer array, shape (people,)
        Group of each person; -1 leaves the person out.
    groups : int
        How many groups.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    CrossProducts
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadAnswers
        Wrong shapes, a code outside the scale, or a group that does not exist.
    SumsTooLarge
        Exact sums might not fit in 64 bits.
    """
    to = checked_index(group, groups, answers.shape[1], lowest=-1)
    rows = np.stack([item_codes(answers, row, scale) for row in scale.items])
    complete = (rows >= 0).all(axis=0) & (to >= 0)
    values, to = rows[:, complete].astype(np.int64), to[complete]
    turned = np.array(scale.turned)
    values[turned] = scale.low + scale.high - values[turned]
    items, people = values.shape
    _check_size(scale, people)

    def by_group(weights: Int | None) -> Int:
        return np.bincount(to, weights, minlength=groups).astype(np.int64)

    totals = np.stack([by_group(value) for value in values], axis=1)
    products = np.empty((groups, items, items), dtype=np.int64)
    for one in range(items):
        for two in range(one, items):
            products[:, one, two] = products[:, two, one] = by_group(values[one] * values[two])
    return CrossProducts(scale, by_group(None), totals, products)


def alphas(sums: CrossProducts) -> Alphas:
    """Cronbach's alpha with Feldt's 95 % interval for every group.

    Parameters
    ----------
    sums : CrossProducts
        Of one scale.

    Returns
    -------
    Alphas
        NaN where a group has under 3 complete sheets or no spread in total scores; with the same
        answers, the numbers of `cronbach_alpha`.

    Raises
    ------
    TooLittleData
        The scale has under 2 items.
    """
    items = len(sums.scale.items)
    if items < 2:
        raise TooLittleData("alpha needs 2 items")
    # n times the sums of squared and crossed deviations: still whole numbers, nothing is lost.
    crossed = (
        sums.people[:, np.newaxis, np.newaxis] * sums.products
        - sums.totals[:, :, np.newaxis] * sums.totals[:, np.newaxis, :]
    )
    own = np.trace(crossed, axis1=1, axis2=2)
    whole = crossed.sum(axis=(1, 2))
    enough = (sums.people >= 3) & (whole > 0)
    value = items / (items - 1) * (1 - own / np.where(enough, whole, np.nan))
    low, high = feldt_interval(value, np.where(enough, sums.people, np.nan), items)
    return Alphas(value, low, high, sums.people)


def _check_size(scale: ScaleSpec, people: int) -> None:
    """Raise where people² · (sum over items of the highest code)² could reach 2^62."""
    if people * scale.high * len(scale.items) >= 2**31:
        raise SumsTooLarge(f"scale {scale.key!r} is too long to be summed exactly over {people} people")
