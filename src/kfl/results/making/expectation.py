"""How a unit's next result follows from its last without anything being done: what goals are judged against.

Over units of one kind that both waves show, from the shown numbers alone (RULES C.10).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from ..payload import Expected
from .change_over_time import FEWEST_UNITS, LastShown
from .computed import Float, Results
from .sheet_arrays import Bool
from .variance_levels import INNER, SCHOOL, level_of

DECIMALS = 4
KINDS = ("grade", "school", "kindergarten", "municipality", "region")


def expected(results: Results, then: LastShown, with_goal: Bool | None = None) -> dict[str, list[Expected | None]]:
    """The parameters of each kind of unit and scale; None where fewer than 20 units are shown in both waves.

    `with_goal`, of shape (nodes, scales), marks units that had set themselves a goal on a scale: they do not tell how
    units change that did not. Goals belong to a room above this one, which gives them when it makes a release.
    """
    free = np.ones(results.n.shape, dtype=bool) if with_goal is None else ~with_goal
    before, now = _errors(results, then)
    found = {}
    for kind in KINDS:
        of = results.kind == kind
        if of.any():
            found[kind] = list(_by_scale(results, then, (before, now), free & of[:, np.newaxis]))
    return found


def _errors(results: Results, then: LastShown) -> tuple[Float, Float]:
    """Squared standard errors then and now of what changes by chance from one wave to the next.

    A municipality or region has the same schools in both waves, so what sets these apart is no chance there.
    """
    level = level_of(results.kind)
    of_schools = np.zeros((INNER, 1, 1))
    of_schools[SCHOOL] = 1
    kept = 1 - of_schools * ((level < 0) | (level > SCHOOL))[:, np.newaxis]
    shown = results.shown
    before = shown.spread.variance(np.nan_to_num(then.n), then.points, then.d * kept)
    return before, shown.spread.variance(results.n, shown.points, shown.d * kept)


def _by_scale(results: Results, then: LastShown, errors: tuple[Float, Float], of: Bool) -> Iterator[Expected | None]:
    before, now = errors
    for scale, column in enumerate(of.T):
        waves = then.wave[column, scale]
        latest = waves.max(initial=-1)
        units = np.flatnonzero(column & (then.wave[:, scale] == latest)) if latest >= 0 else np.empty(0, np.int64)
        yield _fitted(
            int(latest),
            then.points[units, scale],
            results.shown.points[units, scale],
            before[units, scale],
            now[units, scale],
        )


def _fitted(
    wave: int, first: Float, second: Float, error: NDArray[np.float64], error_now: NDArray[np.float64]
) -> Expected | None:
    units = len(first)
    if units < FEWEST_UNITS:
        return None
    seen = float(np.var(first, ddof=1))
    true = max(seen - float(error.mean()), 0.0)
    shared = float(np.cov(first, second)[0, 1])
    if seen == 0:
        return None
    slope = np.clip(shared / (true + error), 0.0, 1.0)
    left = second - (second.mean() + slope * (first - first.mean()))
    beside = max(float((left**2).sum()) / (units - 2) - float(error_now.mean()), 0.0)
    numbers = (first.mean(), second.mean(), true, shared, beside)
    mu1, mu2, tau2, cov, omega2 = (round(float(one), DECIMALS) for one in numbers)
    t = round(float(stdtrit(units - 2, 0.975)), DECIMALS + 1)
    return Expected(wave, units, mu1, mu2, tau2, cov, omega2, round(seen, DECIMALS), t)
