"""Confirmatory factor analysis of answers in steps: weighted least squares on polychoric correlations.

Diagonal weights for the estimates, the full covariance of the correlations for standard errors and chi²: what lavaan
and Mplus call WLSMV. docs/methods/ordinal-factor.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import loading_pattern, of_kind
from kfl.stats.errors import NotIdentified, TooLittleData
from kfl.stats.factors.fit import Baseline, Fit, fit_of
from kfl.stats.means import Float
from kfl.stats.ordinal.influence import correlation_covariance, threshold_errors
from kfl.stats.ordinal.patterns import Patterns
from kfl.stats.ordinal.polychoric import estimate, thresholds
from kfl.stats.ordinal.tables import pattern_margins, pattern_tables
from kfl.stats.ordinal.weighted import CorrelationModel, adjusted_chi2, robust_covariance


@dataclass(frozen=True, eq=False)
class OrdinalConfirmatory:
    """A fitted factor model of the normal variables behind the answers, all of variance 1 as are the factors."""

    thresholds: Float  # (items, codes - 1); infinite beyond the codes in use
    threshold_se: Float  # NaN where infinite
    correlations: Float  # (items, items), polychoric
    loadings: Float  # (items, factors), standardised; 0 where the pattern has none
    loading_se: Float  # NaN where not estimated
    factor_correlations: Float  # (factors, factors)
    factor_correlation_se: Float
    residual_variances: Float  # (items,), 1 minus what the factors explain
    estimates_covariance: Float  # (parameters, parameters): loadings item by item, then factor correlations
    fit: Fit  # of the weighted least squares as such, for comparison: its p is not to be trusted
    scaled: Fit  # chi² adjusted in mean and variance: the one to report
    proper: bool  # False: a negative residual variance or impossible factor correlations (a Heywood case)

    @property
    def implied(self) -> Float:
        """The model's correlations of the items, shape (items, items)."""
        common = self.loadings @ self.factor_correlations @ self.loadings.T
        return np.asarray(common + np.diag(self.residual_variances))


def ordinal_confirmatory(patterns: Patterns, pattern: NDArray[np.bool_]) -> OrdinalConfirmatory:
    """Fit a confirmatory factor model to answers in steps.

    Parameters
    ----------
    patterns : Patterns
        Of all items together; only complete sheets count.
    pattern : bool array, shape (items, factors)
        Which items load on which factors; 1 and 0 will do.

    Returns
    -------
    OrdinalConfirmatory
        Diagonally weighted least squares, robust standard errors, chi² adjusted in mean and variance. Signs are such
        that each factor's loadings sum to 0 or more.

    Raises
    ------
    BadAnswers
        A pattern of another size than the items, or a factor without items.
    TooLittleData
        Under 2 complete sheets, an item that all answered alike, or two items that always agree.
    NotIdentified
        More parameters than correlations, or parameters that can't be told apart. It is a TooLittleData.
    NoConvergence
        No minimum was found.

    References
    ----------
    Muthén (1984) Psychometrika 49:115-132. Asparouhov & Muthén (2010), Simple second order chi-square correction
    (Mplus technical note). Same values as R's lavaan (WLSMV): tests/stats/reference/ordinal_factor.R

    Examples
    --------
    >>> from kfl.stats import ScaleSpec
    >>> from kfl.stats.ordinal import collect_patterns
    >>> person = np.random.default_rng(1).normal(size=2000)
    >>> noise = np.random.default_rng(2).normal(size=(4, 2000))
    >>> answers = np.digitize(person + noise, [-1, 0, 1]).astype(np.int8)  # true loadings: √0.5 = 0.707
    >>> scale = ScaleSpec("mood", (0, 1, 2, 3), (False,) * 4, 0, 3)
    >>> found = ordinal_confirmatory(collect_patterns(answers, scale), np.ones((4, 1), dtype=bool))
    >>> bool((abs(found.loadings[:, 0] - 0.707) < 2.5 * found.loading_se[:, 0]).all())
    True
    """
    of_kind(patterns, Patterns, "collect_patterns")
    sheets = patterns.complete()
    items = len(sheets.codes)
    pattern = loading_pattern(pattern, items)
    model = CorrelationModel(pattern)
    df = items * (items - 1) // 2 - model.parameters
    if df < 0:
        raise NotIdentified(f"{items} items have fewer correlations than the model has parameters")
    if sheets.people < 2:
        raise TooLittleData(f"a factor model needs 2 complete sheets, got {sheets.people}")
    margins = pattern_margins(sheets)
    cuts = thresholds(margins)
    observed, influence = estimate(pattern_tables(sheets).counts, cuts)
    if np.isnan(influence).any():
        raise TooLittleData("an item does not vary on complete sheets, or two items always agree")
    covariance = correlation_covariance(sheets, influence)
    first, second = np.triu_indices(items, 1)
    correlations = np.eye(items)
    correlations[first, second] = correlations[second, first] = observed
    values = model.minimise(correlations, 1 / np.diag(covariance))
    loadings, between = model.matrices(values)
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    item, factor = np.nonzero(pattern)
    one, two = np.triu_indices(len(sign), 1)
    turn = np.concatenate([sign[factor], sign[one] * sign[two]])
    # One less than there are people, as lavaan and Mplus have it for models of ordinal items.
    spread = robust_covariance(model.slope(values), covariance) / (sheets.people - 1) * np.outer(turn, turn)
    se = np.sqrt(np.diag(spread))
    loading_se, between_se = np.full(loadings.shape, np.nan), np.full(between.shape, np.nan)
    loading_se[item, factor] = se[: len(item)]
    between_se[one, two] = between_se[two, one] = se[len(item) :]
    residuals = 1 - np.einsum("ir,rs,is->i", loadings, between, loadings)
    fit, scaled = _fits(observed, model, values, covariance, sheets.people)
    return OrdinalConfirmatory(
        thresholds=cuts,
        threshold_se=threshold_errors(margins, cuts),
        correlations=correlations,
        loadings=loadings * sign,
        loading_se=loading_se,
        factor_correlations=between * np.outer(sign, sign),
        factor_correlation_se=between_se,
        residual_variances=residuals,
        estimates_covariance=spread,
        fit=fit,
        scaled=scaled,
        proper=bool((residuals > 0).all() and np.linalg.eigvalsh(between)[0] > 0),
    )


def _fits(observed: Float, model: CorrelationModel, values: Float, covariance: Float, people: int) -> tuple[Fit, Fit]:
    """Fit by the weighted squares as they are, and by the adjusted chi² of the model and of its baseline."""
    pairs, items = len(observed), len(model.pattern)
    df = pairs - model.parameters
    left = observed - model.implied(values)
    weights = 1 / np.diag(covariance)
    chi2 = float((people - 1) * (weights @ left**2))
    null = Baseline(float((people - 1) * (weights @ observed**2)), pairs)
    srmr = float(np.sqrt((left**2).sum() / (pairs + items)))
    plain = fit_of(chi2, df, null, srmr, people - 1)
    none = np.empty((pairs, 0))
    scaled = fit_of(
        adjusted_chi2(chi2, df, model.slope(values), covariance),
        df,
        Baseline(adjusted_chi2(null.chi2, pairs, none, covariance), pairs),
        srmr,
        people - 1,
    )
    return replace(plain, people=people), replace(scaled, people=people)
