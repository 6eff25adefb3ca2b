"""Whether a scale is the same measure as in an earlier wave, or for girls as for boys (RULES C.7, C.8).

Judged from exact sums of complete sheets, with the release, and told there in a word: the sums are sealed, and no
number of them is shown. Plain values in and out. The technical report has its word from the release, and its numbers by
the same function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kfl import stats
from kfl.analysis.judgements import Indexes, Judgement, judge_indexes
from kfl.stats.factors.fit import Fit
from kfl.stats.factors.invariance import Invariance, invariance
from kfl.stats.moments import moments

from ..payload import Kept, NotExamined, SameMeasure, SealedScale
from .computed import AskedScale
from .sheet_arrays import Bool

FEWEST = 100  # complete sheets in each wave, or on each side
FEWEST_ITEMS = 3


@dataclass(frozen=True)
class Examined:
    """Two groups of sheets compared: the word, and the numbers behind it where there are any."""

    same: SameMeasure
    found: Invariance | None


@dataclass(frozen=True)
class EarlierWave:
    """What an earlier wave asked, and the sums that were sealed with its release."""

    asked: frozenset[str]  # scale digests
    sums: Mapping[str, SealedScale] | None  # by scale digest; None: cannot be opened


def kept_of(products: stats.CrossProducts) -> Kept:
    """Exact sums of complete sheets, over everybody."""
    return Kept(
        int(products.people.sum()), products.totals.sum(axis=0).tolist(), products.products.sum(axis=0).tolist()
    )


def products_of(kept: Kept, scale: stats.ScaleSpec) -> stats.CrossProducts:
    """The same as the library has them."""
    people, totals, products = np.array([kept.people]), np.array([kept.totals]), np.array([kept.products])
    return stats.CrossProducts(scale, people, totals, products)


def judge(
    scales: Sequence[AskedScale], own: Mapping[str, SealedScale], earlier: Sequence[EarlierWave]
) -> list[list[SameMeasure | None]]:
    """For each scale and each earlier wave: the same measure, or not, or not examined.

    `own` are this wave's sums by scale digest. None where a wave did not ask the scale, and for what is not measured or
    is sensitive.
    """
    return [[_judged(scale, own, then) for then in earlier] for scale in scales]


def comparable(same: Sequence[Sequence[SameMeasure | None]]) -> Bool:
    """Whether change may be called certain, of shape (scales, earlier waves): not where it is another measure."""
    return np.array([[one is None or one.is_comparable for one in row] for row in same], dtype=np.bool_)


def examine(sides: Sequence[stats.CrossProducts]) -> Examined:
    """Compare groups of complete sheets on one scale; each has its sheets in one group."""
    items = len(sides[0].scale.items)
    if items < FEWEST_ITEMS:
        return _not(NotExamined.SHORT)
    if min(int(side.people[0]) for side in sides) < FEWEST:
        return _not(NotExamined.FEW)
    pattern = np.ones((items, 1), dtype=np.bool_)
    found = stats.attempt(lambda: invariance([moments(side) for side in sides], pattern))
    if found is None or not found.proper or not _is_finite(found):
        return _not(NotExamined.NO_SOLUTION)
    if not _fits(found.configural):
        return Examined(SameMeasure(gap=NotExamined.NO_FIT), found)
    return Examined(SameMeasure(found.level, -1 if found.failing is None else found.failing), found)


def _judged(scale: AskedScale, own: Mapping[str, SealedScale], then: EarlierWave) -> SameMeasure | None:
    if scale.digest not in then.asked or scale.sensitive or not scale.measured:
        return None
    if then.sums is None:
        return SameMeasure(gap=NotExamined.NO_KEY)
    now, before = own.get(scale.digest), then.sums.get(scale.digest)
    if now is None or before is None:
        return SameMeasure(gap=NotExamined.HIDDEN)
    return examine([products_of(before.kept, scale.spec), products_of(now.kept, scale.spec)]).same


def _not(why: NotExamined) -> Examined:
    return Examined(SameMeasure(gap=why), None)


def _is_finite(found: Invariance) -> bool:
    steps = (found.to_metric, found.to_scalar)
    return bool(np.isfinite([(step.chi2, step.cfi, step.rmsea, step.srmr) for step in steps]).all())


def _fits(fit: Fit) -> bool:
    """Whether one factor fits the groups at all; nothing is claimed where it does not. With df 0 it always does.

    RMSEA has no say: two questions that are alike in both groups make it large, and what equal loadings and intercepts
    add is judged all the same. Most scales would else never be examined, and their changes be told as they are.
    """
    indexes = Indexes(fit.people, fit.df, fit.cfi, fit.tli, None, None, fit.srmr)
    return fit.df == 0 or judge_indexes(indexes) is not Judgement.WEAK
