"""Verdicts of a report: the limits and sentences of `kfl.analysis.judgements`, on numbers as they are printed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.analysis.judgements import LIMITS, Indexes, Judgement, Measure, judge, judge_indexes
from kfl.core.templatetags.core import number

from ..payload import FitText

DECIMALS = 2

WORDS: dict[Judgement, Promise] = {
    Judgement.GOOD: gettext_lazy("god nok"),
    Judgement.ENOUGH: gettext_lazy("knapt god nok"),
    Judgement.WEAK: gettext_lazy("for svak"),
    Judgement.UNKNOWN: gettext_lazy("kan ikke vurderes"),
}
NAMES: dict[Measure, str | Promise] = {
    Measure.RELIABILITY: gettext_lazy("alfa og omega"),
    Measure.CFI: "CFI",
    Measure.TLI: "TLI",
    Measure.RMSEA: "RMSEA",
    Measure.SRMR: "SRMR",
    Measure.ITEM_REST: gettext_lazy("korrelasjon med resten"),
    Measure.LOADING: gettext_lazy("ladning"),
}
LEVELS: dict[str, Promise] = {
    "scalar": gettext_lazy("skalar: snitt kan sammenlignes"),
    "metric": gettext_lazy("metrisk: sammenhenger kan sammenlignes, snitt ikke uten forbehold"),
    "configural": gettext_lazy("bare konfigural: snitt bør ikke sammenlignes"),
}


def word(judgement: Judgement) -> str:
    """The verdict on a scale, in two or three words."""
    return str(WORDS[judgement])


def printed(measure: Measure, value: float | None) -> Judgement:
    """A number judged as it is printed."""
    return judge(measure, None if value is None else round(value, DECIMALS))


def of_means(reliability: float) -> Judgement:
    """How well means of groups tell groups apart: as reliability of anything else."""
    return printed(Measure.RELIABILITY, reliability)


def of_fit(fit: FitText | None) -> Judgement:
    """The worst of CFI, TLI, RMSEA and SRMR, as `kfl analyse` has it."""
    if fit is None:
        return Judgement.UNKNOWN
    cfi, tli, rmsea, low, srmr = (
        None if value is None else round(value, DECIMALS)
        for value in (fit.cfi, fit.tli, fit.rmsea, fit.rmsea_low, fit.srmr)
    )
    return judge_indexes(Indexes(fit.people, fit.df, cfi, tli, rmsea, low, srmr))


def count(judgements: Iterable[Judgement]) -> dict[Judgement, int]:
    """How many of each."""
    found = list(judgements)
    return {judgement: found.count(judgement) for judgement in Judgement}


def limit_rows() -> list[tuple[str, str, str, str, str]]:
    """The limits as the report prints them, and whose they are."""
    rows = []
    for measure, limits in LIMITS.items():
        good, enough = number(limits.good, DECIMALS), number(limits.enough, DECIMALS)
        if limits.high_is_good:
            said = _("minst {limit}"), _("minst {limit}"), _("under {limit}")
        else:
            said = _("høyst {limit}"), _("høyst {limit}"), _("over {limit}")
        best, middle, worst = said
        verdicts = best.format(limit=good), middle.format(limit=enough), worst.format(limit=enough)
        rows.append((str(NAMES[measure]), *verdicts, limits.source or _("vane i faget")))
    return rows
