"""Samejima's graded response model by marginal maximum likelihood, and scores of people by it.

Works on distinct sheets with their counts; skipped items are left out of a sheet's likelihood.
docs/methods/graded-response.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, matrix_of_answers, of_kind
from kfl.stats.errors import BadAnswers, NotIdentified, TooLittleData
from kfl.stats.grouping import Int
from kfl.stats.means import Float
from kfl.stats.ordinal.graded_fit import GradedEstimates, SheetLevels, maximise, normal_points
from kfl.stats.ordinal.graded_items import curves
from kfl.stats.ordinal.patterns import Patterns
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes


@dataclass(frozen=True, eq=False)
class GradedResponse:
    """A fitted graded response model; θ is standard normal among the people it was fitted to.

    The probability of code ``low + k + 1`` or higher is 1 / (1 + exp(-discrimination · (θ - thresholds[k]))). A code
    nobody gave has no room of its own: the thresholds on both sides of it are equal, or infinite at the ends.
    """

    scale: ScaleSpec
    people: int  # with at least one answer
    discrimination: Float  # (items,), logistic metric (no 1.702)
    discrimination_se: Float
    thresholds: Float  # (items, codes - 1)
    thresholds_se: Float  # NaN where the threshold is infinite
    used: NDArray[np.bool_]  # (items, codes) codes that somebody gave
    loglik: float
    parameters: int
    points: int  # of θ, evenly spaced from -6 to 6

    @property
    def aic(self) -> float:
        """Akaike's criterion: less is better."""
        return 2.0 * self.parameters - 2.0 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz's criterion: less is better."""
        return float(self.parameters * np.log(self.people)) - 2.0 * self.loglik

    def probabilities(self, theta: Float) -> Float:
        """Probability of each code of each item.

        Parameters
        ----------
        theta : float array, shape (points,)

        Returns
        -------
        float array, shape (items, codes, points)
            0 for codes that nobody gave.
        """
        result = np.zeros((*self.used.shape, len(theta)))
        for item, slope in enumerate(self.discrimination):
            result[item, self.used[item]] = curves(float(slope), self.intercepts(item), theta).levels
        return result

    def intercepts(self, item: int) -> Float:
        """Intercepts of one item, -discrimination · threshold, between the codes in use.

        Parameters
        ----------
        item : int
            Its number in the scale.

        Returns
        -------
        float array, shape (codes in use - 1,)
        """
        below = np.flatnonzero(self.used[item])[1:] - 1
        result: Float = -self.discrimination[item] * self.thresholds[item, below]
        return result

    def eap(self, codes: NDArray[np.integer[Any]]) -> tuple[Float, Float]:
        """Scores of sheets: mean and SD of θ given the answers (expected a posteriori).

        Parameters
        ----------
        codes : integer array, shape (items, sheets)
            Turned items turned, as `Patterns.codes` has them; -1 = not answered. Sorted sheets go fastest.

        Returns
        -------
        score, sd : float arrays, shape (sheets,)
            In SD of the people the model was fitted to; 500 + 100 · score is on the usual scale of points. NaN for
            blank sheets.

        Raises
        ------
        BadAnswers
            Another number of items, or a code outside the scale or that nobody gave when the model was fitted.
        """
        from kfl.stats.ordinal.graded_kernel import posterior  # compiled code is only for who needs it

        if len(matrix_of_answers(codes)) != len(self.used):
            raise BadAnswers(f"expected a matrix of {len(self.used)} items by sheets")
        theta, prior = normal_points(self.points)
        padded = np.ones((len(self.used), self.used.shape[1] + 1, len(theta)))  # the last: not answered
        padded[:, :-1] = self.probabilities(theta)
        levels = np.empty(codes.shape[::-1], dtype=np.uint8)
        for item, (row, used) in enumerate(zip(codes, self.used, strict=True)):
            place = _places(row, used, self.scale)
            if (place < 0).any():
                raise BadAnswers(f"item {item}: a code that nobody gave when the model was fitted")
            levels[:, item] = place
        score, sd = posterior(levels, padded, prior, theta)
        blank = (codes < 0).all(axis=0)
        score[blank] = sd[blank] = np.nan
        return score, sd


def graded_response(patterns: Patterns) -> GradedResponse:
    """Fit Samejima's graded response model with a standard normal θ.

    Parameters
    ----------
    patterns : Patterns
        All who answered at least one item count, with the items they answered.

    Returns
    -------
    GradedResponse
        Standard errors from the observed information (central differences of the analytic score).

    Raises
    ------
    NotIdentified
        Under 3 items.
    TooLittleData
        Nobody answered, or an item to which all gave one code.
    NoConvergence
        No maximum was found, as when one item decides another, or a code was given by too few.

    References
    ----------
    Samejima (1969) Psychometrika Monograph 17; Bock & Aitkin (1981) Psychometrika 46:443-459.
    Same values as direct maximisation in R: tests/stats/ordinal/reference/graded.R

    Examples
    --------
    >>> from kfl.stats.ordinal import collect_patterns
    >>> random = np.random.default_rng(1)
    >>> value = 1.5 * random.normal(size=2000) + random.logistic(size=(4, 2000))
    >>> answers = (1 + (value > -1.5) + (value > 1.5)).astype(np.int8)
    >>> scale = ScaleSpec("mood", items=(0, 1, 2, 3), turned=(False,) * 4, low=1, high=3)
    >>> model = graded_response(collect_patterns(answers, scale))
    >>> bool(np.all(np.abs(model.discrimination - 1.5) < 3 * model.discrimination_se))
    True
    """
    of_kind(patterns, Patterns, "collect_patterns")
    items = len(patterns.scale.items)
    if items < 3:
        raise NotIdentified(f"a graded response model needs 3 items, got {items}")
    answered = (patterns.codes >= 0).any(axis=0)
    codes, counts = patterns.codes[:, answered], patterns.counts[answered]
    used = np.stack([np.isin(_all_codes(patterns.scale), row) for row in codes])
    if (used.sum(axis=1) < 2).any():
        raise TooLittleData("a graded response model needs items to which people gave different answers")
    levels = np.empty(codes.shape[::-1], dtype=np.uint8)
    not_answered = used.sum(axis=1).max()
    for item, row in enumerate(codes):
        to_level = np.append(np.cumsum(used[item]) - 1, not_answered)
        levels[:, item] = to_level[_places(row, used[item], patterns.scale)]
    found = maximise(SheetLevels(levels, counts, used.sum(axis=1)))
    return _described(patterns.scale, used, int(counts.sum()), found)


def graded_scores(model: GradedResponse, answers: NDArray[np.integer[Any]]) -> tuple[Float, Float]:
    """Score people by a fitted model, from answers as they were given.

    Parameters
    ----------
    model : GradedResponse
        For the scale whose rows are scored.
    answers : integer array, shape (items, people)
        Codes, nothing turned; -1 = not answered.

    Returns
    -------
    score, sd : float arrays, shape (people,)
        As `GradedResponse.eap`.

    Raises
    ------
    BadAnswers
        A row is missing, or a code outside the scale or that nobody gave when the model was fitted.
    """
    of_kind(model, GradedResponse, "graded_response")
    scale = model.scale
    items_by_people(answers, scale.items)
    rows = []
    for row, turned in zip(scale.items, scale.turned, strict=True):
        codes = item_codes(answers, row, scale).astype(np.int16)
        rows.append(np.where(codes >= 0, scale.low + scale.high - codes, -1) if turned else codes)
    return model.eap(np.stack(rows))


def _all_codes(scale: ScaleSpec) -> Int:
    return np.arange(scale.low, scale.high + 1)


def _places(row: NDArray[np.integer[Any]], used: NDArray[np.bool_], scale: ScaleSpec) -> NDArray[np.int16]:
    """Codes counted from the lowest allowed; -1 for what nobody gave, the number of codes where not answered."""
    steps = len(used)
    place = row.astype(np.int16) - scale.low
    allowed = (place >= 0) & (place < steps) & used[np.clip(place, 0, steps - 1)]
    return np.where(row == -1, steps, np.where(allowed, place, -1)).astype(np.int16)


def _described(scale: ScaleSpec, used: NDArray[np.bool_], people: int, found: GradedEstimates) -> GradedResponse:
    """Estimates as discriminations and thresholds, with the errors of both."""
    items, steps = used.shape
    slope, slope_se = np.empty(items), np.empty(items)
    thresholds, errors = np.empty((items, steps - 1)), np.empty((items, steps - 1))
    start = 0
    for item in range(items):
        own = slice(start, start + int(used[item].sum()))
        start = own.stop
        values, covariance = found.values[own], found.covariance[own, own]
        slope[item], slope_se[item] = values[0], np.sqrt(covariance[0, 0])
        place = -values[1:] / values[0]
        variance = np.diag(covariance)[1:] + place**2 * covariance[0, 0] + 2 * place * covariance[0, 1:]
        # A threshold between codes divides those in use at or under it from those above: as many as there are.
        under = np.cumsum(used[item])[:-1]
        thresholds[item] = np.concatenate([[-np.inf], place, [np.inf]])[under]
        errors[item] = np.concatenate([[np.nan], np.sqrt(variance) / abs(values[0]), [np.nan]])[under]
    return GradedResponse(
        scale, people, slope, slope_se, thresholds, errors, used, found.loglik, len(found.values), found.points
    )
