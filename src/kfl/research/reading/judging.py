"""Verdicts of a report: the limits and sentences of `kfl.analysis.judgements`, on numbers as they are printed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.analysis.judgements import LIMITS, Judgement, Measure, judge
from kfl.core.templatetags.core import number

from ..payload import Compared, Estimate, FitText

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
    "": gettext_lazy("modellen passer ikke i gruppene hver for seg"),
}
_ORDER = (Judgement.WEAK, Judgement.ENOUGH, Judgement.GOOD)


def word(judgement: Judgement) -> str:
    """The verdict on a scale, in two or three words."""
    return str(WORDS[judgement])


def printed(measure: Measure, value: float | None) -> Judgement:
    """A number judged as it is printed."""
    return judge(measure, None if value is None else round(value, DECIMALS))


def of_alpha(alpha: Estimate | None) -> Judgement:
    """Reliability by alpha, as the result pages have it."""
    return printed(Measure.RELIABILITY, alpha.value if alpha else None)


def of_means(reliability: float) -> Judgement:
    """How well means of groups tell groups apart: as reliability of anything else."""
    return printed(Measure.RELIABILITY, reliability)


def of_fit(fit: FitText | None) -> Judgement:
    """The worst of CFI, TLI and SRMR, and not good where RMSEA is weak: it runs high in scales of few questions."""
    if fit is None or fit.df == 0:
        return Judgement.UNKNOWN
    found = [printed(m, v) for m, v in ((Measure.CFI, fit.cfi), (Measure.TLI, fit.tli), (Measure.SRMR, fit.srmr))]
    if Judgement.UNKNOWN in found:
        return Judgement.UNKNOWN
    if printed(Measure.RMSEA, fit.rmsea) is Judgement.WEAK:
        found.append(Judgement.ENOUGH)
    return min(found, key=_ORDER.index)


def level(compared: Compared) -> str:
    """How far two groups may be compared; nothing is claimed where the model does not fit each of them."""
    fits = compared.configural.df == 0 or of_fit(compared.configural) is not Judgement.WEAK
    return compared.level if fits else ""


def count(judgements: Iterable[Judgement]) -> dict[Judgement, int]:
    """How many of each."""
    found = list(judgements)
    return {judgement: found.count(judgement) for judgement in Judgement}


def limit_rows() -> list[tuple[str, str, str, str]]:
    """The limits as the report prints them."""
    rows = []
    for measure, limits in LIMITS.items():
        good, enough = number(limits.good, DECIMALS), number(limits.enough, DECIMALS)
        if limits.high_is_good:
            said = _("minst {limit}"), _("minst {limit}"), _("under {limit}")
        else:
            said = _("høyst {limit}"), _("høyst {limit}"), _("over {limit}")
        best, middle, worst = said
        verdicts = best.format(limit=good), middle.format(limit=enough), worst.format(limit=enough)
        rows.append((str(NAMES[measure]), *verdicts))
    return rows
