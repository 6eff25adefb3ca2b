"""Do groups answer to the same measure? This wave and the last, girls and boys, the scale and each question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl import stats
from kfl.results.making.compute import BOYS, GIRLS
from kfl.results.making.computed import AskedScale
from kfl.results.making.same_measure import examine, products_of
from kfl.results.making.sheet_arrays import Answers, Int
from kfl.results.payload import SameMeasure, ScaleText, SealedScale
from kfl.stats.dif import collect_dif, dif
from kfl.stats.factors.invariance import Invariance
from kfl.stats.factors.invariance import InvarianceStep as Cost

from ..payload import Compared, FreedQuestion, InvarianceCost, ReportedDif, Same, WhyLeftOut
from .numbers import fit_text, known
from .safety import FEWEST_FOR_MODELS, RootShown


@dataclass(frozen=True)
class Since:
    """The last earlier wave that asked the scale: what the release says of it, and the sums that were sealed there."""

    wave: str
    same: SameMeasure
    then: SealedScale | None  # None where they cannot be opened, or there are none


@dataclass(frozen=True)
class Comparison:
    """Two groups: a word or why there is none, and the numbers behind it, where they can be told at all."""

    same: Same | None = None
    gap: str = ""
    numbers: Compared | None = None


def since_last(own: stats.CrossProducts, since: Since | None, text: ScaleText) -> Comparison:
    """This wave against an earlier one: the release's word, and numbers from the sums that were sealed with each."""
    if since is None:
        return Comparison(gap=WhyLeftOut.NEW)
    numbers = None
    if since.then is not None and since.then.full:
        found = examine([products_of(since.then.kept, own.scale), own]).found
        numbers = _numbers(found, [since.then.kept.people, int(own.people[0])], text, since.wave)
    return Comparison(_word(since.same, text, since.wave), since.same.gap, numbers)


def by_gender(complete: Answers, asked: AskedScale, text: ScaleText, shown: RootShown) -> Comparison:
    """Girls against boys, where the release tells them apart for the whole wave."""
    if not shown.split:
        return Comparison(gap=WhyLeftOut.UNKNOWN)
    both = stats.collect_products(complete.codes, _side(complete), 2, asked.spec)
    sides = [both.regroup(np.array([0, -1]), 1), both.regroup(np.array([-1, 0]), 1)]
    made = examine(sides)
    numbers = _numbers(made.found, [int(side.people[0]) for side in sides], text, "")
    return Comparison(_word(made.same, text, ""), made.same.gap, numbers)


def questions_by_gender(complete: Answers, asked: AskedScale, shown: RootShown) -> tuple[list[ReportedDif], WhyLeftOut]:
    """Each question compared between girls and boys who score alike on the scale, or why not."""
    if not shown.split:
        return [], WhyLeftOut.UNKNOWN
    if len(asked.spec.items) < 3:
        return [], WhyLeftOut.SHORT
    tables = stats.attempt(lambda: collect_dif(complete.codes, _side(complete), asked.spec))
    if tables is None:
        return [], WhyLeftOut.NO_SOLUTION
    if tables.people.min() < FEWEST_FOR_MODELS:
        return [], WhyLeftOut.FEW
    found = stats.attempt(lambda: dif(tables))
    if found is None:
        return [], WhyLeftOut.NO_SOLUTION
    rows = zip(found.smd.tolist(), found.smd_sd.tolist(), found.p_holm.tolist(), found.size, strict=True)
    told = []
    for difference, in_sd, p, size in rows:
        steps, sds, chance = known(difference), known(in_sd), known(p)
        if steps is None or sds is None or chance is None:
            return [], WhyLeftOut.NO_SOLUTION
        told.append(ReportedDif(steps, sds, chance, size.value))
    return told, WhyLeftOut.NONE


def _side(answers: Answers) -> Int:
    """0 girls, 1 boys, -1 blank."""
    return np.select([answers.split == GIRLS, answers.split == BOYS], [0, 1], default=-1)


def _word(same: SameMeasure, text: ScaleText, wave: str) -> Same | None:
    if same.gap:
        return None
    return Same(same.level, wave, text.items[same.item].text if same.item >= 0 else None)


def _numbers(found: Invariance | None, people: list[int], text: ScaleText, wave: str) -> Compared | None:
    if found is None:
        return None
    configural, metric, scalar = (fit_text(fit) for fit in (found.configural, found.metric, found.scalar))
    to_metric, to_scalar = _step(found.to_metric), _step(found.to_scalar)
    if not (configural and metric and scalar and to_metric and to_scalar):
        return None
    return Compared(
        people, configural, metric, scalar, to_metric, to_scalar, found.level, wave, _freed(found, text)
    )  # fmt: skip


def _freed(found: Invariance, text: ScaleText) -> FreedQuestion | None:
    for one in found.freed:
        chi2 = known(one.chi2)
        if one.item == found.failing and chi2 is not None:
            return FreedQuestion(text.items[one.item].key, chi2, one.df, known(one.p))
    return None


def _step(cost: Cost) -> InvarianceCost | None:
    chi2, cfi, rmsea, srmr = (known(value) for value in (cost.chi2, cost.cfi, cost.rmsea, cost.srmr))
    if chi2 is None or cfi is None or rmsea is None or srmr is None:
        return None
    return InvarianceCost(chi2, cost.df, known(cost.p), cfi, rmsea, srmr, cost.holds)
