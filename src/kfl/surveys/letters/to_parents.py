"""The letter to parents: every sentence follows from a setting that is in force, or from how the portal works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.templatetags.core import dated, listed, moment
from kfl.documents import handouts
from kfl.documents.blocks import Paragraph, Points, Section
from kfl.documents.pdf import as_pdf
from kfl.documents.printable import Unprintable, unprintable
from kfl.people.models import Unit
from kfl.questionnaires.formats import CHILDREN, FOR_EACH_CHILD, RATERS, Informant
from kfl.questionnaires.models import Item

from .. import store
from ..models import Collection, ConsentMode, LetterFacts, Wave
from ..paper.printed_forms import ON_PAPER
from ..queries import thresholds_of
from ..waves import help_text, stored

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


_OF_CHILDREN = FOR_EACH_CHILD | {Informant.PARENT, Informant.KINDERGARTEN_PARENT}


class BeyondThePromise(CannotBeDone):
    """The wave would be open on the day that parents were told its answers are deleted, or later."""


@dataclass(frozen=True)
class ParentLetter:
    """A wave's letter, in the language that is in force."""

    title: str
    sections: list[Section]
    slip: str  # what the parents tick on the slip


def facts_of(wave: Wave) -> LetterFacts:
    """The wave's own facts, or blank ones."""
    found = LetterFacts.objects.within(wave).first()
    return found or LetterFacts(wave=wave)


def lacking(wave: Wave) -> str:
    """What the letter of a wave that asks about children does not say yet, as a sentence; empty when all is there."""
    informants = {Informant(form.informant) for form in wave.forms.all()}
    if wave.collection != Collection.CODES or wave.is_rehearsal or not informants & _OF_CHILDREN:
        return ""
    facts = facts_of(wave)
    said = {
        _("behandlingsansvarlig"): facts.controller,
        _("kontakt"): facts.contact,
        _("dagen svarene slettes"): facts.answers_until,
    }
    missing = [words for words, fact in said.items() if not fact]
    return _("Brevet til foreldre mangler {what}.").format(what=listed(missing)) if missing else ""


def overdue(at: datetime) -> list[Wave]:
    """Waves with answers on the day that parents were told they are deleted, or later: no results are made yet."""
    facts = LetterFacts.objects.everywhere(why="system: what parents were promised, by the day").filter(
        stored.has_opened("wave__") & ~stored.has_results("wave__"), answers_until__lte=timezone.localdate(at)
    )
    return [row.wave for row in facts.select_related("wave__unit") if store.has_answers(row.wave.slug)]


def check_promise(wave: Wave, closes_at: datetime) -> None:
    """Raise where a wave that closes then would break what parents were told: `BeyondThePromise`."""
    until = facts_of(wave).answers_until
    if until is not None and timezone.localdate(closes_at) >= until:
        raise BeyondThePromise(
            _("Foreldrene har fått vite at svarene slettes {day}. Kartleggingen må stenge før den dagen.").format(
                day=dated(until)
            )
        )


def letter_of(wave: Wave, asked: str) -> ParentLetter:
    """The letter; `asked` is the address where everybody may read the questions once the wave has opened."""
    informants = [Informant(form.informant) for form in wave.forms.order_by("number")]
    facts = facts_of(wave)
    is_active = wave.consent_mode == ConsentMode.ACTIVE
    return ParentLetter(
        _("Til foreldre og foresatte: {wave}").format(wave=wave.name),
        [
            _section("hva", _("Hva det gjelder"), _what(wave, informants, asked)),
            _section("frivillig", _("Det er frivillig"), _choice(informants, is_active)),
            _section("hvem", _("Hvem ser svarene?"), _who_sees(wave, informants)),
            *_if_it_is_hard(wave, informants),
            _section("lenge", _("Hvor lenge"), _how_long(facts)),
            _section("oss", _("Spør oss"), _whom_to_ask(facts)),
        ],
        _("Barnet vårt kan være med.") if is_active else _("Vi vil ikke at barnet vårt skal være med."),
    )


def _section(key: str, heading: str, sentences: list[str]) -> Section:
    """Two sentences follow each other, more stand under one another."""
    return Section(key, heading, [Points(sentences) if len(sentences) > 2 else Paragraph(" ".join(sentences))])


def _what(wave: Wave, informants: list[Informant], asked: str) -> list[str]:
    asks = [informant.label for informant in informants if informant not in RATERS]
    found = [
        *([_("Vi spør {who}.").format(who=listed(asks))] if asks else []),
        _("Det går fra {opens} til {closes}.").format(opens=moment(wave.opens_at), closes=moment(wave.closes_at)),
    ]
    if Informant.RATER_TEACHER in informants:
        found.append(_("Kontaktlæreren svarer også på spørsmål om hver elev: hvordan læreren ser eleven på skolen."))
    if Informant.RATER_KINDERGARTEN in informants:
        found.append(
            _("Pedagogisk leder svarer også på spørsmål om hvert barn: hvordan lederen ser barnet i hverdagen.")
        )
    words = _("Alle spørsmålene kan leses på {address}.")
    if wave.is_draft:
        words = _("Når kartleggingen åpner, kan alle spørsmålene leses på {address}.")
    return [*found, words.format(address=asked.split("://", 1)[-1].rstrip("/"))]


def _choice(informants: list[Informant], is_active: bool) -> list[str]:
    found = [
        _("Barnet får kode bare hvis dere sier ja.")
        if is_active
        else _(
            "Vil dere ikke at barnet skal være med, sier dere fra til skolen eller barnehagen. Da "
            "får barnet ingen kode."
        ),
        _(
            "Ombestemmer dere dere mens kartleggingen er åpen, slutter koden å virke, og det barnet "
            "har svart, slettes med det samme."
        ),
        _(
            "Etter at den er stengt, kan dere be skolen eller barnehagen om at svarene slettes. "
            "Resultater som alt er laget, endres ikke."
        ),
    ]
    if not RATERS.isdisjoint(informants):
        words = _(
            "Er barnet ikke med, blir det heller ikke vurdert, og det en voksen alt har svart om barnet, slettes."
        )
        found.append(words)
    if any(informant in CHILDREN for informant in informants):
        found.append(
            _(
                "Barnet kan selv si nei, hoppe over spørsmål, og trekke svarene til det stenger, med "
                "koden og ordet som siden viser."
            )
        )
    return found


def _who_sees(wave: Wave, informants: list[Informant]) -> list[str]:
    limits = thresholds_of(wave)
    found = [
        _(
            "Svarene ligger uten navn. Portalen teller ark som er levert eller avsluttet med nei, ikke hvem som har "
            "svart."
        ),
        _(
            "Vi viser aldri resultater for færre enn {k} svar, og heller ikke tall som gjør at noen kan regne seg fram "
            "til færre. Hvordan svarene fordeler seg, vises bare der minst {share} har svart."
        ).format(k=limits.k, share=limits.k_share),
    ]
    if not {Informant.PARENT, Informant.KINDERGARTEN_PARENT}.isdisjoint(informants):
        found.append(
            _(
                "Foreldre får sin egen lenke i et lukket brev. Ingen som kan lese resultatene fra skolen eller "
                "barnehagen, har sett den."
            )
        )
    if not RATERS.isdisjoint(informants):
        found.append(
            _(
                "Hva en voksen svarer om barnet, kan ingen andre slå opp, heller ikke lederen på stedet. Lederen ser "
                "bare hvem som er vurdert."
            )
        )
    items = Item.objects.everywhere(why="public: what a wave asks is not secret")
    if items.filter(version__wave_forms__wave=wave, sensitive=True).exists():
        words = _(
            "Vi spør også om vanskelige ting, som mobbing. Svarene på det vises ikke i portalen ennå. Blir de vist "
            "senere, er det for klasser og trinn aldri nøyaktigere enn i grupper på {band}."
        )
        found.append(words.format(band=limits.band))
    if ON_PAPER & set(informants):
        found.append(
            _("Må noen svare på papir fordi nettet svikter, ser den voksne som fører svarene inn, hva som står der.")
        )
    return found


def _if_it_is_hard(wave: Wave, informants: list[Informant]) -> list[Section]:
    if not any(informant in CHILDREN for informant in informants):
        return []
    told = _("Ved vanskelige spørsmål og på siste side ser alle barn dette: «{words}»")
    said = told.format(words=help_text.said_to_children(wave))
    return [_section("vanskelig", _("Hvis noe er vanskelig"), [said])]


def _how_long(facts: LetterFacts) -> list[str]:
    codes = _("Når kartleggingen stenger, slettes kodene, og rekkefølgen på svarene blandes.")
    if facts.answers_until is None:
        return [codes, _("Det er ikke satt noen dato for når svarene slettes.")]
    return [
        codes,
        _("Svarene slettes {day}. Resultatene, som er tall for grupper, beholdes.").format(
            day=dated(facts.answers_until)
        ),
    ]


def _whom_to_ask(facts: LetterFacts) -> list[str]:
    found = []
    if facts.controller:
        found.append(_("Behandlingsansvarlig: {name}.").format(name=facts.controller))
    if facts.contact:
        found.append(_("Kontakt: {contact}.").format(contact=facts.contact))
    else:
        found.append(_("Spør skolen eller barnehagen."))
    return [*found, _("Dere kan klage til Datatilsynet.")]


def pdf(wave: Wave, place: str, asked: str, language: str) -> bytes:
    """The letter for one class, tagged, with a slip to send back."""
    return as_pdf(on_paper(wave, place, asked, language))


def unprintable_in(wave: Wave, place: str, asked: str) -> list[Unprintable]:
    """What the letter says, in any language, that cannot be printed as it is."""
    return unprintable(on_paper(wave, place, asked, language) for language in LANGUAGES)


def place_of(unit: Unit) -> str:
    """8A, Ask skole."""
    return unit.name_with_school


def on_paper(wave: Wave, place: str, asked: str, language: str) -> handouts.Letter:
    """The letter for one class, as it is printed."""
    with translation.override(language):
        letter = letter_of(wave, asked)
        return handouts.Letter(
            language=language,
            title=letter.title,
            place=place,
            sections=letter.sections,
            reply=handouts.Reply(
                title=_("Svarslipp til skolen eller barnehagen"),
                choice=letter.slip,
                lines=(_("Barnets navn"), _("Dato og underskrift")),
            ),
        )
