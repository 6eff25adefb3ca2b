"""How sure a wave's numbers are, by level and size: what intervals rest on, and what can be told from chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from kfl.core.templatetags.core import NO_BREAK, number
from kfl.documents.blocks import Block, Column, Paragraph, Points, TextTable
from kfl.results.payload import PanelGap
from kfl.results.reading import panel_words

from ..page_numbers import LevelSpread, Smallest, SpreadTold
from ..payload import FormReport
from . import between_groups, wording


def blocks(form: FormReport) -> Iterator[Block]:
    """The section; nothing where the wave has no points."""
    told = form.of_pages
    if not told.spreads:
        return
    yield Points(list(_formula()))
    yield _spread_table(form)
    yield Paragraph(_beside(told.spreads), quiet=True)
    if told.typical:
        yield _typical_table(form)
    if told.smallest:
        yield _smallest_table(told.smallest)
        yield Paragraph(_how_to_read(), quiet=True)
    yield from between_groups.reliability_of_means(form)
    yield from _change(form)
    yield from _panel(form)


def _formula() -> Iterator[str]:
    yield _(
        "Standardfeilen til et snitt er √(s²/n + Σ τ²·d). s² = c·(m − bunn)·(topp − m) er variansen mellom personer i "
        "samme gruppe der snittet er m poeng; bunn og topp er skalaens ender i poeng. τ er standardavviket mellom "
        "gruppene på hvert nivå under enheten, og d er summen av gruppenes kvadrerte andeler av svarene. Halve 95 "
        "%-intervallet er 1,96 standardfeil."
    )
    yield _(
        "c og τ er faste fra kartleggingen der skalaen ble målt første gang, som 500 og 100 er det. Et nivå med få "
        "grupper lener seg på tabellverdier, og kommunenes τ brukes bare til det beste anslaget. Med disse tallene, n "
        "og d kan hvert intervall på resultatsidene regnes ut på nytt."
    )


def _spread_table(form: FormReport) -> TextTable:
    levels = between_groups.levels_of(form)
    titles = [_("Poeng"), _("Bunn–topp"), "c", _("SD innen")]
    return TextTable(
        _("Det som intervallene bygger på: fast, og i parentes denne kartleggingens egne"),
        [
            Column(_("Område"), is_number=False),
            *(Column(title) for title in titles),
            *(Column(_("τ {kind}").format(kind=between_groups.ONE[kind])) for _level, kind in levels),
        ],
        [
            (
                between_groups.name_of(form, spread.scale),
                number(spread.points),
                f"{wording.figure(spread.low, 0)}–{wording.figure(spread.high, 0)}",
                f"{wording.figure(spread.c, 3)}{NO_BREAK}({wording.figure(spread.c_own, 3)})",
                number(spread.persons),
                *(_sd(spread.levels[level]) for level, _kind in levels),
            )
            for spread in form.of_pages.spreads
        ],
    )


def _sd(level: LevelSpread) -> str:
    mark = "" if level.estimated else "*"
    return f"{wording.figure(level.frozen, 1)}{NO_BREAK}({wording.figure(level.own, 1)}{mark})"


def _beside(spreads: Sequence[SpreadTold]) -> str:
    text = _("SD og τ i poeng. «SD innen» er mellom personer i samme gruppe der snittet er som i hele kartleggingen.")
    if any(not level.estimated for spread in spreads for level in spread.levels):
        text += " " + _("* For få grupper til å anslå nivået, eller det kan ikke skilles fra et annet.")
    return text


def _typical_table(form: FormReport) -> TextTable:
    return TextTable(
        _("En typisk enhet: den midterste, over alle områder"),
        [
            Column(_("Nivå"), is_number=False),
            Column(_("Enheter")),
            Column("n"),
            *(
                Column(_("d {kind}").format(kind=between_groups.ONE[kind]))
                for level, kind in between_groups.levels_of(form)
                if level < len(between_groups.LEVELS) - 1
            ),
        ],
        [
            (
                str(wording.PLURALS[unit.kind]).capitalize(),
                number(unit.units),
                number(unit.n),
                *(
                    wording.figure(unit.d[level], 3) if unit.d[level] else wording.NONE
                    for level, _kind in between_groups.levels_of(form)
                    if level < len(between_groups.LEVELS) - 1
                ),
            )
            for unit in form.of_pages.typical
        ],
    )


def _smallest_table(rows: Sequence[Smallest]) -> TextTable:
    titles = [_("Halvt intervall"), _("Sikkert, én prøve"), _("Sikkert, hele siden"), _("Tyder på")]
    return TextTable(
        _("Minste forskjell fra resten av nivået over som kan skilles fra tilfeldigheter, i poeng"),
        [Column(_("Enhet og antall svar"), is_number=False), *(Column(title) for title in titles)],
        [
            (
                _("{kind} med {n}").format(kind=str(between_groups.ONE[row.kind]).capitalize(), n=number(row.n)),
                *(_over_scales(found) for found in (row.half, row.single, row.page, row.likely)),
            )
            for row in rows
        ],
    )


def _over_scales(found: Sequence[int]) -> str:
    if not found:
        return wording.NONE
    low, middle, high = found
    return number(middle) if low == high else f"{number(middle)}{NO_BREAK}({number(low)}–{number(high)})"


def _how_to_read() -> str:
    return _(
        "Det midterste, og i parentes det minste og det største, over områdene og alle enhetene i kartleggingen som "
        "har om lag så mange svar (fra fire femdeler til fem firedeler av tallet). «Hele siden» er med Holms justering "
        "for så mange prøver som en slik side pleier å ha: den største forskjellen må være så stor, de neste mindre. "
        "«Tyder på» krever at fortegnet er riktig med sannsynlighet 0,90 når slike enheter er så ulike som τ sier."
    )


def _change(form: FormReport) -> Iterator[Block]:
    rows = form.of_pages.changes
    if not rows:
        return
    yield TextTable(
        _("Hvor sikker en endring siden sist er, i poeng"),
        [
            Column(_("Nivå"), is_number=False),
            Column(_("Enheter")),
            Column(_("Standardfeil")),
            Column(_("Halvt intervall")),
            Column(_("Sikkert, hele siden")),
        ],
        [
            (
                str(wording.PLURALS[row.kind] if row.units > 1 else between_groups.ONE[row.kind]).capitalize(),
                number(row.units),
                wording.figure(row.half[1] / 1.96, 1),
                _over_scales(row.half),
                number(row.page),
            )
            for row in rows
        ],
    )
    yield Paragraph(
        _(
            "Standardfeilen er det midterste halve intervallet delt på 1,96. Der intervallet er med t-fordelingen "
            "(kommuner og over, med minst ti skoler i begge), er den noe mindre."
        ),
        quiet=True,
    )


def _panel(form: FormReport) -> Iterator[Block]:
    rows = form.of_pages.panels
    if not rows:
        if why := panel_words.told(None, PanelGap(form.of_pages.panel_gap), ""):
            yield Paragraph(why)
        return
    yield TextTable(
        _("De samme personene i begge kartleggingene"),
        [
            Column(_("Område"), is_number=False),
            *(Column(title) for title in (_("Par"), _("Gjenfunnet"), _("Da"), _("Nå"), _("Endring"))),
        ],
        [
            (
                between_groups.name_of(form, row.scale),
                number(row.n),
                f"{number(row.matched)}{NO_BREAK}%",
                number(row.then),
                number(row.now),
                f"{wording.signed(row.now - row.then, 0)}{NO_BREAK}±{NO_BREAK}{number(row.half)}",
            )
            for row in rows
        ],
    )
