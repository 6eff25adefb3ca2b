"""How well a scale's questions hold together over the whole wave: alpha and omega, made with the release.

Over complete sheets, which are another set than everybody who answered a question. So it is told in a word, and in
numbers only where the two may stand beside each other (RULES B.8). The word is `judge_reliability`'s, and the
technical report has both from here.
"""

from __future__ import annotations

import numpy as np

from kfl import stats
from kfl.analysis.judgements import Judgement, judge_reliability
from kfl.stats.factors import omega_total, one_factor
from kfl.stats.moments import moments

from ..payload import Reliability

FEWEST = 30  # complete sheets; with fewer the interval is too wide to judge by
DECIMALS = 6  # stored, so that the last bits of a library's arithmetic move no digest; printed are two, rounded once


def of_wave(products: stats.CrossProducts, *, full: bool, everybody: stats.Sums) -> Reliability | None:
    """One scale's alpha and omega; None with one question, few complete sheets, equal totals, or no word that holds.

    `products` are of complete sheets, in one group; `full` says whether they may stand in numbers; `everybody` holds
    the scale's sums over all answers.
    """
    scale = products.scale
    if len(scale.items) < 2:
        return None
    people = int(products.people[0])
    alpha = stats.attempt(lambda: stats.alphas(products)) if people >= FEWEST else None
    if alpha is None or not np.isfinite(alpha.value[0]):
        return None
    if not full:
        told = whoever_is_left_out(everybody, scale, people)
        return None if told is None else Reliability(told.value)
    value, low, high = (round(float(column[0]), DECIMALS) for column in (alpha.value, alpha.low, alpha.high))
    omega = _omega(products)
    word = judge_reliability(value, omega[0] if omega else None)
    return Reliability(word.value, people, value, low, high, *omega)


def whoever_is_left_out(everybody: stats.Sums, scale: stats.ScaleSpec, people: int) -> Judgement | None:
    """The word on alpha that is the same whatever those answered who left something out; None where there is none.

    Any other word, beside the shares of each question and the standard deviation, rules out some of their answers. It
    follows from what is told of everybody, and from nothing else. Omega has no such limits, so it has no say here.
    """
    limits = stats.alpha_range(everybody, everybody.scales.index(scale), people)
    low, high = (judge_reliability(limit, None) if np.isfinite(limit) else None for limit in limits)
    return low if low is high else None


def _omega(products: stats.CrossProducts) -> tuple[float, float, float] | tuple[()]:
    """Omega total with its interval; nothing where one factor has no proper solution."""
    model = stats.attempt(lambda: one_factor(moments(products)))
    omega = stats.attempt(lambda: omega_total(model)) if model is not None else None
    if model is None or omega is None:
        return ()
    found = (omega.value, max(omega.low, 0.0), min(omega.high, 1.0))
    if (model.residual_variances < 0).any() or not np.isfinite(found).all():
        return ()
    value, low, high = (round(part, DECIMALS) for part in found)
    return value, low, high
