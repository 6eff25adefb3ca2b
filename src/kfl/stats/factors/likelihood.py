"""Maximum likelihood of factor models in one or more groups, from means and covariances alone.

In group g the items have covariance Σ = ΛΦΛ' + Θ (Θ diagonal) and mean μ = ν + Λα. A `Structure` says
which number of the parameter vector stands where, so that groups share what is to be equal. Fisher
scoring: the expected information of such a model is made of products of small matrices, so that 120
items and 15 factors take milliseconds. docs/methods/confirmatory.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky, solve_triangular

from kfl.stats.errors import NoConvergence, NotIdentified, TooLittleData
from kfl.stats.grouping import Int
from kfl.stats.means import Float
from kfl.stats.moments import Moments

FIXED = -1  # marks what is not estimated: loadings and factor means then 0, factor variances 1

_STEPS = 500
_SETTLED = 1e-20  # squared length of the next step, in units of one person's standard error
_CLOSE = 1e-10  # below this the step is right, though the likelihood no longer shows it
_IDENTIFIED = 1e-9  # share of a parameter's information that the others must leave it


@dataclass(frozen=True, eq=False)
class Structure:
    """Where the parameters stand in one group; entries are numbers of parameters or FIXED."""

    loadings: Int  # (items, factors)
    factors: Int  # (factors, factors), symmetric; diagonal FIXED = variance 1, else FIXED = 0
    residuals: Int  # (items,)
    intercepts: Int | None = None  # (items,); None = each group has its own, which then fit its means perfectly
    means: Int | None = None  # (factors,); given whenever intercepts are

    @cached_property
    def loading_at(self) -> tuple[Int, Int]:
        """Items and factors of the free loadings."""
        item, factor = np.nonzero(self.loadings != FIXED)
        return item, factor

    @cached_property
    def factor_at(self) -> tuple[Int, Int]:
        """Pairs of factors (first ≤ second) whose covariance is free."""
        first, second = np.nonzero(np.triu(self.factors != FIXED))
        return first, second

    @cached_property
    def mean_at(self) -> Int:
        """Factors whose mean is free."""
        return np.empty(0, np.int64) if self.means is None else np.flatnonzero(self.means != FIXED)

    @cached_property
    def numbers(self) -> Int:
        """Parameter numbers in the order of the blocks that `_information` builds."""
        own = [self.loadings[self.loading_at], self.factors[self.factor_at], self.residuals]
        if self.intercepts is not None and self.means is not None:
            own += [self.intercepts, self.means[self.mean_at]]
        return np.concatenate(own)

    def matrices(self, values: Float) -> tuple[Float, Float, Float]:
        """Loadings (items, factors), factor covariances and residual variances at these parameters."""
        loadings = np.where(self.loadings == FIXED, 0.0, values[self.loadings])
        factors = np.where(self.factors == FIXED, np.eye(len(self.factors)), values[self.factors])
        return loadings, factors, values[self.residuals]


@dataclass(frozen=True, eq=False)
class Estimates:
    """Where the likelihood is highest."""

    values: Float  # (parameters,)
    covariance: Float  # (parameters, parameters), from the expected information
    chi2: float  # N·F, summed over groups
    steps: int


@dataclass(frozen=True, eq=False)
class _Group:
    """One group's share of the data and the model."""

    people: int
    mean: Float
    covariance: Float  # divisor people
    log_det: float
    structure: Structure


@dataclass(frozen=True, eq=False)
class _Point:
    """A group's model at given parameters, with all that derivatives need."""

    loadings: Float
    factors: Float
    weight: Float  # Σ⁻¹
    apart: Float  # observed minus implied means
    factor_means: Float
    misfit: float  # F of this group


def maximise(groups: Sequence[Moments], structures: Sequence[Structure], start: Float) -> Estimates:
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
    people = sum(group.people for group in data)
    values = np.array(start, dtype=np.float64)
    points, misfit = _evaluate(data, values)
    if points is None:
        raise NoConvergence("the model's covariances are not positive definite at the start")
    damping = 0.0
    for step in range(_STEPS):
        gradient, information = _derivatives(data, points, len(values))
        gradient, information = gradient / people, information / people
        move = _solve(information, gradient, damping)
        left = float(gradient @ move)
        if left < _SETTLED and damping == 0:
            covariance = _inverse(information) / people
            return Estimates(values, covariance, max(people * misfit, 0.0), step)
        nearer, lower = _evaluate(data, values - move)
        if nearer is not None and (lower < misfit or left < _CLOSE):
            values, points, misfit = values - move, nearer, lower
            damping = damping / 10 if damping > 1e-6 else 0.0
        else:
            damping = max(10 * damping, 1e-3)
        if damping > 1e12 or not np.isfinite(misfit):
            break
    raise NoConvergence("the factor model found no maximum of the likelihood")


def _group(one: Moments, structure: Structure) -> _Group:
    covariance = one.covariance * ((one.people - 1) / one.people)
    return _Group(one.people, one.mean, covariance, log_determinant(covariance), structure)


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


def _evaluate(data: Sequence[_Group], values: Float) -> tuple[list[_Point] | None, float]:
    """Every group's model and F, weighted by people; None where a covariance is not positive definite."""
    people = sum(group.people for group in data)
    points, misfit = [], 0.0
    for group in data:
        point = _point(group, values)
        if point is None:
            return None, np.inf
        points.append(point)
        misfit += group.people / people * point.misfit
    return points, misfit


def _point(group: _Group, values: Float) -> _Point | None:
    structure = group.structure
    loadings, factors, residuals = structure.matrices(values)
    implied = loadings @ factors @ loadings.T
    implied[np.diag_indices_from(implied)] += residuals
    try:
        root = cho_factor(implied, lower=True)
    except LinAlgError:
        return None
    weight = cho_solve(root, np.eye(len(implied)))
    means = np.zeros(len(factors))
    apart = np.zeros(len(implied))
    if structure.intercepts is not None and structure.means is not None:
        means = np.where(structure.means == FIXED, 0.0, values[structure.means])
        apart = group.mean - values[structure.intercepts] - loadings @ means
    misfit = (
        2 * np.log(np.diag(root[0])).sum()
        - group.log_det
        + np.vdot(weight, group.covariance)
        - len(implied)
        + apart @ weight @ apart
    )
    return _Point(loadings, factors, weight, apart, means, float(misfit))


def _derivatives(data: Sequence[_Group], points: Sequence[_Point], parameters: int) -> tuple[Float, Float]:
    """Gradient of N·F/2 and its expected second derivatives, the information."""
    gradient = np.zeros(parameters)
    information = np.zeros((parameters, parameters))
    for group, point in zip(data, points, strict=True):
        at = group.structure.numbers
        gradient[at] += group.people * _gradient(group, point)
        information[np.ix_(at, at)] += group.people * _information(group.structure, point)
    return gradient, information


def _gradient(group: _Group, point: _Point) -> Float:
    """Of F/2, in the order of `Structure.numbers`."""
    structure, weight = group.structure, point.weight
    first, second = structure.factor_at
    observed = group.covariance + np.outer(point.apart, point.apart)
    core = weight - weight @ observed @ weight
    toward = weight @ point.apart
    of_loadings = core @ point.loadings @ point.factors - np.outer(toward, point.factor_means)
    of_factors = point.loadings.T @ core @ point.loadings
    parts = [
        of_loadings[structure.loading_at],
        _once(first, second) * of_factors[first, second],
        np.diag(core) / 2,
    ]
    if structure.intercepts is not None:
        parts += [-toward, -(point.loadings.T @ toward)[structure.mean_at]]
    return np.concatenate(parts)


def _information(structure: Structure, point: _Point) -> Float:
    """½ tr(Σ⁻¹ ∂ₐΣ Σ⁻¹ ∂ᵦΣ) + ∂ₐμ' Σ⁻¹ ∂ᵦμ for each two parameters, in the order of `Structure.numbers`."""
    item, factor = structure.loading_at
    first, second = structure.factor_at
    once = _once(first, second)
    weight = point.weight
    joint = point.loadings @ point.factors  # covariances of items with factors
    w_loadings, w_joint = weight @ point.loadings, weight @ joint
    within = point.loadings.T @ w_loadings
    mixed, both = joint.T @ w_loadings, joint.T @ w_joint
    crossed = w_joint[np.ix_(item, factor)]
    means = point.factor_means[factor]
    by_item = weight[np.ix_(item, item)]
    blocks = {
        (0, 0): by_item * (both[np.ix_(factor, factor)] + np.outer(means, means)) + crossed * crossed.T,
        (0, 1): once
        * (
            w_loadings[np.ix_(item, first)] * mixed[np.ix_(factor, second)]
            + w_loadings[np.ix_(item, second)] * mixed[np.ix_(factor, first)]
        ),
        (0, 2): weight[item] * w_joint[:, factor].T,
        (1, 1): np.outer(once, once)
        * (
            within[np.ix_(first, first)] * within[np.ix_(second, second)]
            + within[np.ix_(first, second)] * within[np.ix_(second, first)]
        ),
        (1, 2): once[:, np.newaxis] * (w_loadings[:, first] * w_loadings[:, second]).T,
        (2, 2): weight**2 / 2,
    }
    sizes = [len(item), len(first), len(weight)]
    if structure.intercepts is not None:
        free = structure.mean_at
        blocks |= {
            (0, 3): means[:, np.newaxis] * weight[item],
            (0, 4): means[:, np.newaxis] * w_loadings[np.ix_(item, free)],
            (3, 3): weight,
            (3, 4): w_loadings[:, free],
            (4, 4): within[np.ix_(free, free)],
        }
        sizes += [len(weight), len(free)]
    ends = np.cumsum([0, *sizes])
    whole = np.zeros((ends[-1], ends[-1]))
    for (row, column), block in blocks.items():
        whole[ends[row] : ends[row + 1], ends[column] : ends[column + 1]] = block
        whole[ends[column] : ends[column + 1], ends[row] : ends[row + 1]] = block.T
    return whole


def _once(first: Int, second: Int) -> Float:
    """A covariance stands twice in Φ, a variance once."""
    return np.where(first == second, 0.5, 1.0)


def _solve(information: Float, gradient: Float, damping: float) -> Float:
    """The scoring step; damping shortens it where the likelihood is not yet bowl-shaped."""
    diagonal = np.diag(information)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = information * np.outer(scale, scale)
    # Whatever the others determine gets a trifle, so that an unidentified model ends in its own error.
    scaled[np.diag_indices_from(scaled)] += damping + 1e-13
    try:
        root = cho_factor(scaled, lower=True)
    except LinAlgError:
        scaled[np.diag_indices_from(scaled)] += 1e-6
        root = cho_factor(scaled, lower=True)
    return np.asarray(scale * cho_solve(root, scale * gradient), dtype=np.float64)


def _inverse(information: Float) -> Float:
    diagonal = np.diag(information)
    if not (diagonal > 0).all():
        raise NotIdentified("the answers say nothing about some parameter")
    scale = 1 / np.sqrt(diagonal)
    try:
        root = cholesky(information * np.outer(scale, scale), lower=True)
    except LinAlgError:
        raise NotIdentified("some parameters can't be told apart") from None
    if np.diag(root).min() ** 2 < _IDENTIFIED:
        raise NotIdentified("some parameters can't be told apart")
    half = solve_triangular(root, np.diag(scale), lower=True)
    return np.asarray(half.T @ half, dtype=np.float64)
