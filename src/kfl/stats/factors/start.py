"""Where the search for a factor model begins: rough loadings and factor correlations from the correlations."""

from __future__ import annotations

import numpy as np

from kfl.stats.means import Float


def rough_loadings(correlation: Float, pattern: np.ndarray, *, correlated: bool, lean: int | None = None) -> Float:
    """First axis of each factor's own items, the largest factor first.

    Parameters
    ----------
    correlation : float array, shape (items, items)
        Observed.
    pattern : bool array, shape (items, factors)
        Which items load on which factor.
    correlated : bool
        Without it, each factor explains only what those before it left.
    lean : int, optional
        A factor whose items the largest factor shall begin close to.

    Returns
    -------
    float array, shape (items, factors)
        Standardised, each factor's sum not negative, none beyond 0.9.
    """
    left = correlation.copy()
    loadings = np.zeros(pattern.shape)
    order = np.argsort(-pattern.sum(axis=0), kind="stable")
    for factor in order:
        own = np.flatnonzero(pattern[:, factor])
        block = left[np.ix_(own, own)]
        apart = block - np.diag(np.diag(block))
        # An item shares about as much with the factor as it shares with its nearest neighbour.
        np.fill_diagonal(apart, np.abs(apart).max(axis=1))
        values, axes = np.linalg.eigh(apart)
        axis = axes[:, -1] * np.sqrt(max(values[-1], 0.01))
        loadings[own, factor] = np.clip(axis if axis.sum() >= 0 else -axis, -0.9, 0.9)
        if lean is not None and factor == order[0]:
            near = np.sqrt(np.abs(correlation[np.ix_(own, own)] - np.eye(len(own))).max(axis=1))
            way = np.sign(loadings[own, factor])
            loadings[own, factor] = np.where(pattern[own, lean], 0.9 * near * way, 0.3 * loadings[own, factor])
        if not correlated:
            left -= np.outer(loadings[:, factor], loadings[:, factor])
    return loadings


def rough_factor_correlations(correlation: Float, loadings: Float) -> Float:
    """Correlations of the factors' sums of items, raised for what the sums measure with error.

    Parameters
    ----------
    correlation : float array, shape (items, items)
        Observed.
    loadings : float array, shape (items, factors)
        Rough ones.

    Returns
    -------
    float array, shape (factors, factors)
        Positive definite.
    """
    weights = np.sign(loadings)
    between = weights.T @ (correlation - np.eye(len(correlation))) @ weights
    reach = np.maximum(np.abs(loadings).sum(axis=0), 1e-3)
    rough = np.clip(between / np.outer(reach, reach), -0.8, 0.8)
    np.fill_diagonal(rough, 1.0)
    lowest = np.linalg.eigvalsh(rough)[0]
    if lowest < 0.1:
        rough = np.eye(len(rough)) + (rough - np.eye(len(rough))) * (0.9 / (1 - lowest))
    return rough
