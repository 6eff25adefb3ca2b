"""How well a scale's questions hold together over the whole wave: alpha and omega, made with the release.

Pooled over everybody, so it tells nothing about a group (RULES A.3) and may stand on every page.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import stats
from kfl.stats.factors import omega_total, one_factor
from kfl.stats.moments import moments

from .payload import Reliability

FEWEST = 30  # complete sheets; with fewer the interval is too wide to judge by
DECIMALS = 3


def of_wave(codes: NDArray[np.integer[Any]], scale: stats.ScaleSpec) -> Reliability | None:
    """One scale's alpha and omega; None with one question, few complete sheets, or equal totals.

    `codes` has shape (items, people), -1 = not answered.
    """
    if len(scale.items) < 2:
        return None
    everybody = np.zeros(codes.shape[1], dtype=np.int64)
    products = stats.collect_products(codes, everybody, 1, scale)
    people = int(products.people[0])
    alpha = stats.alphas(products)
    if people < FEWEST or not np.isfinite(alpha.value[0]):
        return None
    value, low, high = (round(float(column[0]), DECIMALS) for column in (alpha.value, alpha.low, alpha.high))
    return Reliability(people, value, low, high, *_omega(products))


def _omega(products: stats.CrossProducts) -> tuple[float, float, float] | tuple[()]:
    """Omega total with its interval; nothing where one factor has no proper solution."""
    try:
        model = one_factor(moments(products))
    except stats.StatsError:
        return ()
    omega = omega_total(model)
    found = (omega.value, max(omega.low, 0.0), min(omega.high, 1.0))
    if (model.residual_variances < 0).any() or not np.isfinite(found).all():
        return ()
    value, low, high = (round(part, DECIMALS) for part in found)
    return value, low, high
