"""How much lies between the groups of each level, and how well their means tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.analysis.judgements import Judgement
from kfl.core.templatetags.core import listed, number
from kfl.documents.blocks import Block, Column, Points, TextTable
from kfl.results.reading import result_words
from kfl.surveys.models import NodeKind

from ..page_numbers import SpreadTold
from ..payload import Estimate, FormReport, ScaleReport
from . import judging, wording

# What each level is called where a form has such places, and what else stands in for it.
LEVELS: tuple[tuple[str, ...], ...] = (
    (NodeKind.GROUP, NodeKind.DEPARTMENT),
    (NodeKind.GRADE,),
    (NodeKind.SCHOOL, NodeKind.KINDERGARTEN),
    (NodeKind.MUNICIPALITY,),
)
ONE: dict[str, Promise] = {
    NodeKind.GROUP: gettext_lazy("klasse"),
    NodeKind.DEPARTMENT: gettext_lazy("avdeling"),
    NodeKind.GRADE: gettext_lazy("trinn"),
    NodeKind.SCHOOL: gettext_lazy("skole"),
    NodeKind.KINDERGARTEN: gettext_lazy("barnehage"),
    NodeKind.MUNICIPALITY: gettext_lazy("kommune"),
    NodeKind.REGION: gettext_lazy("region"),
    NodeKind.COUNTY: gettext_lazy("fylket"),
}


def level_lines(form: FormReport, scale: ScaleReport) -> Iterator[tuple[str, str]]:
    """For one scale: how much lies between the groups of each level, beside the other levels, and what it does."""
    spread = next((one for one in form.of_pages.spreads if one.scale == scale.key), None)
    if spread is not None:
        yield from _of_levels(form, spread, in_words=scale.full is None)
    yield from clustering_lines(scale, spread)


def _of_levels(form: FormReport, spread: SpreadTold, *, in_words: bool) -> Iterator[tuple[str, str]]:
    reliability = {one.kind: one.value for one in form.of_pages.likeness if one.scale == spread.scale}
    for level, kind in levels_of(form):
        if in_words:
            if kind in reliability:
                word = judging.word(judging.of_means(reliability[kind]))
                yield _("Skille mellom {kind}").format(kind=wording.PLURALS[kind]), word
            continue
        found = spread.levels[level]
        parts = [_("SD {sd} poeng").format(sd=wording.figure(found.own, 1))]
        if found.icc is not None:
            parts.append(_("ICC {icc}").format(icc=wording.figure(found.icc)))
        if kind in reliability:
            word = judging.word(judging.of_means(reliability[kind]))
            parts.append(_("ICC(2) {value}, {word}").format(value=wording.figure(reliability[kind]), word=word))
        parts.append(_("{n} grupper").format(n=number(found.blocks)))
        if not found.estimated:
            parts.append(_("for få til å anslås, tallet er fra tabellen"))
        yield _("Mellom {kind}").format(kind=wording.PLURALS[kind]), "; ".join(parts)


def clustering_lines(scale: ScaleReport, spread: SpreadTold | None) -> Iterator[tuple[str, str]]:
    """How much persons who are alike widen what counts them as strangers."""
    full = scale.full
    if full is None:
        return
    if full.clustering is None:
        if spread is not None:
            yield _("Designeffekt"), _between_limits(spread)
        return
    told = full.clustering
    parts = [] if spread is None else [_("{effect} for snittet").format(effect=wording.figure(spread.effect, 1))]
    if full.alpha:
        parts.append(_widened(_("alfa"), full.alpha, told.alpha))
    if full.omega and told.omega:
        parts.append(_widened(_("omega"), full.omega, told.omega))
    if full.fit and told.chi2:
        parts.append(
            _("χ² delt på {by} er {chi2}, {p}").format(
                by=wording.figure(told.chi2),
                chi2=wording.figure(full.fit.chi2 / told.chi2),
                p=wording.p_value(told.p),
            )
        )
    yield _("Designeffekt, {n} skoler som klynger").format(n=number(told.schools)), "; ".join(parts)


def _widened(name: str, found: Estimate, effect: float) -> str:
    """The interval with this design effect: on the scale of what is not reliable, where it is as wide on both sides."""
    wider = effect**0.5
    left = 1 - found.value
    low, high = (1 - left * ((1 - end) / left) ** wider if left > 0 else end for end in (found.low, found.high))
    interval = f"{wording.figure(low)}–{wording.figure(high)}"
    return _("{name} {effect}, intervall {interval}").format(
        name=name, effect=wording.figure(effect), interval=interval
    )


def _between_limits(spread: SpreadTold) -> str:
    low, high = spread.effect_of_squares, spread.effect
    return _(
        "{mean} for snittet. For alfa, omega og χ² ligger den mellom {low} og {mean}: intervallene er {least} til "
        "{most} ganger så brede i virkeligheten"
    ).format(
        mean=wording.figure(high, 1),
        low=wording.figure(low, 1),
        least=wording.figure(low**0.5, 1),
        most=wording.figure(high**0.5, 1),
    )


def levels_of(form: FormReport) -> list[tuple[int, str]]:
    """The levels that this form has, with the kind that stands for each."""
    there = {place.kind for place in form.places}
    return [(level, kind) for level, kinds in enumerate(LEVELS) for kind in kinds if kind in there]


def reliability_of_means(form: FormReport) -> Iterator[Block]:
    found = {(one.scale, one.kind): one.value for one in form.of_pages.likeness}
    kinds = [kind for _level, kind in levels_of(form) if any(of == kind for _scale, of in found)]
    if not kinds:
        return
    full = {scale.key for scale in form.scales if scale.full}
    scales = list(dict.fromkeys(scale for scale, _kind in found))
    yield TextTable(
        _("Hvor godt gruppenes snitt skiller dem (ICC(2))"),
        [
            Column(_("Område"), is_number=False),
            *(Column(str(wording.PLURALS[kind]).capitalize(), is_number=False) for kind in kinds),
        ],
        [
            (
                name_of(form, scale),
                *(_reliability(found.get((scale, kind)), in_words=scale not in full) for kind in kinds),
            )
            for scale in scales
        ],
    )
    lines = []
    for kind in kinds:
        judged = [judging.of_means(value) for (_scale, of), value in found.items() if of == kind]
        if weak := judged.count(Judgement.WEAK):
            text = _("På {weak} av {all} områder er {kind} så like at små forskjeller mellom dem sier lite.")
            lines.append(text.format(weak=number(weak), all=number(len(judged)), kind=wording.PLURALS[kind]))
    if lines:
        yield Points(lines)


def _reliability(value: float | None, *, in_words: bool) -> str:
    if value is None:
        return wording.NONE
    word = judging.word(judging.of_means(value))
    return word if in_words else f"{wording.figure(value)}; {word}"


def in_short(forms: Sequence[FormReport]) -> str:
    """On how many scales classes, schools … are too alike for small differences to say anything."""
    told = []
    for kinds in LEVELS[:3:2]:
        found = [one for form in forms for one in form.of_pages.likeness if one.kind in kinds]
        weak = sum(judging.of_means(one.value) is Judgement.WEAK for one in found)
        if found:
            names = listed(list(dict.fromkeys(str(wording.PLURALS[one.kind]) for one in found)))
            told.append(_("{weak} av {all} for {kinds}").format(weak=number(weak), all=number(len(found)), kinds=names))
    if not told:
        return ""
    return _(
        "Om snitt skiller grupper godt (ICC(2)), er et annet spørsmål enn om svarene henger sammen: det er for svakt "
        "på {told}. Der sier små forskjeller lite."
    ).format(told=listed(told))


def name_of(form: FormReport, key: str) -> str:
    return next(result_words.said(scale.title) for scale in form.scales if scale.key == key)
