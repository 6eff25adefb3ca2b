"""One scale of a report: reliability, fit, questions and levels, from the whole wave's sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from kfl import disclosure, stats
from kfl.stats.factors.confirmatory import Confirmatory, one_factor
from kfl.stats.factors.omega import omega_total
from kfl.stats.moments import moments
from kfl.stats.ordinal import collect_patterns, ordinal_confirmatory

from ..compute import Answers, Asked
from ..payload import ScaleText
from .compare import by_gender, questions_by_gender, since_last
from .numbers import fit_text, known
from .payload import Clustered, Estimate, FitText, Gap, ItemRow, Kept, ScaleReport, Visible
from .safety import FEWEST_FOR_ALPHA, FEWEST_FOR_MODELS, RootShown, may_stand_beside, whole_scale


@dataclass(frozen=True, eq=False)
class WholeWave:
    """One form's answers and the sums over them."""

    answers: Answers
    total: stats.Sums  # everybody as one group
    levels: Mapping[str, list[Clustered]]  # by kind, for each scale
    thresholds: disclosure.Thresholds
    earlier: Mapping[str, tuple[str, Kept]]  # scale digest → wave that asked it last, and its sums


def scale_report(
    wave: WholeWave, number: int, asked: Asked, text: ScaleText, shown: RootShown, visible: list[Visible]
) -> ScaleReport:
    """What may be told about the scale with this number among the sums' scales."""
    gap = whole_scale(shown, measured=asked.measured, sensitive=asked.sensitive)
    start = ScaleReport(text.key, text.title, text.digest, text.low, text.high, len(text.items), gap=gap)
    if gap:
        return start
    codes = wave.answers.codes[list(asked.spec.items)]
    given = (codes >= 0).sum(axis=0)
    touched, scored = int((given > 0).sum()), int((given >= asked.spec.enough).sum())
    products = stats.collect_products(wave.answers.codes, np.zeros(len(given), dtype=np.int64), 1, asked.spec)
    complete = int(products.people[0])
    model, fit_gap = _one_factor(products)
    kept = _kept(products) if may_stand_beside(touched, complete, wave.thresholds) else None
    since, since_gap = since_last(kept, asked, wave.earlier.get(text.digest))
    gender, gender_gap = by_gender(wave.answers, asked, shown)
    dif, dif_gap = questions_by_gender(wave.answers, asked, shown)
    beside = may_stand_beside(touched, scored, wave.thresholds)
    return replace(
        start,
        touched=touched,
        scored=scored,
        complete=complete,
        mean=known(stats.scale_means(wave.total)[0, number]),
        sd=known(stats.person_sd(wave.total)[0, number]),
        person_mean=known(stats.person_means(wave.total)[0, number]) if beside else None,
        **_reliability(products, model),
        fit=fit_text(model.fit) if model else None,
        ordinal=_ordinal(wave, asked) if model and model.fit.df else None,
        fit_gap=fit_gap,
        items=_items(wave, products, text, model),
        levels=[scales[number] for scales in wave.levels.values() if scales[number].people],
        visible=visible,
        since=since,
        since_gap=since_gap,
        gender=gender,
        gender_gap=gender_gap,
        dif=dif,
        dif_gap=dif_gap,
        kept=kept,
    )


def _one_factor(products: stats.CrossProducts) -> tuple[Confirmatory | None, Gap]:
    """One factor behind the questions, or why there is none."""
    if len(products.scale.items) < 3:
        return None, Gap.SHORT
    if products.people[0] < FEWEST_FOR_MODELS:
        return None, Gap.FEW
    try:
        return one_factor(moments(products)), Gap.NONE
    except stats.StatsError:
        return None, Gap.NO_SOLUTION


def _ordinal(wave: WholeWave, asked: Asked) -> FitText | None:
    """The same model of the normal variables behind answers in steps: chi² adjusted in mean and variance."""
    pattern = np.ones((len(asked.spec.items), 1), dtype=np.bool_)
    try:
        model = ordinal_confirmatory(collect_patterns(wave.answers.codes, asked.spec), pattern)
    except stats.StatsError:
        return None
    return fit_text(model.scaled) if model.proper else None


def _reliability(products: stats.CrossProducts, model: Confirmatory | None) -> dict[str, Any]:
    if len(products.scale.items) < 2:
        return {"alpha_gap": Gap.SHORT}
    if products.people[0] < FEWEST_FOR_ALPHA:
        return {"alpha_gap": Gap.FEW}
    found = stats.alphas(products)
    value, low, high = (known(column[0]) for column in (found.value, found.low, found.high))
    if value is None or low is None or high is None:
        return {"alpha_gap": Gap.NO_SOLUTION}
    omega = omega_total(model) if model and model.proper else None
    return {
        "alpha": Estimate(value, low, high),
        "omega": Estimate(omega.value, omega.low, min(omega.high, 1.0)) if omega else None,
    }


def _items(
    wave: WholeWave, products: stats.CrossProducts, text: ScaleText, model: Confirmatory | None
) -> list[ItemRow]:
    """Every question. How it goes with the others is told where alpha is."""
    found = stats.item_analysis(products, wave.total)
    enough = products.people[0] >= FEWEST_FOR_ALPHA
    return [
        ItemRow(
            key=item.key,
            text=item.text,
            turned=item.turned,
            n=int(found.n[0, place]),
            mean=float(found.mean[0, place]),
            sd=float(found.sd[0, place]),
            rest_r=known(found.item_rest_r[0, place]) if enough else None,
            alpha_without=known(found.alpha_if_dropped[0, place]) if enough else None,
            loading=known(model.standardised[place, 0]) if model else None,
        )
        for place, item in enumerate(text.items)
    ]


def _kept(products: stats.CrossProducts) -> Kept:
    return Kept(int(products.people[0]), products.totals[0].tolist(), products.products[0].tolist())
