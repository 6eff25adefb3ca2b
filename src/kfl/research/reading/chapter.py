"""One informant group's chapter: how it was answered, all scales side by side, then each scale by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.analysis.judgements import LIMITS, Judgement, Measure, fit_sentence, reliability_sentence
from kfl.core.templatetags.core import NO_BREAK, listed, number, share_of
from kfl.disclosure import Published
from kfl.documents.blocks import Block, Column, Facts, Interval, Intervals, Paragraph, Points, Section, TextTable
from kfl.results.reading import result_words
from kfl.surveys.counts import count_words

from ..payload import Compared, Estimate, Filled, FitText, FormReport, Full, Report, Same, ScaleReport
from . import between_groups, judging, precision, response, wording
from .overview import scale_name

PERFECT = 1.0


def sections(report: Published[Report], informant: str) -> list[Section]:
    """The chapter; a scale that nothing is told about stands in the overview's table of what is left out."""
    form = next(form for form in report.numbers.forms if form.informant == informant)
    scales = [scale for scale in form.scales if not scale.gap]
    found = [Section("svarene", _("Svarene"), list(_answers(form)))]
    if scales:
        found.append(Section("omradene", _("Områdene side om side"), list(_side_by_side(scales))))
        if sure := list(precision.blocks(form)):
            found.append(Section("sikkerhet", _("Hvor sikre tallene er"), sure))
        found += [_scale(form, scale) for scale in scales]
    return found


def _answers(form: FormReport) -> Iterator[Block]:
    lines = [f"{count_words.released(form.answered, form.invited)}."]
    if form.filled:
        lines.append(_filled(form.filled))
    lines.append(_("Antallet vises for {places}.").format(places=wording.places(form.places)))
    yield Points(lines)
    yield from response.by_unit(form)
    yield from response.what_it_could_mean(form)


def _filled(filled: Filled) -> str:
    stopped = wording.share_word(filled.stopped)
    if filled.numbers is None:
        return _(
            "{word} av dem svarte på alle {questions} spørsmålene. {stopped} stanset før siste spørsmål. Tallene "
            "fortelles ikke: noen av gruppene er for små."
        ).format(word=wording.share_word(filled.word), questions=number(filled.questions), stopped=stopped)
    told = filled.numbers
    return _(
        "Av dem svarte {all} på alle {questions} spørsmålene ({all_share}), {half} på minst halvparten og "
        "{less} på færre. {stopped} stanset før siste spørsmål."
    ).format(
        all=number(told.all),
        questions=number(filled.questions),
        all_share=share_of(told.all, told.sheets),
        half=number(told.half),
        less=number(told.less),
        stopped=stopped,
    )


def _side_by_side(scales: list[ScaleReport]) -> Iterator[Block]:
    known = [(scale, scale.full.alpha) for scale in scales if scale.full and scale.full.alpha]
    if known:
        limits = LIMITS[Measure.RELIABILITY]
        low = min([0.4, *(alpha.low for _scale, alpha in known)])
        low = max(0.0, int(low * 10) / 10)
        yield Intervals(
            caption=_("Reliabilitet (alfa) med 95 % intervall"),
            heads=[_("Område"), _("Alfa på en linje"), _("Alfa"), _("Vurdering")],
            low=low,
            high=PERFECT,
            marks=(limits.enough, limits.good),
            rows=[_line(scale, alpha) for scale, alpha in known],
            help=_(
                "Linjen går fra {low} til 1, med en strek for hvert 0,1. De mørke strekene er {enough} og {good}."
            ).format(
                low=wording.figure(low, 1), enough=wording.figure(limits.enough, 1), good=wording.figure(limits.good, 1)
            ),
        )
    numbers = (_("Spørsmål"), _("Hele ark"), _("Alfa"), _("Omega"), "CFI", "TLI", "RMSEA", "SRMR")
    yield TextTable(
        _("Reliabilitet og modell med én faktor"),
        [
            Column(_("Område"), is_number=False),
            *(Column(title) for title in numbers),
            Column(_("Reliabilitet"), is_number=False),
            Column(_("Modell"), is_number=False),
        ],
        [_quality_row(scale) for scale in scales],
    )
    if any(scale.full is None for scale in scales):
        yield Paragraph(_short_because(), quiet=True)
    yield from _same_measure(scales)


def _short_because() -> str:
    return _(
        "Der det bare står ord, er tallene utelatt: de som har svart på noe, men ikke på alt, er så få at tallene "
        "kunne brukes til å regne ut hva de svarte."
    )


def _same_measure(scales: list[ScaleReport]) -> Iterator[Block]:
    """Since the last wave and by gender, as far as anything is compared."""
    since = [_level(scale.since, scale.since_gap) for scale in scales]
    gender = [_level(scale.gender, scale.gender_gap) for scale in scales]
    used = [(_("Siden sist"), since)] if any(scale.since for scale in scales) else []
    used += [(_("Jenter og gutter"), gender)] if any(scale.gender for scale in scales) else []
    if used:
        yield TextTable(
            _("Om målet er det samme"),
            [Column(_("Område"), is_number=False), *(Column(title, is_number=False) for title, _texts in used)],
            list(zip((scale_name(scale) for scale in scales), *(texts for _title, texts in used), strict=True)),
        )
    for gap in dict.fromkeys(scale.gender_gap for scale in scales if scale.gender_gap in wording.OF_ALL):
        names = [scale_name(scale) for scale in scales if scale.gender_gap == gap]
        if len(names) == len(scales):
            text = _("Jenter og gutter er ikke sammenlignet: {why}.").format(why=wording.why(gap))
        else:
            text = _("Jenter og gutter er ikke sammenlignet på {names}: {why}.").format(
                names=listed(names), why=wording.why(gap)
            )
        yield Paragraph(text, quiet=True)


def _line(scale: ScaleReport, alpha: Estimate) -> Interval:
    word = judging.word(Judgement(scale.reliability))
    return Interval(scale_name(scale), alpha.value, alpha.low, alpha.high, wording.estimate(alpha), word)


def _quality_row(scale: ScaleReport) -> tuple[str, ...]:
    full = scale.full
    fit = full.fit if full and full.fit and full.fit.df else None
    return (
        scale_name(scale),
        number(scale.item_count),
        number(full.complete) if full else wording.NONE,
        wording.estimate(full.alpha if full else None),
        wording.estimate(full.omega if full else None),
        *(wording.figure(value) for value in ((fit.cfi, fit.tli, fit.rmsea, fit.srmr) if fit else (None,) * 4)),
        judging.word(Judgement(scale.reliability)),
        _model(scale),
    )


def _model(scale: ScaleReport) -> str:
    """The verdict by ML, and that of WLSMV where it is another."""
    word = judging.word(Judgement(scale.fit))
    other = judging.of_fit(scale.full.ordinal if scale.full else None)
    if other is Judgement.UNKNOWN or other.value == scale.fit:
        return word
    return _("{word} (WLSMV: {other})").format(word=word, other=judging.word(other))


def _level(same: Same | None, gap: str) -> str:
    return _same(same) if same else wording.why(gap)


def _same(same: Same) -> str:
    """How far two groups may be compared, and the question that keeps them from it."""
    level = str(judging.LEVELS[same.level])
    if same.question is None:
        return level
    return _("{level}; spørsmålet som skiller seg ut: «{question}»").format(
        level=level, question=result_words.said(same.question)
    )


def _scale(form: FormReport, scale: ScaleReport) -> Section:
    return Section(f"skala-{scale.key}", scale_name(scale), list(_about(form, scale)))


def _about(form: FormReport, scale: ScaleReport) -> Iterator[Block]:
    language = get_language() or "nb"
    sentences = [reliability_sentence(Judgement(scale.reliability), language)]
    sentences.append(fit_sentence(Judgement(scale.fit), language))
    yield Paragraph(" ".join(sentences))
    yield Facts(list(_facts(form, scale)))
    if scale.full is None:
        yield Paragraph(_short_because(), quiet=True)
        return
    yield _questions(scale, scale.full, form.answered or 0)
    if scale.full.dif:
        yield Paragraph(
            _("DIF over 0: gutter svarer høyere enn jenter med like mange poeng, i standardavvik av spørsmålet."),
            quiet=True,
        )


def _facts(form: FormReport, scale: ScaleReport) -> Iterator[tuple[str, str]]:
    if scale.full:
        yield from _numbers(scale, scale.full)
    yield from between_groups.level_lines(form, scale)
    if scale.means_apart:
        yield _("Snitt av personenes snitt"), wording.means_apart(scale.means_apart)
    yield from _comparisons(scale)
    yield _("Vises for"), wording.places(scale.visible)


def _numbers(scale: ScaleReport, full: Full) -> Iterator[tuple[str, str]]:
    yield _("Hele svarark"), number(full.complete)
    if full.alpha:
        yield _("Alfa"), wording.estimate(full.alpha)
    if full.omega:
        yield _("Omega"), wording.estimate(full.omega)
    if full.fit:
        yield _("Én faktor (ML)"), _judged(full.fit)
    if full.ordinal:
        yield _("Én faktor (WLSMV)"), _judged(full.ordinal)
    means = f"{wording.figure(full.mean)}{NO_BREAK}/{NO_BREAK}{wording.figure(full.sd)}"
    on = _("på trinnene {low}–{high}").format(low=scale.low, high=scale.high)
    yield _("Snitt og standardavvik"), f"{means} {on}"
    if full.straight:
        people = full.straight.people
        yield (
            _("Samme svar på alt"),
            _("fortelles ikke: det gjelder for få, eller nesten alle")
            if people is None
            else _("{n} av {complete} hele ark, enda noen spørsmål er snudd").format(
                n=number(people), complete=number(full.complete)
            ),
        )


def _judged(fit: FitText) -> str:
    """All of a fit, and how good that is."""
    found = judging.of_fit(fit)
    return wording.fit_line(fit) + ("" if found is Judgement.UNKNOWN else f"; {judging.word(found)}")


def _comparisons(scale: ScaleReport) -> Iterator[tuple[str, str]]:
    full = scale.full
    for same, compared, name in (
        (
            scale.since,
            full.since if full else None,
            _("Siden {wave}").format(wave=scale.since.wave) if scale.since else "",
        ),
        (scale.gender, full.gender if full else None, _("Jenter og gutter")),
    ):
        if same:
            level = _same(same)
            yield name, _steps(level, compared) if compared else level
    marked = sum(size in {"B", "C"} for size in scale.dif)
    if scale.dif and not (full and full.dif):
        text = _("{n} av {all} spørsmål besvares merkbart ulikt av jenter og gutter som ellers svarer likt.")
        yield "DIF", text.format(n=number(marked) if marked else _("Ingen"), all=number(len(scale.dif)))


def _steps(level: str, compared: Compared) -> str:
    parts = [
        _("{level}. Konfigural: {fit}").format(level=level, fit=wording.fit_line(compared.configural, compared.people))
    ]
    for name, step in ((_("metrisk"), compared.to_metric), (_("skalar"), compared.to_scalar)):
        parts.append(
            _("{name}: Δχ²({df}) = {chi2}, {p}, ΔCFI {cfi}, ΔRMSEA {rmsea}").format(
                name=name,
                df=step.df,
                chi2=wording.figure(step.chi2),
                p=wording.p_value(step.p),
                cfi=wording.signed(step.cfi, 3),
                rmsea=wording.signed(step.rmsea, 3),
            )
        )
    if compared.freed:
        freed = compared.freed
        parts.append(
            _("med spørsmålet fritt: Δχ²({df}) = {chi2}, {p}").format(
                df=freed.df, chi2=wording.figure(freed.chi2), p=wording.p_value(freed.p)
            )
        )
    return "; ".join(parts)


def _questions(scale: ScaleReport, full: Full, answered: int) -> TextTable:
    titles = [_("n"), _("Mangler"), _("Snitt"), _("SD"), _("r med resten"), _("Alfa uten"), _("Ladning")]
    with_dif = bool(full.dif)
    rows = []
    for place, item in enumerate(full.items):
        text = result_words.said(item.text)
        if item.turned:
            text = _("{question} (snudd)").format(question=text)
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
            dif = full.dif[place]
            row.append(f"{dif.size}{NO_BREAK}({wording.signed(dif.in_sd)})")
        rows.append(row)
    columns = [Column(_("Spørsmål"), is_number=False), *(Column(title) for title in titles)]
    return TextTable(_("Spørsmålene"), [*columns, Column("DIF")] if with_dif else columns, rows)
