"""One informant group's chapter: how it was answered, all scales side by side, then each scale by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.analysis.words import LIMITS, Measure, fit_sentence, reliability_sentence
from kfl.core.templatetags.core import NO_BREAK, number, share_of
from kfl.surveys import count_words

from .. import words
from . import judging, wording
from .blocks import Block, Column, Facts, Line, Lines, Paragraph, Points, Section, Table
from .overview import scale_name
from .payload import Compared, Estimate, FormReport, ScaleReport

PERFECT = 1.0


def sections(form: FormReport) -> list[Section]:
    """The chapter; a scale that nothing is told about stands in the overview's table of what is left out."""
    scales = [scale for scale in form.scales if not scale.gap]
    found = [Section("svarene", _("Svarene"), list(_answers(form)))]
    if scales:
        found.append(Section("omradene", _("Områdene side om side"), list(_side_by_side(scales))))
        found += [_scale(scale, form.answered or 0) for scale in scales]
    return found


def _answers(form: FormReport) -> Iterator[Block]:
    lines = [f"{count_words.released(form.answered, form.invited)}."]
    if filled := form.filled:
        lines.append(
            _(
                "Av dem svarte {all} på alle {questions} spørsmålene ({all_share}), {half} på minst halvparten og "
                "{less} på færre. {stopped} ({stopped_share}) stanset før siste spørsmål."
            ).format(
                all=number(filled.all),
                questions=number(filled.questions),
                all_share=share_of(filled.all, filled.sheets),
                half=number(filled.half),
                less=number(filled.less),
                stopped=number(filled.stopped),
                stopped_share=share_of(filled.stopped, filled.sheets),
            )
        )
    lines.append(_("Antallet vises for {places}.").format(places=wording.places(form.places)))
    yield Points(lines)


def _side_by_side(scales: list[ScaleReport]) -> Iterator[Block]:
    known = [scale for scale in scales if scale.alpha]
    if known:
        limits = LIMITS[Measure.RELIABILITY]
        low = min([0.4, *(scale.alpha.low for scale in known if scale.alpha)])
        low = max(0.0, int(low * 10) / 10)
        yield Lines(
            caption=_("Reliabilitet (alfa) med 95 % intervall"),
            heads=[_("Område"), _("Alfa på en linje"), _("Alfa"), _("Vurdering")],
            low=low,
            high=PERFECT,
            marks=(limits.enough, limits.good),
            rows=[_line(scale_name(scale), scale.alpha) for scale in scales if scale.alpha],
            help=_("Linjen går fra {low} til 1, med en strek for hvert 0,1. Den mørke streken er {limit}.").format(
                low=wording.figure(low, 1), limit=wording.figure(limits.enough, 1)
            ),
        )
    numbers = (_("Spørsmål"), _("Hele ark"), _("Alfa"), _("Omega"), "CFI", "TLI", "RMSEA", "SRMR")
    yield Table(
        _("Reliabilitet og modell med én faktor"),
        [
            Column(_("Område"), is_number=False),
            *(Column(title) for title in numbers),
            Column(_("Reliabilitet"), is_number=False),
            Column(_("Modell"), is_number=False),
        ],
        [_quality_row(scale) for scale in scales],
    )
    kinds = [level.kind for level in max((scale.levels for scale in scales), key=len)]
    if kinds:
        yield Table(
            _("Hvor mye av forskjellene som ligger mellom grupper (intraklassekorrelasjon)"),
            [
                Column(_("Område"), is_number=False),
                *(Column(_("Mellom {kind}").format(kind=wording.PLURALS[k])) for k in kinds),
            ],
            [(scale_name(scale), *(_icc(scale, kind) for kind in kinds)) for scale in scales],
        )
    yield from _same_measure(scales)


def _same_measure(scales: list[ScaleReport]) -> Iterator[Block]:
    """Since the last wave and by gender, as far as anything is compared."""
    since = [_level(scale.since, scale.since_gap) for scale in scales]
    gender = [_level(scale.gender, scale.gender_gap) for scale in scales]
    used = [(_("Siden sist"), since)] if any(scale.since for scale in scales) else []
    used += [(_("Jenter og gutter"), gender)] if any(scale.gender for scale in scales) else []
    if used:
        yield Table(
            _("Om målet er det samme"),
            [Column(_("Område"), is_number=False), *(Column(title, is_number=False) for title, _texts in used)],
            list(zip((scale_name(scale) for scale in scales), *(texts for _title, texts in used), strict=True)),
        )
    reasons = {scale.gender_gap for scale in scales}
    if not any(scale.gender for scale in scales) and len(reasons) == 1:
        why = wording.why(reasons.pop())
        yield Paragraph(_("Jenter og gutter er ikke sammenlignet: {why}.").format(why=why), quiet=True)


def _line(title: str, alpha: Estimate) -> Line:
    word = judging.word(judging.of_alpha(alpha))
    return Line(title, alpha.value, alpha.low, alpha.high, wording.estimate(alpha), word)


def _quality_row(scale: ScaleReport) -> tuple[str, ...]:
    fit = scale.fit if scale.fit and scale.fit.df else None
    return (
        scale_name(scale),
        number(scale.item_count),
        number(scale.complete),
        wording.estimate(scale.alpha),
        wording.estimate(scale.omega),
        *(wording.figure(value) for value in ((fit.cfi, fit.tli, fit.rmsea, fit.srmr) if fit else (None,) * 4)),
        judging.word(judging.of_alpha(scale.alpha)),
        judging.word(judging.of_fit(fit)),
    )


def _icc(scale: ScaleReport, kind: str) -> str:
    for level in scale.levels:
        if level.kind == kind:
            return wording.estimate(level.icc) if level.icc else wording.why(level.gap)
    return wording.NONE


def _level(compared: Compared | None, gap: str) -> str:
    return str(judging.LEVELS[judging.level(compared)]) if compared else wording.why(gap)


def _scale(scale: ScaleReport, answered: int) -> Section:
    return Section(f"skala-{scale.key}", scale_name(scale), list(_about(scale, answered)))


def _about(scale: ScaleReport, answered: int) -> Iterator[Block]:
    language = get_language() or "nb"
    sentences = [reliability_sentence(judging.of_alpha(scale.alpha), language)]
    sentences.append(fit_sentence(judging.of_fit(scale.fit), language))
    yield Paragraph(" ".join(sentences))
    yield Facts(list(_facts(scale)))
    yield _questions(scale, answered)
    if scale.dif:
        yield Paragraph(
            _("DIF over 0: gutter svarer høyere enn jenter med like mange poeng, i standardavvik av spørsmålet."),
            quiet=True,
        )


def _facts(scale: ScaleReport) -> Iterator[tuple[str, str]]:
    yield (
        _("Svarark"),
        _("{touched} med minst ett svar, {scored} med minst halvparten, {complete} hele").format(
            touched=number(scale.touched), scored=number(scale.scored), complete=number(scale.complete)
        ),
    )
    if scale.alpha:
        yield _("Alfa"), wording.estimate(scale.alpha, 3)
    if scale.omega:
        yield _("Omega"), wording.estimate(scale.omega, 3)
    if scale.fit:
        yield _("Én faktor (ML)"), wording.fit_line(scale.fit)
    if scale.ordinal:
        yield _("Én faktor (WLSMV)"), wording.fit_line(scale.ordinal)
    if scale.mean is not None and scale.sd is not None:
        yield _("Snitt og standardavvik"), _means(scale)
    if scale.straight:
        people = scale.straight.people
        yield (
            _("Samme svar på alt"),
            _("{n} av {complete} hele ark, enda noen spørsmål er snudd").format(
                n=_("færre enn terskelen") if people is None else number(people),
                complete=number(scale.straight.complete),
            ),
        )
    yield from _comparisons(scale)
    yield _("Vises for"), wording.places(scale.visible)


def _means(scale: ScaleReport) -> str:
    told = f"{wording.figure(scale.mean)}{NO_BREAK}/{NO_BREAK}{wording.figure(scale.sd)}"
    told += " " + _("på trinnene {low}–{high}").format(low=scale.low, high=scale.high)
    if scale.person_mean is None or scale.mean is None or not scale.sd:
        return told
    apart = abs(scale.person_mean - scale.mean) / scale.sd * 100
    return (
        told
        + ". "
        + _("Snittet av personenes snitt er {mean}; de to skiller seg med {points} poeng").format(
            mean=wording.figure(scale.person_mean), points=wording.figure(apart, 1)
        )
    )


def _comparisons(scale: ScaleReport) -> Iterator[tuple[str, str]]:
    for compared, name in (
        (scale.since, _("Siden {wave}").format(wave=scale.since.wave) if scale.since else ""),
        (scale.gender, _("Jenter og gutter")),
    ):
        if compared:
            yield name, _steps(compared)


def _steps(compared: Compared) -> str:
    level = judging.LEVELS[judging.level(compared)]
    parts = [
        _("{level}. Konfigural: {fit}").format(level=level, fit=wording.fit_line(compared.configural, compared.people))
    ]
    for name, step in ((_("metrisk"), compared.to_metric), (_("skalar"), compared.to_scalar)):
        parts.append(
            _("{name}: Δχ²({df}) = {chi2}, ΔCFI {cfi}, ΔRMSEA {rmsea}").format(
                name=name,
                df=step.df,
                chi2=wording.figure(step.chi2),
                cfi=wording.signed(step.cfi, 3),
                rmsea=wording.signed(step.rmsea, 3),
            )
        )
    return "; ".join(parts)


def _questions(scale: ScaleReport, answered: int) -> Table:
    titles = [_("n"), _("Mangler"), _("Snitt"), _("SD"), _("r med resten"), _("Alfa uten"), _("Ladning")]
    with_dif = bool(scale.dif)
    rows = []
    for place, item in enumerate(scale.items):
        text = words.said(item.text) + (f" ({_('snudd')})" if item.turned else "")
        row = [
            text,
            number(item.n),
            share_of(answered - item.n, answered),
            wording.figure(item.mean),
            wording.figure(item.sd),
            wording.figure(item.rest_r),
            wording.figure(item.alpha_without),
            wording.figure(item.loading),
        ]
        if with_dif:
            dif = scale.dif[place]
            row.append(f"{dif.size}{NO_BREAK}({wording.signed(dif.in_sd)})")
        rows.append(row)
    columns = [Column(_("Spørsmål"), is_number=False), *(Column(title) for title in titles)]
    return Table(_("Spørsmålene"), [*columns, Column("DIF")] if with_dif else columns, rows)
