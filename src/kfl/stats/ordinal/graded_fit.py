"""The marginal likelihood of the graded response model, and the way to its top.

EM (Bock & Aitkin 1981) leads near the top from anywhere; Newton's method with the observed information goes the rest of
the way, where EM would crawl. The first part of the way goes over a coarse grid of θ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import logit

from kfl.stats.errors import NoConvergence
from kfl.stats.grouping import Int
from kfl.stats.means import Float
from kfl.stats.ordinal.graded_items import curves, fisher, information, score

# Points of θ reach so far on both sides; the normal distribution has 2e-9 outside.
REACH = 6.0
COARSE, USUAL, MOST = 31, 61, 481
# Steps of EM at a time, and how little a step moves when Newton's method takes over.
EM_STEPS, NEAR = 40, 0.01
ATTEMPTS = 8
# Information is taken anew after so many steps of Newton's method with the same.
NEWTON_ROUNDS, NEWTON_STEPS = 4, 12
# At the top: half of this is what another step would add to the log-likelihood.
TOP = 1e-12
# Of the differences that give the information.
STEP = 1e-5
# Standard errors hold to four digits when nothing moved farther than this since the information was taken.
STILL = 1e-4


@dataclass(frozen=True, eq=False)
class SheetLevels:
    """Distinct sheets as levels: codes in use counted from 0."""

    levels: NDArray[np.uint8]  # (sheets, items); max(used) = not answered
    counts: Int  # (sheets,)
    used: Int  # (items,) levels of each item

    def blocks(self) -> Iterator[tuple[int, slice]]:
        """Each item and where its slope and intercepts stand among all values."""
        ends = np.cumsum(self.used)
        for item, (end, own) in enumerate(zip(ends, self.used, strict=True)):
            yield item, slice(int(end - own), int(end))


@dataclass(frozen=True, eq=False)
class GradedEstimates:
    """The top of the likelihood. Values hold, for each item, slope and intercepts."""

    values: Float
    covariance: Float  # inverse of the observed information
    loglik: float
    points: int


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass over the sheets tells at some values."""

    values: Float
    loglik: float
    score: Float
    expected: Float  # (items, levels, points)


class Likelihood:
    """The marginal log-likelihood over one grid of θ."""

    def __init__(self, sheets: SheetLevels, points: int) -> None:
        self.sheets = sheets
        self.theta, self.prior = normal_points(points)

    def at(self, values: Float) -> Pass:
        """One pass over all sheets."""
        from kfl.stats.ordinal.graded_kernel import expected_counts  # compiled code is only for who needs it

        items = [curves(values[own][0], values[own][1:], self.theta) for _, own in self.sheets.blocks()]
        padded = np.ones((len(items), int(self.sheets.used.max()) + 1, len(self.theta)))
        for row, item in zip(padded, items, strict=True):
            row[: len(item.levels)] = item.levels
        loglik, expected = expected_counts(self.sheets.levels, self.sheets.counts, padded, self.prior)
        parts = [score(item, row[: len(item.levels)], self.theta) for row, item in zip(expected, items, strict=True)]
        return Pass(values, float(loglik), np.concatenate(parts), expected)

    def information(self, place: Pass) -> Float:
        """Observed information: minus the second derivatives, by differences of the score."""
        result = np.empty((len(place.values), len(place.values)))
        for number, step in enumerate(STEP * np.maximum(np.abs(place.values), 1.0)):
            beside = place.values.copy()
            beside[number] += step
            result[number] = (place.score - self.at(beside).score) / step
        return (result + result.T) / 2

    def in_order(self, values: Float) -> bool:
        """Whether every item's intercepts fall, without which probabilities would be negative."""
        return all(bool((np.diff(values[own][1:]) < 0).all()) for _, own in self.sheets.blocks())

    def points_needed(self, values: Float) -> int:
        """How many points sum the sharpest posterior distribution exactly to 1e-8: its SD is 1.25 steps of them.

        Looked for at thresholds, too: a very steep item tells all it tells between two points.
        """
        blocks = [values[own] for _, own in self.sheets.blocks()]
        cuts = np.concatenate([-own[1:] / own[0] for own in blocks])
        theta = np.concatenate([self.theta, cuts[np.abs(cuts) < REACH]])
        told = np.zeros_like(theta)
        for own in blocks:
            told += information(own[0], curves(own[0], own[1:], theta))
        return 1 + 2 * int(np.ceil(1.25 * REACH * np.sqrt(1 + told.max())))


def maximise(sheets: SheetLevels) -> GradedEstimates:
    """Find the top of the likelihood.

    Parameters
    ----------
    sheets : Sheets
        Every item has at least two levels, each given by somebody.

    Returns
    -------
    Estimates

    Raises
    ------
    NoConvergence
        The likelihood has no top that could be found.
    """
    coarse = Likelihood(sheets, COARSE)
    place = _em(coarse, coarse.at(_start(sheets)))
    nearer = _newton(coarse, place, still=np.inf)
    values = place.values if nearer is None else nearer[0].values
    points, needed = 0, max(USUAL, coarse.points_needed(values))
    while points < needed:
        if needed > MOST:
            raise NoConvergence("items answer for each other: their curves are too steep to be estimated")
        points = needed
        fine = Likelihood(sheets, points)
        place, covariance = _climb(fine, fine.at(values))
        values, needed = place.values, fine.points_needed(place.values)
    return GradedEstimates(values, covariance, place.loglik, points)


def normal_points(points: int) -> tuple[Float, Float]:
    """Evenly spaced points of θ and the standard normal distribution's weight of each.

    Parameters
    ----------
    points : int
        How many.

    Returns
    -------
    theta, weight : float arrays, shape (points,)
        Weights add up to 1.
    """
    theta = np.linspace(-REACH, REACH, points)
    weight = np.exp(-(theta**2) / 2)
    return theta, weight / weight.sum()


def _start(sheets: SheetLevels) -> Float:
    """Slopes of 1, and intercepts that give each item its shares of answers, roughly."""
    values = np.empty(int(sheets.used.sum()))
    for item, own in sheets.blocks():
        levels = sheets.used[item]
        people = np.bincount(sheets.levels[:, item], sheets.counts, minlength=levels)[:levels]
        reach = np.cumsum(people[::-1])[::-1][1:] / people.sum()
        values[own] = np.concatenate([[1.0], 1.2 * logit(reach)])
    return values


def _climb(likelihood: Likelihood, place: Pass) -> tuple[Pass, Float]:
    """The top, and the covariance of the estimates there: EM until near, then Newton; EM again where that fails."""
    for _ in range(ATTEMPTS):
        place = _em(likelihood, place)
        found = _newton(likelihood, place, STILL)
        if found is not None:
            return found
    raise NoConvergence(
        "no maximum of the graded response model was found: an item may decide another, or a code be too rare"
    )


def _em(likelihood: Likelihood, place: Pass) -> Pass:
    """Some steps of EM."""
    for _ in range(EM_STEPS):
        values = place.values.copy()
        for item, own in likelihood.sheets.blocks():
            values[own] = _item_step(
                values[own], place.expected[item, : likelihood.sheets.used[item]], likelihood.theta
            )
        moved = np.abs(values - place.values).max()
        place = likelihood.at(values)
        if moved < NEAR:
            break
    return place


def _item_step(values: Float, expected: Float, theta: Float) -> Float:
    """Fisher scoring of one item, given how many stand at each point with each level; two steps are plenty."""
    for _ in range(2):
        item = curves(values[0], values[1:], theta)
        step = np.linalg.solve(fisher(item, expected.sum(axis=0), theta), score(item, expected, theta))
        step /= max(1.0, np.abs(step).max())
        while (np.diff(values[1:] + step[1:]) >= 0).any():
            step /= 2
        values = values + step
    return values


def _newton(likelihood: Likelihood, place: Pass, still: float) -> tuple[Pass, Float] | None:
    """The top and the covariance there, or None where it was not near enough for Newton's method."""
    for _ in range(NEWTON_ROUNDS):
        informed = place.values
        try:
            factor = cho_factor(likelihood.information(place))
        except LinAlgError:
            return None
        for _ in range(NEWTON_STEPS):
            step = cho_solve(factor, place.score)
            if step @ place.score < TOP:
                break
            beside = place.values + step
            if not likelihood.in_order(beside):
                return None
            there = likelihood.at(beside)
            # Sums over many people are rounded: the log-likelihood may seem to fall by so little.
            if not there.loglik > place.loglik - 1e-10 * abs(place.loglik):
                return None
            place = there
        else:
            continue
        if np.abs(place.values - informed).max() < still:
            return place, cho_solve(factor, np.eye(len(place.values)))
    return None
