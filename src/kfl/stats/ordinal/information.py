"""What items and scales tell about θ under a graded response model, and how reliable scores by it are."""

from __future__ import annotations

import numpy as np

from kfl.stats.errors import TooLittleData
from kfl.stats.means import Float
from kfl.stats.ordinal import graded_items
from kfl.stats.ordinal.graded import GradedResponse
from kfl.stats.ordinal.graded_fit import normal_points
from kfl.stats.ordinal.patterns import Patterns


def item_information(model: GradedResponse, theta: Float) -> Float:
    """Fisher's information of each item.

    Parameters
    ----------
    model : GradedResponse
    theta : float array, shape (points,)

    Returns
    -------
    float array, shape (items, points)
        Per squared unit of θ.

    References
    ----------
    Samejima (1969) Psychometrika Monograph 17.

    Examples
    --------
    >>> from kfl.stats.ordinal import Patterns, graded_response
    >>> from kfl.stats.scales import ScaleSpec
    >>> scale = ScaleSpec("yes-no", items=(0, 1, 2), turned=(False,) * 3, low=0, high=1)
    >>> sheets = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
    >>> model = graded_response(Patterns(scale, sheets.T.astype(np.int8), np.array([30, 9, 9, 9, 9, 9, 9, 30])))
    >>> middle = item_information(model, np.array([0.0]))[:, 0]
    >>> np.allclose(middle, model.discrimination**2 / 4)
    True
    """
    rows = [
        graded_items.information(float(slope), graded_items.curves(float(slope), model.intercepts(item), theta))
        for item, slope in enumerate(model.discrimination)
    ]
    return np.stack(rows)


def scale_information(model: GradedResponse, theta: Float) -> Float:
    """Fisher's information of the whole scale: the sum of its items'.

    Parameters
    ----------
    model : GradedResponse
    theta : float array, shape (points,)

    Returns
    -------
    float array, shape (points,)
        The standard error of θ by maximum likelihood is 1/√information, of EAP about 1/√(1 + information).
    """
    total: Float = item_information(model, theta).sum(axis=0)
    return total


def marginal_reliability(model: GradedResponse) -> float:
    """Reliability that the model expects of scores on complete sheets.

    Parameters
    ----------
    model : GradedResponse

    Returns
    -------
    float
        Mean of information / (1 + information) over the standard normal distribution.

    References
    ----------
    Green, Bock, Humphreys, Linn & Reckase (1984) Journal of Educational Measurement 21:347-360.
    """
    theta, weight = normal_points(model.points)
    told = scale_information(model, theta)
    return float(weight @ (told / (1 + told)))


def empirical_reliability(model: GradedResponse, patterns: Patterns) -> float:
    """Reliability of the scores that people got, skipped items and all.

    Parameters
    ----------
    model : GradedResponse
    patterns : Patterns
        Of the people scored; blank sheets do not count.

    Returns
    -------
    float
        Variance of EAP scores / (that variance + mean posterior variance).

    Raises
    ------
    TooLittleData
        Nobody answered.
    BadAnswers
        A code that nobody gave when the model was fitted.
    """
    score, sd = model.eap(patterns.codes)
    scored = ~np.isnan(score)
    if not scored.any():
        raise TooLittleData("nobody answered")
    weight = patterns.counts[scored] / patterns.counts[scored].sum()
    between = weight @ (score[scored] - weight @ score[scored]) ** 2
    return float(between / (between + weight @ sd[scored] ** 2))
