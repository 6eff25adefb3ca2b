"""How much more reliability and fit vary because people come in clusters, and because answers are not normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl.stats.errors import BadAnswers, TooLittleData
from kfl.stats.factors.confirmatory import Confirmatory
from kfl.stats.grouping import Int, as_floats
from kfl.stats.means import Float
from kfl.stats.moments import moments
from kfl.stats.reliability import CrossProducts


@dataclass(frozen=True)
class DesignEffects:
    """Variances by clusters, divided by those of independent people with normal answers."""

    clusters: int  # with complete sheets
    alpha: float
    omega: float  # NaN without a model
    chi2: float  # mean over degrees of freedom: chi² divided by it may be read as one; NaN without any


def design_effects(products: CrossProducts, model: Confirmatory | None) -> DesignEffects:
    """Design effects of Cronbach's alpha, omega total and chi² of one factor.

    Parameters
    ----------
    products : CrossProducts
        Of one scale, a group a cluster.
    model : Confirmatory or None
        One factor, fitted to these people or to more of the same.

    Returns
    -------
    DesignEffects
        Covariances' variances come from how far clusters' sums of products are from what is expected of so many
        people, with G/(G - 1); alpha and omega by the delta method. chi² by the mean of the eigenvalues that
        Satorra and Bentler scale it with.

    Raises
    ------
    TooLittleData
        Under 2 clusters, or an item without spread.
    BadAnswers
        A model of other items, or of more than one factor.

    References
    ----------
    Satorra & Bentler (1994) in von Eye & Clogg, Latent Variables Analysis; Muthén & Satorra (1995) Sociological
    Methodology 25:267-316. Same values as base R and lavaan: tests/stats/factors/reference/design_effects.R
    """
    items = len(products.scale.items)
    if model is not None and model.loadings.shape != (items, 1):
        raise BadAnswers("design effects rest on a model of one factor behind the same items")
    held = np.flatnonzero(products.people > 0)
    if len(held) < 2:
        raise TooLittleData(f"design effects need 2 clusters, got {len(held)}")
    whole = moments(products)
    if (np.diag(whole.covariance) <= 0).any():
        raise TooLittleData("an item without spread has no reliability")
    first, second = np.tril_indices(items)
    clustered = _by_cluster(products, held, whole.mean, whole.covariance)[:, first, second]
    gamma = clustered.T @ clustered * len(held) / (len(held) - 1) / whole.people
    slope = _slope_of_alpha(whole.covariance)[first, second] * np.where(first == second, 1.0, 2.0)
    normal = _normal(whole.covariance, first, second)
    alpha = float(slope @ gamma @ slope / (slope @ normal @ slope))
    if model is None:
        return DesignEffects(len(held), alpha, np.nan, np.nan)
    return DesignEffects(len(held), alpha, *_of_model(model, gamma, first, second))


def _by_cluster(products: CrossProducts, held: Int, mean: Float, covariance: Float) -> Float:
    """Each cluster's sum of crossed deviations from the mean of all, minus what so many people have on average."""
    people = products.people[held].astype(np.float64)
    totals, crossed = as_floats(products.totals[held]), as_floats(products.products[held])
    between = totals[:, :, np.newaxis] * mean
    centred = crossed - between - between.transpose(0, 2, 1) + people[:, np.newaxis, np.newaxis] * np.outer(mean, mean)
    return np.asarray(centred - people[:, np.newaxis, np.newaxis] * covariance)


def _slope_of_alpha(covariance: Float) -> Float:
    """Derivative of alpha by each entry of the covariances."""
    items, whole, trace = len(covariance), covariance.sum(), np.trace(covariance)
    slope = np.full(covariance.shape, trace / whole**2)
    slope[np.diag_indices(items)] -= 1 / whole
    return np.asarray(slope * items / (items - 1))


def _normal(covariance: Float, first: Int, second: Int) -> Float:
    """N times the covariances of covariances where people are independent and answers normal."""
    return np.asarray(
        covariance[np.ix_(first, first)] * covariance[np.ix_(second, second)]
        + covariance[np.ix_(first, second)] * covariance[np.ix_(second, first)]
    )


def _of_model(model: Confirmatory, gamma: Float, first: Int, second: Int) -> tuple[float, float]:
    """Of omega total, and of chi²."""
    loadings, residuals = model.loadings[:, 0], model.residual_variances
    weight = np.linalg.inv(_normal(model.implied, first, second))
    by_loading = np.stack(
        [np.where(first == item, loadings[second], 0.0) + np.where(second == item, loadings[first], 0.0)
         for item in range(len(loadings))], axis=1
    )  # fmt: skip
    by_residual = ((first == second)[:, np.newaxis] & (first[:, np.newaxis] == np.arange(len(loadings)))).astype(float)
    slopes = np.hstack([by_loading, by_residual])
    bread = np.linalg.inv(slopes.T @ weight @ slopes)
    total, rest = loadings.sum(), residuals.sum()
    of_omega = np.repeat([2 * total * rest, -(total**2)], len(loadings)) / (total**2 + rest) ** 2
    influence = of_omega @ bread @ slopes.T @ weight
    omega = float(influence @ gamma @ influence / (of_omega @ bread @ of_omega))
    df = len(first) - slopes.shape[1]
    if df == 0:
        return omega, np.nan
    left = weight - weight @ slopes @ bread @ slopes.T @ weight
    return omega, float(np.trace(left @ gamma) / df)
