"""Whom the numbers are about, who answered, and what it could mean that others did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from kfl.core.templatetags.core import listed, number, share_of
from kfl.documents.blocks import Block, Column, Paragraph, Points, TextTable
from kfl.results.reading import result_words
from kfl.surveys.models import Collection, ConsentMode

from ..page_numbers import SIZES, Answering
from ..payload import FormReport, Report, WhyLeftOut
from . import wording

# How far those who did not answer could be from those who did, in points; and how far the mean could then move.
DISTANCES = (20, 50)
MOVED = 10


def population(report: Report) -> Iterator[Block]:
    """Whether all were invited, and what the intervals speak of."""
    yield Points([*_chosen(report), *_intervals()])


def _chosen(report: Report) -> Iterator[str]:
    if report.collection == Collection.IMPORT:
        yield _(
            "Svarene kom fra en fil. «Invitert» er radene i fila, også de uten svar. Hvordan personene ble valgt, vet "
            "ikke portalen: det må hentes der fila kom fra, før noe sies om andre enn dem."
        )
        return
    if not report.taking_part:
        yield _(
            "Alle i målgruppene i {county} ble invitert. Det er en totaltelling med frafall, ikke et tilfeldig utvalg."
        ).format(county=report.county)
    else:
        units = listed([f"{number(n)} {wording.counted(kind, n)}" for kind, n in report.taking_part.items()])
        yield _(
            "{units} var med, og alle i målgruppene der ble invitert. Enhetene er ikke trukket tilfeldig: noen har "
            "bestemt at de skulle være med, eller de har meldt seg selv. Tallene gjelder dem, og sier ikke noe sikkert "
            "om resten av {county}."
        ).format(units=units, county=report.county)
    yield _consent(report)


def _consent(report: Report) -> str:
    if report.consent == ConsentMode.ACTIVE:
        return _(
            "Elever og barn uten samtykke da kartleggingen stengte, er ikke regnet som invitert. De kan skille seg fra "
            "dem som er med, og svarprosenten viser ikke hvor mange de er."
        )
    return _("Elever og barn som var reservert da kartleggingen stengte, er ikke regnet som invitert.")


def _intervals() -> list[str]:
    return [
        _(
            "For dem som svarte, er tallene nøyaktige; de er bare rundet av. Intervallene på resultatsidene gjelder et "
            "større spørsmål: hvor tallet kunne ligget for samme enhet med andre, men like, elever og ansatte i andre, "
            "men like, klasser, trinn og skoler. De regner ikke med at noen lot være å svare."
        ),
        _(
            "Intervallene for alfa, omega og modellene gjelder personer av samme slag som dem som svarte på alt, ikke "
            "bare disse."
        ),
    ]


def by_unit(form: FormReport) -> Iterator[Block]:
    """Response by grade, by size of unit and by gender, as far as the release tells it."""
    told = form.of_pages
    if told.by_grade:
        yield _table(_("Svar etter trinn"), _("Trinn"), [(_grade(row), row) for row in told.by_grade])
    if told.by_size:
        yield _table(_("Svar etter størrelse"), _("Inviterte ved enheten"), [(_size(row), row) for row in told.by_size])
    if told.by_grade or told.by_size:
        yield Paragraph(" ".join(_beside(form)), quiet=True)
    for spread in told.between:
        yield Paragraph(
            _("I halvparten av {units} svarte fra {low} til {high} %; den midterste har {middle} %.").format(
                units=f"{number(spread.units)} {wording.PLURALS[spread.kind]}",
                low=number(spread.low),
                high=number(spread.high),
                middle=number(spread.middle),
            )
        )
    yield Paragraph(_gender(form))


def what_it_could_mean(form: FormReport) -> Iterator[Block]:
    """How far the mean could be elsewhere had all answered."""
    if form.answered is None or not form.invited:
        return
    missing = form.invited - form.answered
    if not missing:
        return
    share = missing / form.invited
    text = _(
        "{missing} svarte ikke. Ligger de et antall poeng fra dem som svarte, ville snittet for alle ligget {share} av "
        "den avstanden fra det som vises: {examples}. For å flytte snittet {moved} poeng måtte de ligge {needed} poeng "
        "unna. Hvor langt unna de ligger, vet ingen; ingenting er vektet eller fylt inn."
    ).format(
        missing=f"{number(missing)} ({share_of(missing, form.invited)})",
        share=share_of(missing, form.invited),
        examples=listed(
            [
                _("{distance} poeng unna flytter det {moved}").format(
                    distance=number(distance), moved=number(round(distance * share))
                )
                for distance in DISTANCES
            ]
        ),
        moved=number(MOVED),
        needed=number(round(MOVED / share)),
    )
    apart = [spread for spread in form.of_pages.between if spread.high > spread.low]
    more = [
        _(
            "Ligger de like langt unna overalt, forsvinner det når steder med lik svarprosent sammenlignes. Mellom to "
            "{units} der {low} og {high} prosent svarte, står {left} prosent av avstanden igjen."
        ).format(
            units=wording.PLURALS[one.kind],
            low=number(one.low),
            high=number(one.high),
            left=number(one.high - one.low),
        )
        for one in apart[:1]
    ]
    yield Paragraph(" ".join([text, *more]))


def _table(caption: str, head: str, rows: Sequence[tuple[str, Answering]]) -> TextTable:
    titles = [_("Enheter"), _("Invitert"), _("Svarte"), _("Andel"), _("Enheter der det er skjult")]
    return TextTable(
        caption,
        [Column(head, is_number=False), *(Column(title) for title in titles)],
        [
            (
                name,
                number(row.units),
                number(row.invited),
                number(row.answered) if row.units else wording.NONE,
                share_of(row.answered, row.invited) if row.units else wording.NONE,
                number(row.hidden),
            )
            for name, row in rows
        ],
    )


def _grade(row: Answering) -> str:
    return _("{grade}. trinn").format(grade=number(row.least))


def _size(row: Answering) -> str:
    """`Skoler, 25–49`."""
    kind = str(wording.PLURALS[row.kind]).capitalize()
    up_to = min((size for size in SIZES if size > row.least), default=None)
    if up_to is None:
        return _("{units}, {least} eller flere").format(units=kind, least=number(row.least))
    return _("{units}, {least}–{most}").format(units=kind, least=number(row.least), most=number(up_to - 1))


def _beside(form: FormReport) -> Iterator[str]:
    yield _("Tabellene teller bare enheter der antallet som svarte, vises.")
    if form.of_pages.ungraded:
        yield _("{n} inviterte går i klasser med flere trinn og er ikke med etter trinn.").format(
            n=number(form.of_pages.ungraded)
        )


def _gender(form: FormReport) -> str:
    sides = form.of_pages.sides
    if sides is None:
        why = WhyLeftOut.NOT_APART if form.gender else WhyLeftOut.UNKNOWN
        return _("Svar etter kjønn: {why}.").format(why=wording.why(why))
    name = next(result_words.said(scale.title) for scale in form.scales if scale.key == sides.scale)
    text = _("På {scale} svarte {girls} jenter og {boys} gutter.").format(
        scale=name, girls=number(sides.girls), boys=number(sides.boys)
    )
    return (
        text
        + " "
        + _(
            "Resultatene sier ikke hvor mange av hvert kjønn som ble invitert, så svarprosent for hvert kjønn kan ikke "
            "regnes ut."
        )
    )
