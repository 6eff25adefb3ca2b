"""What is said of a page's differences, in three steps, with one family of tests a page (RULES C.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import stats

from ..payload import Certainty
from .change_over_time import Changes
from .comparing import AgainstRest
from .computed import Float
from .sheet_arrays import Bool

STEPS = (Certainty.NONE, Certainty.LIKELY, Certainty.CERTAIN)
Codes = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class JudgedDifference:
    """Of one kind of difference; arrays of shape (nodes, scales)."""

    step: Codes  # place in `STEPS`
    best: Float  # the difference drawn towards none, in points; NaN where it is not known how such units differ


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Of everything that a page tests."""

    above: JudgedDifference
    top: JudgedDifference
    change: JudgedDifference | None


def judge(above: AgainstRest, top: AgainstRest, change: Changes | None, comparable: Bool | None = None) -> Verdicts:
    """Judge the differences of every page: certain by Holm over them all, else likely by the posterior.

    `comparable`, of shape (nodes, scales), is false where a change is not one of the same measure: then it is not
    tested, and nothing is said of it.
    """
    tests = [above.p, top.p]
    told = np.ones(above.p.shape, dtype=bool) if comparable is None else comparable
    if change is not None:
        tests.append(np.where(told, change.p, np.nan))
    sure = stats.certain(*tests)
    verdicts = [
        _judged(sure[0], above.apart, stats.posterior(above.apart, above.se, above.prior), above.prior > 0),
        _judged(sure[1], top.apart, stats.posterior(top.apart, top.se, top.prior), top.prior > 0),
    ]
    if change is None:
        return Verdicts(verdicts[0], verdicts[1], None)
    best = stats.posterior(change.points, change.se, change.prior)
    found = _judged(sure[2], change.points, best, change.prior > 0)
    return Verdicts(verdicts[0], verdicts[1], JudgedDifference(np.where(told, found.step, np.int8(0)), found.best))


def _judged(sure: Bool, apart: Float, found: stats.Posterior, known: NDArray[Any]) -> JudgedDifference:
    likely = np.nan_to_num(found.sign) >= stats.LIKELY
    step = np.where(apart == 0, 0, np.where(sure, 2, np.where(likely & known, 1, 0))).astype(np.int8)
    return JudgedDifference(step, np.where(known, found.best, np.nan))
