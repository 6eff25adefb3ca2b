"""One scale of a report: verdicts, and numbers where its complete sheets may stand beside all that were answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace
from scipy.stats import chi2

from kfl import disclosure, stats
from kfl.analysis.judgements import Judgement
from kfl.results.making.computed import AskedScale
from kfl.results.making.same_measure import kept_of
from kfl.results.making.sheet_arrays import Answers, Int
from kfl.results.payload import Reliability, ScaleText
from kfl.stats.factors.confirmatory import Confirmatory, one_factor
from kfl.stats.factors.design_effects import design_effects
from kfl.stats.moments import moments
from kfl.stats.ordinal import collect_patterns, ordinal_confirmatory

from ..payload import (
    Clustering,
    FitText,
    Full,
    ItemRow,
    MeansApart,
    ScaleReport,
    Visible,
    WhyLeftOut,
)
from ..reading import judging
from .compare import Since, by_gender, questions_by_gender, since_last
from .numbers import fit_text, known, rounded, short
from .safety import FEWEST_FOR_ALPHA, FEWEST_FOR_MODELS, FEWEST_GROUPS, RootShown, whole_scale


@dataclass(frozen=True, eq=False)
class Measured:
    """One scale's answers: all, and the complete sheets that every coefficient rests on."""

    asked: AskedScale
    text: ScaleText
    shown: RootShown
    everybody: Answers
    complete: Answers
    one_set: disclosure.OneSet | None  # None where nothing may be told of the scale
    clusters: Int  # (nodes,) the school at or above each whose complete sheets may stand by themselves, -1 = none
    visible: list[Visible]
    thresholds: disclosure.Thresholds
    since: Since | None  # the wave that asked it last; None = none has
    reliability: Reliability | None  # as the release has it

    @property
    def is_full(self) -> bool:
        """Whether numbers of the complete sheets may stand."""
        return self.one_set is not None and self.one_set.is_full(self.thresholds.k)

    @property
    def compares(self) -> bool:
        """Whether those of girls and of boys may stand, too."""
        return self.shown.split and self.one_set is not None and self.one_set.may_compare(self.thresholds.k)


def scale_report(scale: Measured) -> ScaleReport:
    """What may be told about a scale."""
    asked, text = scale.asked, scale.text
    gap = whole_scale(scale.shown, measured=asked.measured, sensitive=asked.sensitive)
    start = ScaleReport(text.key, text.title, text.digest, text.low, text.high, len(text.items), gap=gap)
    if gap:
        return start
    products = _products(scale)
    model, fit_gap = _one_factor(products)
    fit = fit_text(model.fit) if model else None
    reliability = _reliability(scale, products)
    since = since_last(products, scale.since, text)
    gender = by_gender(scale.complete, asked, text, scale.shown)
    dif, dif_gap = questions_by_gender(scale.complete, asked, scale.shown)
    everybody = _everybody(scale)
    report = replace(
        start,
        reliability=scale.reliability.word if scale.reliability else Judgement.UNKNOWN,
        alpha_gap=reliability.pop("alpha_gap", ""),
        fit=judging.of_fit(fit).value,
        fit_gap=fit_gap,
        means_apart=_means_apart(everybody) if scale.is_full else "",
        visible=scale.visible,
        since=since.same,
        since_gap=since.gap,
        gender=gender.same,
        gender_gap=_which(gender.gap, scale),
        dif=[one.size for one in dif],
        dif_gap=_which(dif_gap, scale),
    )
    if not scale.is_full:
        return report
    if not scale.compares:
        dif = []
    numbers = stats.attempt(
        lambda: Full(
            complete=int(products.people[0]),
            **_means(products),
            kept=kept_of(products),
            **reliability,
            fit=fit,
            ordinal=_ordinal(scale) if fit and fit.df else None,
            items=list(_items(scale, products, model)),
            since=since.numbers,
            gender=gender.numbers if scale.compares else None,
            dif=dif,
            clustering=_clustering(scale, model, fit),
        )
    )
    return replace(report, full=numbers)


def _products(scale: Measured) -> stats.CrossProducts:
    everybody = np.zeros(len(scale.complete.group), dtype=np.int64)
    return stats.collect_products(scale.complete.codes, everybody, 1, scale.asked.spec)


def sheets(scale: Measured, report: ScaleReport, informant: str) -> Iterator[disclosure.Sheets]:
    """The sets behind the numbers of a scale."""
    if report.full is not None and scale.one_set is not None:
        keys = [item.key for item in scale.text.items]
        about = f"{informant}/{report.key}"
        compared = bool(report.full.gender or report.full.dif)
        yield from scale.one_set.sheets(about, keys, scale.thresholds.k, compared=compared)


def _which(gap: str, scale: Measured) -> str:
    """Not told apart, where gender is known: the pages tell that it is."""
    return WhyLeftOut.NOT_APART if gap == WhyLeftOut.UNKNOWN and scale.everybody.split.any() else gap


def _one_factor(products: stats.CrossProducts) -> tuple[Confirmatory | None, WhyLeftOut]:
    """One factor behind the questions, or why there is none."""
    if len(products.scale.items) < 3:
        return None, WhyLeftOut.SHORT
    if products.people[0] < FEWEST_FOR_MODELS:
        return None, WhyLeftOut.FEW
    model = stats.attempt(lambda: one_factor(moments(products)))
    return model, WhyLeftOut.NONE if model else WhyLeftOut.NO_SOLUTION


def _ordinal(scale: Measured) -> FitText | None:
    """The same model of the normal variables behind answers in steps: chi² adjusted in mean and variance."""
    spec = scale.asked.spec
    pattern = np.ones((len(spec.items), 1), dtype=np.bool_)
    model = stats.attempt(lambda: ordinal_confirmatory(collect_patterns(scale.complete.codes, spec), pattern))
    return fit_text(model.scaled) if model and model.proper else None


def _reliability(scale: Measured, products: stats.CrossProducts) -> dict[str, Any]:
    """Alpha and omega as the release has them, rounded once, or why there is no word."""
    found = scale.reliability
    if found is not None:
        return {
            "alpha": rounded(found.alpha, found.alpha_low, found.alpha_high),
            "omega": rounded(found.omega, found.omega_low, found.omega_high),
        }
    if len(products.scale.items) < 2:
        return {"alpha_gap": WhyLeftOut.SHORT}
    if products.people[0] < FEWEST_FOR_ALPHA:
        return {"alpha_gap": WhyLeftOut.FEW}
    return {"alpha_gap": WhyLeftOut.NO_SOLUTION if scale.is_full else WhyLeftOut.LEFT_OUT}


def _clustering(scale: Measured, model: Confirmatory | None, fit: FitText | None) -> Clustering | None:
    """With schools as clusters; None where too few of them may stand by themselves."""
    school, cluster = np.unique(scale.clusters[scale.complete.group], return_inverse=True)
    cluster = cluster - int(school[0] < 0) if len(school) else cluster
    schools = int((school >= 0).sum())
    if schools < FEWEST_GROUPS:
        return None
    by_school = stats.collect_products(scale.complete.codes, cluster, schools, scale.asked.spec)
    proper = model if model is not None and model.proper else None
    found = stats.attempt(lambda: design_effects(by_school, proper))
    alpha = known(found.alpha) if found else None
    if found is None or alpha is None:
        return None
    by = known(found.chi2) if fit and fit.df else None
    p = known(chi2.sf(fit.chi2 / by, fit.df)) if fit and by else None
    return Clustering(schools, alpha, known(found.omega), by, p)


def _means(products: stats.CrossProducts) -> dict[str, Any]:
    """Mean and SD of the complete sheets' own means."""
    people, items = int(products.people[0]), len(products.scale.items)
    total, squares = int(products.totals[0].sum()), int(products.products[0].sum())
    variance = (people * squares - total * total) / (people * max(people - 1, 1))
    return {"mean": short(total / people / items), "sd": short(variance**0.5 / items)}


def _everybody(scale: Measured) -> stats.Sums:
    nobody = np.zeros(len(scale.everybody.group), dtype=np.int64)
    return stats.collect(scale.everybody.codes, nobody, 1, [scale.asked.spec])


def _means_apart(sums: stats.Sums) -> str:
    """How far the mean of persons' means is from the mean of item means, in a word: they are of other sets."""
    mean, of_persons, sd = (
        table[0, 0] for table in (stats.scale_means(sums), stats.person_means(sums), stats.person_sd(sums))
    )
    if not np.isfinite([mean, of_persons, sd]).all() or sd <= 0:
        return ""
    points = abs(of_persons - mean) / sd * 100
    return MeansApart.LITTLE if points < 1 else MeansApart.SOME if points < 5 else MeansApart.MUCH


def _items(scale: Measured, products: stats.CrossProducts, model: Confirmatory | None) -> Iterator[ItemRow]:
    """Every question over the complete sheets. How it goes with the others is told where alpha is."""
    nobody = np.zeros(len(scale.complete.group), dtype=np.int64)
    found = stats.item_analysis(products, stats.collect(scale.complete.codes, nobody, 1, [scale.asked.spec]))
    answered = (scale.everybody.codes[list(scale.asked.spec.items)] >= 0).sum(axis=1).tolist()
    enough = products.people[0] >= FEWEST_FOR_ALPHA
    for place, item in enumerate(scale.text.items):
        yield ItemRow(
            key=item.key,
            text=item.text,
            turned=item.turned,
            n=answered[place],
            mean=short(float(found.mean[0, place])),
            sd=short(float(found.sd[0, place])),
            rest_r=known(found.item_rest_r[0, place]) if enough else None,
            alpha_without=known(found.alpha_if_dropped[0, place]) if enough else None,
            loading=known(model.standardised[place, 0]) if model else None,
        )
