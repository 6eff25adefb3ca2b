"""Exploratory factor analysis of a correlation matrix: minimum residuals or maximum likelihood, then oblimin.

docs/methods/exploratory.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from kfl.stats.errors import BadAnswers, NoConvergence, NotIdentified, RotationNotInstalled, TooLittleData
from kfl.stats.means import Float
from kfl.stats.moments import Moments

Method = Literal["minres", "ml"]
Rotation = Literal["oblimin", "none"]

# No item is explained beyond this: unique variances stay at least so large.
_LEAST_UNIQUE = 0.005
_OTHER_STARTS = 3
# The search may stop short where it meets a bound, or where a factor vanishes; it begins again there, at most so often.
_ATTEMPTS = 30
_FLAT = 1e-4  # slope of the misfit at a minimum, away from bounds


@dataclass(frozen=True, eq=False)
class Exploratory:
    """Factors found in a correlation matrix, the largest first, each pointing where its loadings sum to 0 or more."""

    pattern: Float  # (items, factors), loadings: what each factor does on its own
    structure: Float  # (items, factors), correlations of items with factors
    factor_correlations: Float  # (factors, factors)
    communalities: Float  # (items,), share of each item's variance that the factors explain
    explained: Float  # (factors,), variance explained, in items; they sum to the communalities' sum
    rmsr: float  # root mean square of what is left of the correlations, diagonal not counted
    df: int  # correlations minus free parameters
    proper: bool  # False: an item is explained wholly, or more than that (a Heywood case); read it with care


def exploratory(
    observed: Moments | Float, factors: int, *, method: Method = "minres", rotation: Rotation = "oblimin"
) -> Exploratory:
    """Find common factors and turn them to simple structure.

    Parameters
    ----------
    observed : Moments or float array, shape (items, items)
        Complete sheets' moments, or any correlation matrix, such as
        ``positive_definite(polychoric(tables).correlations)``.
    factors : int
        How many; see `parallel_analysis`.
    method : {"minres", "ml"}
        Least squares of the correlations' residuals, or maximum likelihood; the latter needs a positive
        definite matrix.
    rotation : {"oblimin", "none"}
        Oblimin with γ = 0 (factors may correlate) by statsmodels, which the extra ``analysis`` brings. One factor
        is never rotated.

    Returns
    -------
    Exploratory
        The same for the same matrix on every run. Where the best fit lies beyond what an item can share, the solution
        is that at the bound (0.5 % of the item's variance its own), and `proper` is False.

    Raises
    ------
    NotIdentified
        No factor, or more than this many items can tell apart.
    TooLittleData
        An unknown correlation; with "ml" a matrix that is not positive definite.
    BadAnswers
        Not a correlation matrix, or an unknown method or rotation.
    NoConvergence
        No minimum was found, or the rotation did not come to rest.
    RotationNotInstalled
        statsmodels is missing.

    References
    ----------
    Harman & Jones (1966) Psychometrika 31:351-368 (minres). Jöreskog (1967) Psychometrika 32:443-482 (ML). Jennrich
    (2002) Psychometrika 67:7-19 (rotation). Same values as R's psych::fa: tests/stats/reference/exploratory.R

    Examples
    --------
    >>> found = exploratory(np.array([[1, 0.48, 0.4], [0.48, 1, 0.3], [0.4, 0.3, 1]]), 1)
    >>> found.pattern[:, 0].round(3).tolist()
    [0.8, 0.6, 0.5]
    """
    if method not in ("minres", "ml") or rotation not in ("oblimin", "none"):
        raise BadAnswers(f"no method {method!r} with rotation {rotation!r}")
    correlation = observed.correlation if isinstance(observed, Moments) else np.asarray(observed, dtype=np.float64)
    _check(correlation)
    items = len(correlation)
    df = ((items - factors) ** 2 - items - factors) // 2
    if factors < 1 or df < 0:
        raise NotIdentified(f"{items} items cannot tell {factors} factors apart")
    loadings, at_bound = _extract(correlation, factors, method)
    between = np.eye(factors)
    if rotation == "oblimin" and factors > 1:
        loadings, between = _oblimin(loadings)
    explained = np.einsum("rs,is,ir->r", between, loadings, loadings)
    order = np.argsort(-explained, kind="stable")
    sign = np.where(loadings[:, order].sum(axis=0) < 0, -1.0, 1.0)
    pattern = loadings[:, order] * sign
    between = between[np.ix_(order, order)] * np.outer(sign, sign)
    structure = pattern @ between
    left = (correlation - structure @ pattern.T)[np.triu_indices(items, 1)]
    communalities = (structure * pattern).sum(axis=1)
    return Exploratory(
        pattern=pattern,
        structure=structure,
        factor_correlations=between,
        communalities=communalities,
        explained=explained[order],
        rmsr=float(np.sqrt((left**2).mean())),
        df=df,
        proper=not at_bound and bool((communalities < 1).all()),
    )


def squared_multiple_correlations(correlation: Float) -> Float:
    """How much of each item's variance the others explain, a lower bound of its communality.

    Parameters
    ----------
    correlation : float array, shape (..., items, items)
        Positive definite; one matrix or many.

    Returns
    -------
    float array, shape (..., items)
    """
    inverse = np.linalg.inv(correlation)
    return np.asarray(1 - 1 / np.diagonal(inverse, axis1=-2, axis2=-1), dtype=np.float64)


def _check(correlation: Float) -> None:
    if correlation.ndim != 2 or correlation.shape[0] != correlation.shape[1]:
        raise BadAnswers("a correlation matrix must be square")
    if np.isnan(correlation).any():
        raise TooLittleData("a correlation is unknown: an item has no spread, or nobody answered a pair")
    if not np.allclose(np.diag(correlation), 1) or not np.allclose(correlation, correlation.T):
        raise BadAnswers("a correlation matrix is symmetric with ones on the diagonal")


def _extract(correlation: Float, factors: int, method: Method) -> tuple[Float, bool]:
    """Unrotated loadings (items, factors) at the unique variances that fit best; whether one is at its bound."""
    if method == "ml" and np.linalg.eigvalsh(correlation)[0] <= 0:
        raise TooLittleData("maximum likelihood needs a positive definite matrix; smooth it, or use minres")
    loss = _likelihood_loss if method == "ml" else _residual_loss
    items = len(correlation)
    # Shared variances that others explain (or, in a matrix without an inverse, half) are where to begin.
    shared = np.full(items, 0.5)
    if np.linalg.eigvalsh(correlation)[0] > 1e-6:
        shared = squared_multiple_correlations(correlation)
    unique = np.clip(1 - shared, 0.05, 0.95)
    for _ in range(_ATTEMPTS):
        unique = minimize(
            lambda unique: loss(unique, correlation, factors)[:2],
            unique,
            jac=True,
            method="L-BFGS-B",
            bounds=[(_LEAST_UNIQUE, 1.0)] * items,
            options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 30},
        ).x
        value, gradient, loadings = loss(unique, correlation, factors)
        inside = (unique > _LEAST_UNIQUE) & (unique < 1)
        if np.isfinite(value) and np.abs(gradient[inside]).max(initial=0.0) <= _FLAT:
            return loadings, bool((unique <= _LEAST_UNIQUE).any())
    raise NoConvergence(f"no minimum with {factors} factors was found")


def _residual_loss(unique: Float, correlation: Float, factors: int) -> tuple[float, Float, Float]:
    """Half the squared residuals at the best loadings for these unique variances, the gradient, the loadings."""
    values, axes = np.linalg.eigh(correlation - np.diag(unique))
    largest = np.maximum(values[: -factors - 1 : -1], 0.0)
    used = axes[:, : -factors - 1 : -1]
    rest = values.copy()
    rest[-factors:] -= largest[::-1]
    return 0.5 * float(rest @ rest), -(axes**2) @ rest, used * np.sqrt(largest)


def _likelihood_loss(unique: Float, correlation: Float, factors: int) -> tuple[float, Float, Float]:
    """The likelihood's discrepancy likewise."""
    root = np.sqrt(unique)
    values, axes = np.linalg.eigh(correlation / np.outer(root, root))
    largest = np.maximum(values[: -factors - 1 : -1], 1.0)
    used = axes[:, : -factors - 1 : -1]
    loadings = root[:, np.newaxis] * used * np.sqrt(largest - 1)
    rest = values[:-factors]
    value = float((rest - np.log(rest) - 1).sum())
    over = np.diag(loadings @ loadings.T) + unique - np.diag(correlation)
    return value, over / unique**2, loadings


def _oblimin(loadings: Float) -> tuple[Float, Float]:
    """Rotated loadings and factor correlations."""
    try:
        # Only here: statsmodels is an extra, and heavy.
        from statsmodels.multivariate.factor_rotation import rotate_factors
    except ImportError as error:
        raise RotationNotInstalled("oblimin needs statsmodels: pip install 'kfl[analysis]'") from error
    # Unrotated factors may lie just between two simple structures, where the search would stay; so there are
    # other beginnings too, always the same ones.
    factors = loadings.shape[1]
    random = np.random.default_rng(0)
    others = [np.linalg.qr(random.standard_normal((factors, factors)))[0] for _ in range(_OTHER_STARTS)]
    starts = [np.eye(factors), *others]
    complexity = []
    for start in starts:
        rough, _ = rotate_factors(loadings @ start, "oblimin", 0, "oblique", max_tries=500, tol=1e-4)
        squares = rough**2
        complexity.append(float((squares.sum(axis=1) ** 2).sum() - (squares**2).sum()))
    # The first of those that are as good as the best.
    best = starts[int(np.argmax(np.array(complexity) < np.min(complexity) + 1e-6))]
    rotated, turn = rotate_factors(loadings @ best, "oblimin", 0, "oblique", max_tries=5000, tol=1e-7)
    # How steep the criterion still is along turns that keep factors of length 1 (Jennrich 2002).
    squares = rotated**2
    slope = rotated * (squares.sum(axis=1, keepdims=True) - squares)
    steep = -(rotated.T @ slope @ np.linalg.inv(turn)).T
    steep -= turn * (turn * steep).sum(axis=0)
    if np.abs(steep).max() > 1e-4:
        raise NoConvergence(f"the rotation of {factors} factors did not come to rest")
    return rotated, turn.T @ turn
