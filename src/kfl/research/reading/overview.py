"""The report's first page: in short, how the wave was held, what was left out, how the numbers are made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from kfl.analysis.judgements import RMSEA_DF, RMSEA_PEOPLE, Judgement
from kfl.core.templatetags.core import listed, moment, number, share_of
from kfl.disclosure import Published
from kfl.documents.blocks import Block, Column, Facts, Paragraph, Points, Section, TextTable
from kfl.questionnaires.formats import Informant
from kfl.results.reading import result_words
from kfl.surveys.counts import count_words
from kfl.surveys.models import Collection, ConsentMode

from ..payload import FormReport, Report, ScaleReport, WhyLeftOut
from . import between_groups, judging, literature, response, wording


def informant_name(form: FormReport) -> str:
    return str(Informant(form.informant).label)


def scale_name(scale: ScaleReport) -> str:
    return result_words.said(scale.title)


def told(report: Report) -> Iterator[tuple[FormReport, ScaleReport]]:
    """The scales that something is told about."""
    return ((form, scale) for form in report.forms for scale in form.scales if not scale.gap)


def sections(published: Published[Report], digest: str, made_at: datetime) -> list[Section]:
    """Everything that is not about one informant group."""
    report = published.numbers
    return [
        Section("kort-fortalt", _("Kort fortalt"), [Points(list(_in_short(report)))]),
        Section("gjennomforing", _("Slik ble kartleggingen gjennomført"), list(_design(report))),
        Section("hvem-tallene-gjelder", _("Hvem tallene gjelder"), list(response.population(report))),
        Section("utelatt", _("Utelatt, og hvorfor"), list(_left_out(report))),
        Section("metode", _("Slik er tallene laget"), list(_method(report))),
        Section("kilder", _("Kilder"), [Points(literature.SOURCES)]),
        Section("utgave", _("Utgave"), [_edition(report, digest, made_at)]),
    ]


def _in_short(report: Report) -> Iterator[str]:
    # Only of the groups that are told by themselves: their sum says nothing that stands nowhere else.
    counted = [(form.answered, form.invited) for form in report.forms if form.answered is not None]
    if counted:
        total = count_words.released(sum(n for n, _of in counted), sum(of for _n, of in counted))
        if len(counted) == len(report.forms):
            yield f"{total}."
        else:
            yield _("{total} i de gruppene der antallet vises.").format(total=total)
    scales = list(told(report))
    yield from _reliability_in_short(scales)
    if likeness := between_groups.in_short(report.forms):
        yield likeness
    fits = judging.count(Judgement(scale.fit) for _form, scale in scales)
    tried = sum(fits.values()) - fits[Judgement.UNKNOWN]
    if tried:
        yield _(
            "Om spørsmålene måler én og samme ting, kan prøves for {tried} områder: modellen passer godt nok for "
            "{good}, knapt for {enough} og for dårlig for {weak}."
        ).format(tried=tried, good=fits[Judgement.GOOD], enough=fits[Judgement.ENOUGH], weak=fits[Judgement.WEAK])
    since = [scale.since.level for _form, scale in scales if scale.since]
    if since:
        yield _(
            "{n} områder er prøvd mot forrige gang de ble målt. For {scalar} av dem kan snittene sammenlignes."
        ).format(n=len(since), scalar=since.count("scalar"))
    compared = [size for _form, scale in scales for size in scale.dif]
    if compared:
        marked = sum(size in {"B", "C"} for size in compared)
        text = _("{n} av {all} spørsmål besvares merkbart ulikt av jenter og gutter som ellers svarer likt.")
        yield text.format(n=number(marked) if marked else _("Ingen"), all=number(len(compared)))


def _reliability_in_short(scales: list[tuple[FormReport, ScaleReport]]) -> Iterator[str]:
    found = judging.count(Judgement(scale.reliability) for _form, scale in scales)
    yield _(
        "{n} områder har flere spørsmål og vises for hele kartleggingen. Reliabiliteten er god nok for {good}, knapt "
        "god nok for {enough} og for svak for {weak}; {unknown} kan ikke vurderes."
    ).format(
        n=len(scales),
        good=found[Judgement.GOOD],
        enough=found[Judgement.ENOUGH],
        weak=found[Judgement.WEAK],
        unknown=found[Judgement.UNKNOWN],
    )
    weak = [(f, s) for f, s in scales if Judgement(s.reliability) is Judgement.WEAK]
    if weak:
        names = [f"{scale_name(scale)} ({informant_name(form)})" for form, scale in weak]
        yield _("For svake til å leses som ett tall: {names}.").format(names=listed(names))


def _design(report: Report) -> Iterator[Block]:
    yield Facts(
        [
            (_("Åpen"), f"{wording.day(report.opened)} – {wording.day(report.closed)}"),
            (_("Innsamling"), str(Collection(report.collection).label)),
            (_("Samtykke"), str(ConsentMode(report.consent).label)),
            (_("Serie"), report.series),
            (_("Minste gruppe som vises"), number(report.thresholds["k"])),
        ]
    )
    yield TextTable(
        _("Hvem som ble spurt, og hvem som svarte"),
        [
            Column(_("Informantgruppe"), is_number=False),
            Column(_("Skjema"), is_number=False),
            Column(_("Utgave")),
            Column(_("Spørsmål")),
            Column(_("Invitert")),
            Column(_("Svarte")),
            Column(_("Andel")),
        ],
        [
            (
                informant_name(form).capitalize(),
                result_words.said(form.questionnaire),
                number(form.version),
                number(form.filled.questions) if form.filled else wording.NONE,
                number(form.invited),
                number(form.answered) if form.answered is not None else count_words.hidden(),
                share_of(form.answered, form.invited) if form.answered is not None else wording.NONE,
            )
            for form in report.forms
        ],
    )
    yield Paragraph(
        _("Spørsmål er talt uten sensitive spørsmål og åpne svar."),
        quiet=True,
    )


def _left_out(report: Report) -> Iterator[Block]:
    left = [(form, scale) for form in report.forms for scale in form.scales if scale.gap]
    yield Paragraph(
        _(
            "Rapporten gjelder hele kartleggingen under ett. Den har ingen tall for den enkelte kommune, skole "
            "eller klasse, og bare områder som resultatene viser for hele kartleggingen, er med."
        )
    )
    partly = [(form, scale, reason) for form, scale in told(report) for reason in _partly(scale)]
    rows = [
        (informant_name(form).capitalize(), scale_name(scale), _("hele"), wording.why(scale.gap))
        for form, scale in left
    ]
    rows += [(informant_name(form).capitalize(), scale_name(scale), part, why) for form, scale, (part, why) in partly]
    if rows:
        columns = [_("Informantgruppe"), _("Område"), _("Del"), _("Hvorfor")]
        yield TextTable(_("Det som mangler"), [Column(title, is_number=False) for title in columns], rows)
    yield Paragraph(
        _(
            "Alfa krever {alpha} hele svarark, faktormodeller og sammenligninger {models} i hver gruppe, og "
            "intraklassekorrelasjon {groups} grupper. Ingen svarark er tatt ut fordi de ser uoppmerksomme ut."
        ).format(**{key: number(value) for key, value in report.least.items()})
    )


def _partly(scale: ScaleReport) -> Iterator[tuple[str, str]]:
    """What is missing of a scale that is told about, by reason; what holds for all is said elsewhere."""
    parts = {
        _("reliabilitet"): scale.alpha_gap,
        _("faktormodell"): scale.fit_gap,
        _("sammenligning med forrige gang"): "" if scale.since_gap == WhyLeftOut.NEW else scale.since_gap,
        _("jenter og gutter"): "" if scale.gender_gap in wording.OF_ALL else scale.gender_gap,
    }
    for gap in dict.fromkeys(filter(None, parts.values())):
        yield listed([part for part, why in parts.items() if why == gap]), wording.why(gap)


def _method(report: Report) -> Iterator[Block]:
    yield Points(
        [
            _("Snudde spørsmål er snudd før noe regnes ut. Et ubesvart spørsmål er ubesvart; ingenting er fylt inn."),
            _(
                "Alle tall om et område bygger på hele svarark: de som har svart på alle spørsmålene i området. «n» er "
                "hvor mange som svarte på spørsmålet, og «mangler» er andelen av alle svarark. Tallene står bare der "
                "ingen kan bruke dem til å regne ut hva noen få svarte; ellers står det ord."
            ),
            _(
                "Alfa er Cronbachs alfa med Feldts 95 % intervall. Omega er fra modellen med én faktor, også med "
                "95 % intervall."
            ),
            _(
                "Modellen med én faktor er estimert med sannsynlighetsmaksimering fra kovariansene. Svar i få trinn er "
                "ikke normalfordelte, så χ² blir gjerne for stor og ladningene litt for små. Derfor står den samme "
                "modellen også estimert for ordnede svar (WLSMV: polykoriske korrelasjoner, justert χ²)."
            ),
            _(
                "Modellen passer så godt som det svakeste av CFI, TLI, RMSEA og SRMR. RMSEA er for stor når den er "
                "over grensen og hele 90 % intervallet ligger over det som regnes som godt. Bare der færre enn "
                "{people} har svart på alt og modellen har høyst {df} frihetsgrader, teller RMSEA ikke: der blir den "
                "lett for stor (Kenny mfl. 2015)."
            ).format(people=number(RMSEA_PEOPLE), df=number(RMSEA_DF)),
            _(
                "Grensene er laget for sannsynlighetsmaksimering og kontinuerlige svar. WLSMV dømmes etter de samme, "
                "men får lettere gode tall (Xia & Yang 2019): «{good}» sier mindre der, «{weak}» sier mer. Dommen over "
                "et område er den fra sannsynlighetsmaksimering."
            ).format(good=judging.word(Judgement.GOOD), weak=judging.word(Judgement.WEAK)),
            _(
                "Standardfeil, χ² og intervallene for alfa og omega regner hver person som uavhengig og svarene som "
                "normale. Hvor mye mer de varierer, står som designeffekt ved hvert område, regnet med skolene som "
                "klynger (Satorra & Bentler 1994; Muthén & Satorra 1995), der minst ti skolers hele svarark kan stå "
                "for seg. Ellers står grensene: minst som for varianser av normale svar, høyst som for snittet (Kish "
                "1965). Det gjelder også Δχ²."
            ),
            _(
                "Hvor mye som ligger mellom klasser, trinn, skoler og kommuner, er fra én modell med alle nivåene "
                "(REML): klassenes del er det som skiller klasser på samme trinn og skole. Den bygger på grupper som "
                "vises, aldri på dem som er skjult."
            ),
            _(
                "Sammenligning med forrige gang går i tre steg: samme modell, like ladninger, like konstantledd. "
                "Et steg holder når CFI ikke faller 0,010 eller mer samtidig som RMSEA eller SRMR stiger."
            ),
            _(
                "Spørsmål mellom jenter og gutter: de som har like mange poeng på området, sammenlignes spørsmål for "
                "spørsmål (Mantels test, Holm-justert; A ubetydelig, B merkbar, C stor)."
            ),
        ]
    )
    columns = [
        Column(_("Tall"), is_number=False),
        *(Column(judging.word(one)) for one in _JUDGED),
        Column(_("Grensene er fra"), is_number=False),
    ]
    yield TextTable(_("Hva som regnes som godt nok"), columns, judging.limit_rows())
    yield Paragraph(
        _("Grensene er vaner i faget, ikke naturlover. De dømmer tallet slik det er skrevet, med to desimaler."),
        quiet=True,
    )


_JUDGED = (Judgement.GOOD, Judgement.ENOUGH, Judgement.WEAK)


def _edition(report: Report, digest: str, made_at: datetime) -> Facts:
    return Facts(
        [
            (_("Kartlegging"), report.wave),
            (_("Resultatenes utgave"), report.release),
            (_("Resultatenes fingeravtrykk"), report.release_digest),
            (_("Rapporten laget"), moment(made_at)),
            (_("Rapportens fingeravtrykk"), digest),
            (_("Laget med"), f"kfl {report.made_with}"),
        ]
    )
