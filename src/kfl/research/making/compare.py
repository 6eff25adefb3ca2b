"""Do groups answer to the same measure? This wave and the last, girls and boys, the scale and each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kfl import stats
from kfl.results.making.compute import BOYS, GIRLS
from kfl.results.making.computed import AskedScale
from kfl.results.making.sheet_arrays import Answers, Int
from kfl.stats.dif import collect_dif, dif
from kfl.stats.factors.invariance import Invariance, invariance
from kfl.stats.factors.invariance import InvarianceStep as Cost
from kfl.stats.moments import Moments, moments

from ..payload import Compared, InvarianceCost, Kept, ReportedDif, Sealed, SealedScale, WhyLeftOut
from .numbers import fit_text, known
from .safety import FEWEST_FOR_MODELS, RootShown


def earlier_sums(informant: str, waves: Iterable[Sealed | None]) -> tuple[dict[str, tuple[str, SealedScale]], bool]:
    """For each scale digest the last earlier wave that asked it, by name, and its sums. Waves newest first.

    And whether those of a wave could not be opened: what was not asked since may have been asked there, and is not
    compared with anything older in its stead.
    """
    found: dict[str, tuple[str, SealedScale]] = {}
    for one in waves:
        if one is None:
            return found, True
        for digest, scale in one.sums.get(informant, {}).items():
            found.setdefault(digest, (one.wave, scale))
    return found, False


def since_last(
    own: stats.CrossProducts, earlier: tuple[str, SealedScale] | None, *, opened: bool
) -> tuple[Compared | None, WhyLeftOut]:
    """This wave against an earlier one, from the sums that were sealed with its report: answers are not read again."""
    if earlier is None:
        return None, WhyLeftOut.NEW if opened else WhyLeftOut.NO_KEY
    wave, then = earlier
    return _compared([_products(then.kept, own.scale), own], wave)


def by_gender(complete: Answers, asked: AskedScale, shown: RootShown) -> tuple[Compared | None, WhyLeftOut]:
    """Girls against boys, where the release tells them apart for the whole wave."""
    if not shown.split:
        return None, WhyLeftOut.UNKNOWN
    both = stats.collect_products(complete.codes, _side(complete), 2, asked.spec)
    return _compared([both.regroup(np.array([0, -1]), 1), both.regroup(np.array([-1, 0]), 1)], "")


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


def _products(kept: Kept, scale: stats.ScaleSpec) -> stats.CrossProducts:
    people, totals, products = np.array([kept.people]), np.array([kept.totals]), np.array([kept.products])
    return stats.CrossProducts(scale, people, totals, products)


def _compared(groups: Sequence[stats.CrossProducts], wave: str) -> tuple[Compared | None, WhyLeftOut]:
    items = len(groups[0].scale.items)
    if items < 3:
        return None, WhyLeftOut.SHORT
    if min(int(group.people[0]) for group in groups) < FEWEST_FOR_MODELS:
        return None, WhyLeftOut.FEW
    made = stats.attempt(lambda: _made([moments(group) for group in groups], items, wave))
    return made, WhyLeftOut.NONE if made else WhyLeftOut.NO_SOLUTION


def _made(sides: list[Moments], items: int, wave: str) -> Compared | None:
    found: Invariance = invariance(sides, np.ones((items, 1), dtype=bool))
    fits = [fit_text(fit) for fit in (found.configural, found.metric, found.scalar)]
    costs = [_step(found.to_metric), _step(found.to_scalar)]
    configural, metric, scalar = fits
    to_metric, to_scalar = costs
    if not (found.proper and configural and metric and scalar and to_metric and to_scalar):
        return None
    people = [side.people for side in sides]
    return Compared(people, configural, metric, scalar, to_metric, to_scalar, found.level, wave)


def _step(cost: Cost) -> InvarianceCost | None:
    chi2, cfi, rmsea, srmr = (known(value) for value in (cost.chi2, cost.cfi, cost.rmsea, cost.srmr))
    if chi2 is None or cfi is None or rmsea is None or srmr is None:
        return None
    return InvarianceCost(chi2, cost.df, known(cost.p), cfi, rmsea, srmr, cost.holds)
