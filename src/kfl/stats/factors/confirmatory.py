"""Confirmatory factor analysis by maximum likelihood, from means and covariances alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import loading_pattern, of_kind
from kfl.stats.errors import NoConvergence, NotIdentified
from kfl.stats.factors.fit import Baseline, Fit, baseline, fit_of, srmr_of
from kfl.stats.factors.likelihood import FactorEstimates, maximise
from kfl.stats.factors.start import rough_factor_correlations, rough_loadings
from kfl.stats.factors.structure import FIXED, Structure
from kfl.stats.means import Float
from kfl.stats.moments import Moments

Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Confirmatory:
    """A fitted factor model; factor variances are 1. NaN as standard error = not estimated."""

    loadings: Float  # (items, factors), in codes per SD of the factor; 0 where the pattern has none
    loading_se: Float
    standardised: Float  # (items, factors), in SDs of the item per SD of the factor
    standardised_se: Float
    factor_correlations: Float  # (factors, factors)
    factor_correlation_se: Float
    residual_variances: Float  # (items,), in codes squared; may come out negative, see `proper`
    residual_variance_se: Float
    estimates_covariance: Float  # (parameters, parameters): loadings item by item, correlations, residuals
    fit: Fit
    proper: bool  # False: a negative residual variance or impossible factor correlations (a Heywood case)

    @property
    def implied(self) -> Float:
        """The model's covariances of the items, shape (items, items)."""
        return self.loadings @ self.factor_correlations @ self.loadings.T + np.diag(self.residual_variances)


def confirmatory(moments: Moments, pattern: Bool, *, correlated: bool = True) -> Confirmatory:
    """Fit a confirmatory factor model by maximum likelihood.

    Parameters
    ----------
    moments : Moments
        Of complete sheets.
    pattern : bool array, shape (items, factors)
        Which items load on which factors; 1 and 0 will do.
    correlated : bool
        Whether the factors may go together; without it they don't, as in a bifactor model.

    Returns
    -------
    Confirmatory
        Estimates, standard errors from the expected information, and fit. Signs are such that each
        factor's loadings sum to 0 or more.

    Raises
    ------
    TooLittleData
        Fewer people than items, an item without spread, or one that the others determine.
    NotIdentified
        More parameters than covariances, or parameters that can't be told apart. It is a TooLittleData.
    NoConvergence
        No maximum was found.
    BadAnswers
        A pattern of another size than the items, or a factor without items.

    References
    ----------
    Jöreskog (1969) Psychometrika 34:183-202. Same values as R's lavaan (std.lv = TRUE), estimates and
    standard errors: tests/stats/factors/reference/confirmatory.R

    Examples
    --------
    >>> three = Moments(200, np.zeros(3), np.array([[1, 0.48, 0.4], [0.48, 1, 0.3], [0.4, 0.3, 1]]))
    >>> confirmatory(three, np.ones((3, 1), dtype=bool)).standardised[:, 0].round(3).tolist()
    [0.8, 0.6, 0.5]
    """
    of_kind(moments, Moments, "moments")
    items = moments.items
    pattern = loading_pattern(pattern, items)
    structure, parameters = _structure(pattern, correlated)
    df = items * (items + 1) // 2 - parameters
    if df < 0:
        raise NotIdentified(f"{items} items have fewer covariances than the model has parameters")
    null = baseline([moments])
    # Likelihood does not care about units; items in SDs keep the numbers of one size.
    unit = np.sqrt(np.diag(moments.covariance))
    scaled = Moments(moments.people, moments.mean / unit, moments.covariance / np.outer(unit, unit))
    found = _best(scaled, pattern, structure, parameters)
    return _solution(moments, structure, found, unit, df, null)


def one_factor(moments: Moments) -> Confirmatory:
    """One factor behind all items, the model that a single scale claims.

    Parameters
    ----------
    moments : Moments
        At least 3 items; with 3 the model fits perfectly and df is 0.

    Returns
    -------
    Confirmatory
        With one column of loadings.

    Raises
    ------
    TooLittleData, NotIdentified, NoConvergence
        As `confirmatory`.
    """
    of_kind(moments, Moments, "moments")
    return confirmatory(moments, np.ones((moments.items, 1), dtype=bool))


def _structure(pattern: Bool, correlated: bool) -> tuple[Structure, int]:
    """Number the parameters: loadings item by item, factor correlations, residual variances."""
    items, factors = pattern.shape
    loadings = np.full(pattern.shape, FIXED)
    loadings[pattern] = np.arange(pattern.sum())
    count = int(pattern.sum())
    between = np.full((factors, factors), FIXED)
    if correlated:
        first, second = np.triu_indices(factors, 1)
        between[first, second] = between[second, first] = count + np.arange(len(first))
        count += len(first)
    return Structure(loadings, between, count + np.arange(items)), count + items


def _best(scaled: Moments, pattern: Bool, structure: Structure, parameters: int) -> FactorEstimates:
    """The likeliest of the maxima found.

    A bifactor likelihood has several: the general factor may lie close to any of the groups. So the search
    begins at each of them too; other models get one start.
    """
    leans: list[int | None] = [None]
    if len(structure.factor_at[0]) == 0 and (pattern.sum(axis=1) > 1).any():
        leans += [int(factor) for factor in np.argsort(-pattern.sum(axis=0), kind="stable")[1:]]
    best, trouble = None, None
    for lean in leans:
        start = _start(scaled.covariance, pattern, structure, parameters, lean)
        try:
            found = maximise([scaled], [structure], start)
        except (NoConvergence, NotIdentified) as error:
            trouble = trouble or error
            continue
        if best is None or found.chi2 < best.chi2:
            best = found
    if best is None:
        raise trouble or NoConvergence("the factor model found no maximum of the likelihood")
    return best


def _start(correlation: Float, pattern: Bool, structure: Structure, parameters: int, lean: int | None) -> Float:
    loadings = rough_loadings(correlation, pattern, correlated=len(structure.factor_at[0]) > 0, lean=lean)
    values = np.empty(parameters)
    values[structure.loadings[pattern]] = loadings[pattern]
    between = np.eye(pattern.shape[1])
    if len(structure.factor_at[0]):
        between = rough_factor_correlations(correlation, loadings)
        values[structure.factors[structure.factor_at]] = between[structure.factor_at]
    explained = np.einsum("ir,rs,is->i", loadings, between, loadings)
    values[structure.residuals] = np.maximum(1 - explained, 0.2)
    return values


def _solution(
    moments: Moments, structure: Structure, found: FactorEstimates, unit: Float, df: int, null: Baseline
) -> Confirmatory:
    """Estimates back in codes, signs turned, with all that follows from them."""
    item, factor = structure.loading_at
    first, second = structure.factor_at
    loadings, between, residuals = structure.matrices(found.values)
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings, between = loadings * np.outer(unit, sign), between * np.outer(sign, sign)
    residuals = residuals * unit**2
    scale = np.concatenate([unit[item] * sign[factor], sign[first] * sign[second], unit**2])
    covariance = found.covariance * np.outer(scale, scale)
    se = np.sqrt(np.diag(covariance))
    loading_se, between_se = np.full(loadings.shape, np.nan), np.full(between.shape, np.nan)
    loading_se[item, factor] = se[: len(item)]
    between_se[first, second] = between_se[second, first] = se[len(item) : len(item) + len(first)]
    standardised, standardised_se = _standardise(structure, loadings, between, residuals, covariance)
    implied = loadings @ between @ loadings.T + np.diag(residuals)
    proper = bool((residuals > 0).all() and np.linalg.eigvalsh(between)[0] > 0)
    fit = fit_of(found.chi2, df, null, srmr_of(moments, implied), moments.people)
    return Confirmatory(
        loadings=loadings,
        loading_se=loading_se,
        standardised=standardised,
        standardised_se=standardised_se,
        factor_correlations=between,
        factor_correlation_se=between_se,
        residual_variances=residuals,
        residual_variance_se=se[len(item) + len(first) :],
        estimates_covariance=covariance,
        fit=fit,
        proper=proper,
    )


def _standardise(
    structure: Structure, loadings: Float, between: Float, residuals: Float, covariance: Float
) -> tuple[Float, Float]:
    """Loadings in SDs of the item, and their standard errors by the delta method."""
    item, factor = structure.loading_at
    first, second = structure.factor_at
    joint = loadings @ between
    variance = (joint * loadings).sum(axis=1) + residuals
    spread = np.sqrt(variance)
    standardised = loadings / spread[:, np.newaxis]
    # How the item's variance moves with each parameter, item by parameter.
    moves = np.zeros((len(residuals), len(covariance)))
    free = np.arange(len(item))
    moves[item, free] = 2 * joint[item, factor]
    moves[:, len(item) : len(item) + len(first)] = 2 * loadings[:, first] * loadings[:, second]
    moves[:, len(item) + len(first) :] = np.eye(len(residuals))
    slope = -(loadings[item, factor] / (2 * variance[item] * spread[item]))[:, np.newaxis] * moves[item]
    slope[free, free] += 1 / spread[item]
    se = np.full(loadings.shape, np.nan)
    se[item, factor] = np.sqrt(((slope @ covariance) * slope).sum(axis=1))
    return standardised, se
