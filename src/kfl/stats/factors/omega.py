"""Omega: how much of a sum score's variance comes from what the items share, by a factor model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl.stats.arguments import loading_pattern, of_kind
from kfl.stats.errors import BadAnswers
from kfl.stats.factors.confirmatory import Bool, Confirmatory, confirmatory, one_factor
from kfl.stats.means import Float
from kfl.stats.moments import Moments

_Z = 1.959963984540054  # 97.5 % of the normal distribution


@dataclass(frozen=True)
class Omega:
    """A reliability that rests on a factor model; all fields describe the same complete sheets."""

    value: float  # unitless, 0 to 1 where the model is proper
    low: float  # lower end of the 95 % interval
    high: float  # may pass 1 where people are few
    people: int  # complete answer sheets the numbers rest on


def omega_total(solution: Confirmatory | Moments) -> Omega:
    """Omega total of a scale: the share of the sum score's variance that its one factor explains.

    Parameters
    ----------
    solution : Confirmatory or Moments
        A fitted one-factor model, or what to fit it to.

    Returns
    -------
    Omega
        (Σλ)² / ((Σλ)² + Σθ), with an interval by the delta method.

    Raises
    ------
    TooLittleData, NotIdentified, NoConvergence
        As `one_factor`, when moments are given.
    BadAnswers
        A model of more than one factor; see `omega_hierarchical`.

    References
    ----------
    McDonald (1999) Test Theory, chapter 6. Interval: Raykov (2002) Multivariate Behavioral Research
    37:89-103. Same values as R's lavaan: tests/stats/factors/reference/omega.R

    Examples
    --------
    >>> three = Moments(200, np.zeros(3), np.array([[1, 0.48, 0.4], [0.48, 1, 0.3], [0.4, 0.3, 1]]))
    >>> round(omega_total(three).value, 3)
    0.674
    """
    of_kind(solution, (Confirmatory, Moments), "one_factor, or moments")
    if isinstance(solution, Moments):
        solution = one_factor(solution)
    if solution.loadings.shape[1] != 1:
        raise BadAnswers("omega total rests on a model of one factor")
    items = len(solution.loadings)
    total, rest = float(solution.loadings.sum()), float(solution.residual_variances.sum())
    whole = total**2 + rest
    slope = np.repeat([2 * total * rest / whole**2, -(total**2) / whole**2], items)
    return _with_interval(total**2 / whole, slope, solution)


@dataclass(frozen=True)
class BifactorOmegas:
    """Reliabilities of a sum score whose items fall into groups, from one bifactor model."""

    hierarchical: Omega  # what the general factor alone explains
    total: Omega  # what the general factor and the groups' own factors explain
    proper: bool  # False: a negative residual variance; the numbers are then no shares


def omega_hierarchical(moments: Moments, groups: Bool) -> BifactorOmegas:
    """Omega hierarchical and total of a sum score over items that fall into known groups.

    Parameters
    ----------
    moments : Moments
        Of all items together; turned items turned, so that the sum score makes sense.
    groups : bool array, shape (items, groups)
        Which items belong together beyond what all share, such as the scales of a form; 3 items or more each.

    Returns
    -------
    BifactorOmegas
        From a bifactor model: a general factor behind all items and one factor for each group, all
        uncorrelated. Hierarchical is (Σλ_general)² / V, total is ((Σλ_general)² + Σ_k(Σλ_k)²) / V, with V
        the sum score's variance under the model; intervals by the delta method.

    Raises
    ------
    TooLittleData, NotIdentified, NoConvergence, BadAnswers
        As `confirmatory`.

    References
    ----------
    Zinbarg, Revelle, Yovel & Li (2005) Psychometrika 70:123-133. Same values as R's lavaan:
    tests/stats/factors/reference/omega.R
    """
    of_kind(moments, Moments, "moments")
    groups = loading_pattern(groups, moments.items)
    pattern = np.hstack([np.ones((moments.items, 1), dtype=bool), groups])
    solution = confirmatory(moments, pattern, correlated=False)
    sums, rest = solution.loadings.sum(axis=0), float(solution.residual_variances.sum())
    explained = sums**2
    whole = float(explained.sum()) + rest
    _, factor = np.nonzero(pattern)

    def share(counts: Float) -> Omega:
        value = float(counts @ explained) / whole
        by_loading = 2 * sums[factor] * (counts[factor] - value) / whole
        return _with_interval(value, np.append(by_loading, np.full(moments.items, -value / whole)), solution)

    first = np.eye(1, pattern.shape[1])[0]
    return BifactorOmegas(share(first), share(np.ones(pattern.shape[1])), solution.proper)


def _with_interval(value: float, slope: Float, solution: Confirmatory) -> Omega:
    half = _Z * float(np.sqrt(slope @ solution.estimates_covariance @ slope))
    return Omega(value, value - half, value + half, solution.fit.people)
