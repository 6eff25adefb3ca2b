"""Points: 500 is the mean and 100 the SD of the reference population (RULES C.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, of_kind, rows_of
from kfl.stats.means import Float, scale_means
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import by_sheet
from kfl.stats.sums import Sums
from kfl.stats.variation import person_sd

CENTRE = 500.0
SPREAD = 100.0


@dataclass(frozen=True, eq=False)
class ReferenceMoments:
    """Mean and SD that points are measured with, one of each for every scale."""

    mu: Float  # (scales,) mean of item means, in scale units
    sigma: Float  # (scales,) SD (n - 1) of person scores, in scale units


def reference(sums: Sums) -> ReferenceMoments:
    """The reference that a population makes; the first release that holds it freezes it.

    Parameters
    ----------
    sums : Sums
        Any groups; together they are the reference population.

    Returns
    -------
    Reference
        NaN in `mu` where an item has no answers; NaN in `sigma` where fewer than two persons are
        scored or all have one score, since nothing can be measured with an SD of 0.
    """
    of_kind(sums, Sums, "collect")
    everybody = sums.total()
    sigma = person_sd(everybody)[0]
    return ReferenceMoments(scale_means(everybody)[0], np.where(sigma > 0, sigma, np.nan))


def points(means: Float, by: ReferenceMoments) -> Float:
    """Scale means as points: 500 + 100 (m - mu) / sigma.

    Parameters
    ----------
    means : float array, shape (..., scales)
        In scale units; NaN stays NaN.
    by : Reference
        Of the same scales, in the same order.

    Returns
    -------
    float array, shape (..., scales)
        Unrounded. High points mean much of what the scale measures, be that good or bad.
    """
    return CENTRE + SPREAD * ((means - by.mu) / by.sigma)


def points_apart(distances: Float, by: ReferenceMoments) -> Float:
    """Distances, SDs and half-widths in scale units as points: 100 d / sigma.

    Parameters
    ----------
    distances : float array, shape (..., scales)
        In scale units; NaN stays NaN.
    by : Reference
        Of the same scales, in the same order.

    Returns
    -------
    float array, shape (..., scales)
    """
    return SPREAD * (distances / by.sigma)


def person_points(answers: NDArray[np.integer[Any]], scales: Sequence[ScaleSpec], by: ReferenceMoments) -> Float:
    """Every person's score on every scale, as points.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scales : sequence of ScaleSpec
        Their rows, turned marks and codes.
    by : Reference
        Of the same scales, in the same order; with mean and SD of person scores, points are z scores
        on the scale of 500 and 100.

    Returns
    -------
    float array, shape (scales, people)
        Unrounded; NaN for who answered fewer than half of a scale's items.

    Raises
    ------
    BadAnswers
        A row is missing, or holds a code outside its scale.
    """
    items_by_people(answers, rows_of(scales))

    def measured(number: int, scores: Float) -> Float:
        return points(scores, ReferenceMoments(by.mu[number], by.sigma[number]))

    return by_sheet(answers, scales, measured)
