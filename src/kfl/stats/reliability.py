"""Cronbach's alpha with Feldt's interval, from answers or from mergeable sums over complete sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from kfl.stats.arguments import items_by_people, of_kind
from kfl.stats.complete import AlphaSums
from kfl.stats.complete import CrossProducts as CrossProducts
from kfl.stats.errors import BadAnswers, TooLittleData
from kfl.stats.grouping import Int, as_floats
from kfl.stats.means import Float


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


def cronbach_alpha(answers: NDArray[np.integer[Any]]) -> Alpha:
    """Cronbach's alpha with Feldt's 95 % interval.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes, turned items already turned. -1 = not answered; only complete sheets count.

    Returns
    -------
    Alpha
        All four fields describe the same complete sheets; the numbers of `alphas`.

    Raises
    ------
    TooLittleData
        Under 2 items, under 3 complete sheets, or no spread in total scores.
    BadAnswers
        No matrix of whole numbers; a code below -1; more items than people, which is nearly always a matrix of people
        by items. (Where there are indeed so few people, `alphas` has their alpha.)

    References
    ----------
    Cronbach (1951) Psychometrika 16:297-334. Interval: Feldt, Woodruff & Salih (1987) Applied
    Psychological Measurement 11:93-103. Same values as R's psych::alpha: tests/stats/reference/alpha.R

    Examples
    --------
    >>> answers = np.array([[1, 2, 3, 4, 5], [2, 2, 4, 4, 5], [1, 3, 3, 5, 4]])
    >>> round(cronbach_alpha(answers).value, 3)
    0.936
    """
    items_by_people(answers, ())
    if answers.size and answers.min() < -1:
        raise BadAnswers("there is a code below -1")
    complete = answers[:, (answers >= 0).all(axis=0)].astype(np.float64)
    items, people = complete.shape
    if items < 2 or people < 3:
        raise TooLittleData(f"alpha needs 2 items and 3 complete sheets, got {items} and {people}")
    if np.ptp(complete.sum(axis=0)) == 0:
        raise TooLittleData("alpha needs total scores that differ")
    covariance = np.cov(complete)
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
    # Many groups are equally large, and the quantiles take far longer than all else.
    sizes, place = np.unique(np.asarray(people, dtype=np.float64), return_inverse=True)
    above, below = sizes - 1, (sizes - 1) * (items - 1)
    apart = 1 - np.asarray(alpha, dtype=np.float64)
    low: Float = 1 - apart * fdtri(above, below, 0.975)[place]
    high: Float = 1 - apart * fdtri(above, below, 0.025)[place]
    return low, high


def alphas(sums: CrossProducts | AlphaSums) -> Alphas:
    """Cronbach's alpha with Feldt's 95 % interval for every group.

    Parameters
    ----------
    sums : CrossProducts or AlphaSums
        Of one scale; both give the same numbers.

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
    of_kind(sums, (CrossProducts, AlphaSums), "collect_products or collect_alpha")
    items = len(sums.scale.items)
    if items < 2:
        raise TooLittleData("alpha needs 2 items")
    own, whole = map(as_floats, sums.squares_apart())
    enough = (sums.people >= 3) & (whole > 0)
    value = items / (items - 1) * (1 - own / np.where(enough, whole, np.nan))
    low, high = feldt_interval(value, np.where(enough, sums.people, np.nan), items)
    return Alphas(value, low, high, sums.people)
