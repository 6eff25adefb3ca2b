"""One group's factor model as matrices: where its parameters stand, its misfit, and how that moves with them.

In group g the items have covariance Σ = ΛΦΛ' + Θ (Θ diagonal) and mean μ = ν + Λα. A `Structure` says
which number of the parameter vector stands where, so that groups share what is to be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from kfl.stats.grouping import Int
from kfl.stats.means import Float

FIXED = -1  # marks what is not estimated: loadings and factor means then 0, factor variances 1


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
        """Parameter numbers in the order of the blocks that `information_of` builds."""
        own = [self.loadings[self.loading_at], self.factors[self.factor_at], self.residuals]
        if self.intercepts is not None and self.means is not None:
            own += [self.intercepts, self.means[self.mean_at]]
        return np.concatenate(own)

    def matrices(self, values: Float) -> tuple[Float, Float, Float]:
        """Loadings (items, factors), factor covariances and residual variances at these parameters."""
        loadings = np.where(self.loadings == FIXED, 0.0, values[self.loadings])
        factors = np.where(self.factors == FIXED, np.eye(len(self.factors)), values[self.factors])
        return loadings, factors, values[self.residuals]

    def factor_means(self, values: Float) -> Float:
        """Factor means (factors,) at these parameters; 0 where they are not part of the model."""
        if self.means is None:
            return np.zeros(len(self.factors))
        return np.where(self.means == FIXED, 0.0, values[self.means])


@dataclass(frozen=True, eq=False)
class GroupShare:
    """One group's share of the data and the model."""

    people: int
    mean: Float
    covariance: Float  # divisor people
    log_det: float
    structure: Structure


@dataclass(frozen=True, eq=False)
class Point:
    """A group's model at given parameters, with all that derivatives need."""

    loadings: Float
    factors: Float
    weight: Float  # Σ⁻¹
    apart: Float  # observed minus implied means
    factor_means: Float
    misfit: float  # F of this group


def point_at(group: GroupShare, values: Float) -> Point | None:
    """The group's model at these parameters; None where its covariances are not positive definite."""
    structure = group.structure
    loadings, factors, residuals = structure.matrices(values)
    implied = loadings @ factors @ loadings.T
    implied[np.diag_indices_from(implied)] += residuals
    try:
        root = cho_factor(implied, lower=True)
    except LinAlgError:
        return None
    weight = cho_solve(root, np.eye(len(implied)))
    means = structure.factor_means(values)
    apart = np.zeros(len(implied))
    if structure.intercepts is not None:
        apart = group.mean - values[structure.intercepts] - loadings @ means
    misfit = (
        2 * np.log(np.diag(root[0])).sum()
        - group.log_det
        + np.vdot(weight, group.covariance)
        - len(implied)
        + apart @ weight @ apart
    )
    return Point(loadings, factors, weight, apart, means, float(misfit))


def gradient_of(group: GroupShare, point: Point) -> Float:
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


def information_of(structure: Structure, point: Point) -> Float:
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
