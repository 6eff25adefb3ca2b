"""Omega: how much of a sum score's variance comes from what the items share, by a factor model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl.stats.errors import BadAnswers
from kfl.stats.factors.confirmatory import Confirmatory, one_factor
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
    if isinstance(solution, Moments):
        solution = one_factor(solution)
    if solution.loadings.shape[1] != 1:
        raise BadAnswers("omega total rests on a model of one factor")
    items = len(solution.loadings)
    total, rest = float(solution.loadings.sum()), float(solution.residual_variances.sum())
    whole = total**2 + rest
    slope = np.repeat([2 * total * rest / whole**2, -(total**2) / whole**2], items)
    return _with_interval(total**2 / whole, slope, solution)


def _with_interval(value: float, slope: Float, solution: Confirmatory) -> Omega:
    half = _Z * float(np.sqrt(slope @ solution.estimates_covariance @ slope))
    return Omega(value, value - half, value + half, solution.fit.people)
