"""Maximum likelihood of factor models in one or more groups, from means and covariances alone.

Fisher scoring: the expected information of a factor model is made of products of small matrices
(`structure.py`), so that 120 items and 15 factors take milliseconds. docs/methods/confirmatory.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky
from scipy.linalg.lapack import dtrtri

from kfl.stats.errors import NoConvergence, NotIdentified, TooLittleData
from kfl.stats.factors.structure import GroupShare, Point, Structure, gradient_of, information_of, point_at
from kfl.stats.means import Float
from kfl.stats.moments import Moments

_STEPS = 300
_STEPS_INSIDE = 60  # where residual variances must stay positive
_STUCK = 1e12  # damping at which steps no longer move anything
_SETTLED = 1e-20  # squared length of the next step, in units of one person's standard error
_CLOSE = 1e-10  # below this the step is right, though the likelihood no longer shows it
_IDENTIFIED = 1e-9  # share of a parameter's information that the others must leave it


@dataclass(frozen=True, eq=False)
class FactorEstimates:
    """Where the likelihood is highest."""

    values: Float  # (parameters,)
    covariance: Float  # (parameters, parameters), from the expected information
    chi2: float  # N·F, summed over groups
    steps: int


def maximise(groups: Sequence[Moments], structures: Sequence[Structure], start: Float) -> FactorEstimates:
    """Fit a factor model by maximum likelihood.

    Parameters
    ----------
    groups : sequence of Moments
        At least one; the same items in each.
    structures : sequence of Structure
        One for each group.
    start : float array, shape (parameters,)
        Where to begin; the implied covariances must be positive definite there.

    Returns
    -------
    Estimates
        With chi² = N·F for covariances with divisor N.

    Raises
    ------
    TooLittleData
        Covariances that are not positive definite: fewer people than items, or an item that others determine.
    NotIdentified
        Some parameters can't be told apart.
    NoConvergence
        No maximum was found.
    """
    data = [_group(one, structure) for one, structure in zip(groups, structures, strict=True)]
    # A maximum with positive residual variances is wanted; only where there is none, any maximum is told.
    for proper, steps in ((True, _STEPS_INSIDE), (False, _STEPS)):
        found = _search(data, np.array(start, dtype=np.float64), steps, proper=proper)
        if found is not None:
            return found
    raise NoConvergence("the factor model found no maximum of the likelihood")


def _search(data: Sequence[GroupShare], values: Float, most: int, *, proper: bool) -> FactorEstimates | None:
    """Fisher scoring from these values, with damped steps where a whole one would lead downhill."""
    people = sum(group.people for group in data)
    points, misfit = _evaluate(data, values, proper)
    damping = 0.0
    for step in range(most):
        if points is None or damping > _STUCK:
            return None
        gradient, information = _derivatives(data, points, len(values))
        gradient, information = gradient / people, information / people
        move = _solve(information, gradient, damping)
        left = float(gradient @ move)
        if left < _SETTLED and damping == 0:
            return FactorEstimates(values, _inverse(information) / people, max(people * misfit, 0.0), step)
        nearer, lower = _evaluate(data, values - move, proper)
        if nearer is not None and (lower < misfit or left < _CLOSE):
            values, points, misfit = values - move, nearer, lower
            damping = damping / 10 if damping > 1e-6 else 0.0
        else:
            damping = max(10 * damping, 1e-3)
    return None


def _group(one: Moments, structure: Structure) -> GroupShare:
    covariance = one.covariance * ((one.people - 1) / one.people)
    return GroupShare(one.people, one.mean, covariance, log_determinant(covariance), structure)


def log_determinant(covariance: Float) -> float:
    """Logarithm of the determinant of covariances.

    Parameters
    ----------
    covariance : float array, shape (items, items)
        Symmetric.

    Returns
    -------
    float
        Natural logarithm.

    Raises
    ------
    TooLittleData
        Not positive definite.
    """
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (spread > 0).all():
        raise TooLittleData("an item without spread has no factor model")
    try:
        root = cholesky(covariance / np.outer(spread, spread), lower=True)
    except LinAlgError:
        root = np.zeros((1, 1))
    pivots = np.diag(root)
    # Exact dependence shows as a pivot of rounding size, not always as a failure.
    if pivots.min() < 1e-6:
        raise TooLittleData("too few complete sheets, or an item that the others determine")
    return float(2 * np.log(pivots * spread).sum())


def _evaluate(data: Sequence[GroupShare], values: Float, proper: bool) -> tuple[list[Point] | None, float]:
    """Every group's model and F, weighted by people; None where a covariance is not positive definite.

    With `proper` also None where a residual variance is not positive.
    """
    if proper and any(values[group.structure.residuals].min() <= 0 for group in data):
        return None, np.inf
    people = sum(group.people for group in data)
    points, misfit = [], 0.0
    for group in data:
        point = point_at(group, values)
        if point is None:
            return None, np.inf
        points.append(point)
        misfit += group.people / people * point.misfit
    return points, misfit


def _derivatives(data: Sequence[GroupShare], points: Sequence[Point], parameters: int) -> tuple[Float, Float]:
    """Gradient of N·F/2 and its expected second derivatives, the information."""
    gradient = np.zeros(parameters)
    information = np.zeros((parameters, parameters))
    for group, point in zip(data, points, strict=True):
        at = group.structure.numbers
        gradient[at] += group.people * gradient_of(group, point)
        information[np.ix_(at, at)] += group.people * information_of(group.structure, point)
    return gradient, information


def _solve(information: Float, gradient: Float, damping: float) -> Float:
    """The scoring step; damping shortens it where the likelihood is not yet bowl-shaped."""
    diagonal = np.diag(information)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = information * np.outer(scale, scale)
    # A trifle for what the others determine, far above rounding: an unidentified model ends in its own error.
    scaled[np.diag_indices_from(scaled)] += damping + 1e-10
    root = cho_factor(scaled, lower=True)
    return np.asarray(scale * cho_solve(root, scale * gradient), dtype=np.float64)


def _inverse(information: Float) -> Float:
    diagonal = np.diag(information)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    try:
        root = cholesky(information * np.outer(scale, scale), lower=True)
    except LinAlgError:
        raise NotIdentified("some parameters can't be told apart") from None
    if np.diag(root).min() ** 2 < _IDENTIFIED:
        raise NotIdentified("some parameters can't be told apart")
    # Not solve_triangular: for matrices this small its threads cost a thousand times the work.
    half = dtrtri(root, lower=1)[0] * scale
    return np.asarray(half.T @ half, dtype=np.float64)
