"""Factor models fitted to correlations by weighted least squares, with robust errors and an adjusted chi².

docs/methods/ordinal-factor.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from kfl.stats.errors import NoConvergence, NotIdentified
from kfl.stats.factors.start import rough_factor_correlations, rough_loadings
from kfl.stats.means import Float


@dataclass(frozen=True, eq=False)
class CorrelationModel:
    """A factor model of correlations; parameters are loadings item by item, then correlations of the factors."""

    pattern: NDArray[np.bool_]  # (items, factors)

    @property
    def parameters(self) -> int:
        """How many there are."""
        factors = self.pattern.shape[1]
        return int(self.pattern.sum() + factors * (factors - 1) // 2)

    def matrices(self, values: Float) -> tuple[Float, Float]:
        """Loadings (items, factors) and factor correlations (factors, factors)."""
        count, factors = int(self.pattern.sum()), self.pattern.shape[1]
        loadings, between = np.zeros(self.pattern.shape), np.eye(factors)
        loadings[self.pattern] = values[:count]
        first, second = np.triu_indices(factors, 1)
        between[first, second] = between[second, first] = values[count:]
        return loadings, between

    def implied(self, values: Float) -> Float:
        """Correlations of the items, pair by pair, shape (pairs,)."""
        loadings, between = self.matrices(values)
        return np.asarray((loadings @ between @ loadings.T)[np.triu_indices(len(loadings), 1)])

    def slope(self, values: Float) -> Float:
        """How each pair's correlation moves with each parameter, shape (pairs, parameters)."""
        loadings, between = self.matrices(values)
        one, two = np.triu_indices(len(loadings), 1)
        joint = loadings @ between
        item, factor = np.nonzero(self.pattern)
        by_loading = np.where(one[:, np.newaxis] == item, joint[two][:, factor], 0.0)
        by_loading += np.where(two[:, np.newaxis] == item, joint[one][:, factor], 0.0)
        r, s = np.triu_indices(len(between), 1)
        by_factors = loadings[one][:, r] * loadings[two][:, s] + loadings[one][:, s] * loadings[two][:, r]
        return np.concatenate([by_loading, by_factors], axis=1)

    def minimise(self, correlations: Float, weights: Float) -> Float:
        """The parameters with the least weighted squares, shape (parameters,).

        Parameters
        ----------
        correlations : float array, shape (items, items)
            Observed.
        weights : float array, shape (pairs,)
            Of the squared residuals.

        Returns
        -------
        float array, shape (parameters,)

        Raises
        ------
        NotIdentified
            Parameters that can't be told apart.
        NoConvergence
            No minimum was found.
        """
        loadings = rough_loadings(correlations, self.pattern, correlated=True)
        between = rough_factor_correlations(correlations, loadings)
        start = np.concatenate([loadings[self.pattern], between[np.triu_indices(len(between), 1)]])
        observed, root = correlations[np.triu_indices(len(correlations), 1)], np.sqrt(weights)
        found = least_squares(
            lambda values: root * (self.implied(values) - observed),
            start,
            jac=lambda values: root[:, np.newaxis] * self.slope(values),
            method="lm",
            xtol=1e-12,
            ftol=1e-14,
            gtol=1e-14,
            max_nfev=2000,
        )
        if not found.success or not np.isfinite(found.x).all():
            raise NoConvergence("no minimum of the weighted residuals was found")
        if np.linalg.matrix_rank(self.slope(found.x), tol=1e-6) < self.parameters:
            raise NotIdentified("parameters of the factor model can't be told apart")
        return np.asarray(found.x, dtype=np.float64)


def robust_covariance(slope: Float, covariance: Float) -> Float:
    """Covariance of estimates that were fitted with diagonal weights, whatever the true covariances are.

    Parameters
    ----------
    slope : float array, shape (pairs, parameters)
        At the estimates.
    covariance : float array, shape (pairs, pairs)
        Of the correlations, times people; the weights are one over its diagonal.

    Returns
    -------
    float array, shape (parameters, parameters)
        Times people.
    """
    gain = _gain(slope, np.diag(covariance))
    return np.asarray(gain @ covariance @ gain.T)


def adjusted_chi2(chi2: float, df: int, slope: Float, covariance: Float) -> float:
    """Chi² of diagonal weights, scaled and shifted to the mean and variance of a true chi².

    Parameters
    ----------
    chi2 : float
        Weighted squares times people.
    df : int
        Pairs minus parameters.
    slope : float array, shape (pairs, parameters)
        At the estimates; no columns for the model without parameters.
    covariance : float array, shape (pairs, pairs)
        As in `robust_covariance`.

    Returns
    -------
    float
        a·chi2 + df - a·tr(UΓ), a = √(df / tr(UΓUΓ)); chi2 itself at df 0.

    References
    ----------
    Asparouhov & Muthén (2010), Simple second order chi-square correction (Mplus technical note).
    """
    if df == 0:
        return chi2
    left = covariance - slope @ (_gain(slope, np.diag(covariance)) @ covariance)
    product = left / np.diag(covariance)[:, np.newaxis]  # UΓ
    scale = np.sqrt(df / (product * product.T).sum())
    return float(scale * chi2 + df - scale * np.trace(product))


def _gain(slope: Float, variances: Float) -> Float:
    """How much each estimate moves with each correlation, shape (parameters, pairs)."""
    weighted = slope.T / variances
    return np.asarray(np.linalg.solve(weighted @ slope, weighted))
