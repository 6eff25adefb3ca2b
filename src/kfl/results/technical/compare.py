"""Do groups answer to the same measure? This wave and the last, girls and boys, the scale and each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kfl import stats
from kfl.stats.dif import collect_dif, dif
from kfl.stats.factors.invariance import Step as Cost
from kfl.stats.factors.invariance import invariance
from kfl.stats.moments import Moments, moments

from ..compute import BOYS, GIRLS, Answers, Asked, Int
from .numbers import fit_text, known
from .payload import Compared, Dif, FormReport, Gap, Kept, Report, ScaleReport, Step
from .safety import FEWEST_FOR_MODELS, RootShown


def earlier_sums(informant: str, reports: Iterable[Report]) -> dict[str, tuple[str, Kept]]:
    """For each scale digest the last earlier wave that asked it, by name, and its sums. Reports newest first."""
    found: dict[str, tuple[str, Kept]] = {}
    for report in reports:
        for scale in _scales(report.forms, informant):
            if scale.kept and scale.digest not in found:
                found[scale.digest] = (report.wave, scale.kept)
    return found


def _scales(forms: Sequence[FormReport], informant: str) -> Iterable[ScaleReport]:
    return (scale for form in forms if form.informant == informant for scale in form.scales)


def since_last(own: Kept | None, asked: Asked, earlier: tuple[str, Kept] | None) -> tuple[Compared | None, Gap]:
    """This wave against an earlier one, from what both reports keep: earlier answers are not read again."""
    if earlier is None:
        return None, Gap.NEW
    if own is None:
        return None, Gap.HIDDEN
    wave, then = earlier
    return _compared([_products(then, asked.spec), _products(own, asked.spec)], wave)


def by_gender(answers: Answers, asked: Asked, shown: RootShown) -> tuple[Compared | None, Gap]:
    """Girls against boys, where the release tells them apart for the whole wave."""
    if not shown.split:
        return None, Gap.UNKNOWN
    both = stats.collect_products(answers.codes, _side(answers), 2, asked.spec)
    return _compared([both.regroup(np.array([0, -1]), 1), both.regroup(np.array([-1, 0]), 1)], "")


def questions_by_gender(answers: Answers, asked: Asked, shown: RootShown) -> tuple[list[Dif], Gap]:
    """Each question compared between girls and boys who score alike on the scale, or why not."""
    if not shown.split:
        return [], Gap.UNKNOWN
    if len(asked.spec.items) < 3:
        return [], Gap.SHORT
    tables = collect_dif(answers.codes, _side(answers), asked.spec)
    if tables.people.min() < FEWEST_FOR_MODELS:
        return [], Gap.FEW
    found = dif(tables)
    columns = (found.smd, found.smd_sd, found.p_holm)
    if not all(np.isfinite(column).all() for column in columns):
        return [], Gap.NO_SOLUTION
    rows = zip(*(column.tolist() for column in columns), found.size, strict=True)
    return [Dif(difference, in_sd, p, size.value) for difference, in_sd, p, size in rows], Gap.NONE


def _side(answers: Answers) -> Int:
    """0 girls, 1 boys, -1 blank."""
    return np.select([answers.split == GIRLS, answers.split == BOYS], [0, 1], default=-1)


def _products(kept: Kept, scale: stats.ScaleSpec) -> stats.CrossProducts:
    people, totals, products = np.array([kept.people]), np.array([kept.totals]), np.array([kept.products])
    return stats.CrossProducts(scale, people, totals, products)


def _compared(groups: Sequence[stats.CrossProducts], wave: str) -> tuple[Compared | None, Gap]:
    items = len(groups[0].scale.items)
    if items < 3:
        return None, Gap.SHORT
    if min(int(group.people[0]) for group in groups) < FEWEST_FOR_MODELS:
        return None, Gap.FEW
    sides: list[Moments] = [moments(group) for group in groups]
    try:
        found = invariance(sides, np.ones((items, 1), dtype=bool))
    except stats.StatsError:
        return None, Gap.NO_SOLUTION
    if not found.proper:
        return None, Gap.NO_SOLUTION
    made = Compared(
        people=[side.people for side in sides],
        configural=fit_text(found.configural),
        metric=fit_text(found.metric),
        scalar=fit_text(found.scalar),
        to_metric=_step(found.to_metric),
        to_scalar=_step(found.to_scalar),
        level=found.level,
        wave=wave,
    )
    return made, Gap.NONE


def _step(cost: Cost) -> Step:
    return Step(cost.chi2, cost.df, known(cost.p), cost.cfi, cost.rmsea, cost.srmr, cost.holds)
