"""The steps from draft to open wave, each with what it promises to parents and children."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.alphabet import alphabetical, in_name_order
from kfl.core.templatetags.core import listed, moment
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.people.roles import Permission
from kfl.people.scopes import held_by_nobody
from kfl.questionnaires.formats import BY_LINK, Informant

from ..models import Collection, ConsentMode, Wave
from ..reminders.links import BY_MAIL, codes_for_paper, without_address
from . import help_text
from .tree import taking_part, valid_on

MOST_UNITS = 6  # named of those who take part
MOST_PLACES = 40  # named of those where something is to be done


@dataclass(frozen=True)
class ChecklistStep:
    """A choice: what is chosen now, what it promises, and where it is changed."""

    heading: str
    chosen: str
    promise: str
    url: str
    is_done: bool


def steps(wave: Wave) -> list[ChecklistStep]:
    """The checklist of a wave."""
    key = {"slug": wave.slug}
    edit = reverse("surveys:wave-edit", kwargs=key)
    forms = [str(form.version.questionnaire) for form in wave.forms.select_related("version__questionnaire")]
    units = sorted(wave.units.values_list("unit__name", flat=True), key=alphabetical)
    window = ngettext(
        "{opens} – {closes}. Stenger seg selv {days} dag etter.",
        "{opens} – {closes}. Stenger seg selv {days} dager etter.",
        wave.close_within_days,
    ).format(opens=moment(wave.opens_at), closes=moment(wave.closes_at), days=wave.close_within_days)
    if wave.collection == Collection.IMPORT:
        return _of_file(wave, forms, units)
    return [
        ChecklistStep(
            _("Tid"),
            window,
            _("Foreldrene får vite når det spørres, og at kodene slettes når kartleggingen stenger."),
            edit,
            True,
        ),
        ChecklistStep(
            _("Samtykke"),
            ConsentMode(wave.consent_mode).label.capitalize(),
            _consent_promise(ConsentMode(wave.consent_mode)),
            edit,
            True,
        ),
        ChecklistStep(
            _("Skjemaer"),
            ", ".join(forms) or _("Ingen er valgt ennå."),
            _("Skjemaet fryses ved åpning; ingen kan endre det etterpå. Fra da av kan alle lese spørsmålene."),
            reverse("surveys:wave-forms", kwargs=key),
            bool(forms),
        ),
        ChecklistStep(
            _("Hvis noe er vanskelig"),
            _help_line(wave),
            _("Alle ser det ved de sensitive spørsmålene og på siste side, også den som sier nei."),
            reverse("surveys:wave-help", kwargs=key),
            True,
        ),
        ChecklistStep(
            _("Hvem er med"),
            _units_line(units),
            _(
                "Klasselistene fryses ved åpning. Resultater vises bare for grupper på minst {k}, og aldri slik at en "
                "mindre gruppe kan regnes ut."
            ).format(k=wave.k),
            reverse("surveys:wave-units", kwargs=key),
            bool(units),
        ),
        ChecklistStep(
            _("Innsamling"),
            Collection(wave.collection).label.capitalize(),
            _("Hvem som har svart, lagres ikke. Svarene ligger uten navn. Kodene slettes når det stenger."),
            "",
            True,
        ),
        *_adults(wave),
        *_letters(wave),
    ]  # fmt: skip


def _of_file(wave: Wave, forms: list[str], units: list[str]) -> list[ChecklistStep]:
    """What a wave from a file promises: nobody was asked here, so nothing about codes, asking or consent."""
    return [
        ChecklistStep(_("Skjemaer"), ", ".join(forms), _("Skjemaet er fryst; ingen kan endre det."), "", True),
        ChecklistStep(
            _("Hvem er med"),
            _units_line(units),
            _(
                "Resultater vises bare for grupper på minst {k}, og aldri slik at en mindre gruppe kan regnes ut."
            ).format(k=wave.k),
            "",
            True,
        ),
        ChecklistStep(
            _("Innsamling"),
            Collection(wave.collection).label.capitalize(),
            _("Svarene ligger uten navn, og blandes når kartleggingen stenger."),
            "",
            True,
        ),
    ]


def _adults(wave: Wave) -> list[ChecklistStep]:
    """How staff and leaders get their links, where the wave asks any."""
    if wave.collection != Collection.CODES or not wave.forms.filter(informant__in=BY_MAIL).exists():
        return []
    if wave.is_draft:
        missing = without_address(wave, timezone.localdate())
    else:
        missing = codes_for_paper(wave).count() if wave.is_under_way else 0
    chosen = _("Hver får lenken sin på e-post når kartleggingen har åpnet.")
    if missing:
        words = ngettext(
            "{count} av dem har ingen e-postadresse i portalen, og får brev fra kontoret.",
            "{count} av dem har ingen e-postadresse i portalen, og får brev fra kontoret.",
            missing,
        )
        chosen = f"{chosen} {words.format(count=missing)}"
    promise = _("Ingen som kan lese resultatene fra et sted, ser, skriver ut eller fører inn noe for de voksne der.")
    return [ChecklistStep(_("Ansatte og ledere"), chosen, promise, "", True)]


def _letters(wave: Wave) -> list[ChecklistStep]:
    """Where nobody but the secretariat may print the adults' letters; told while there is time to give the role."""
    asked = [Informant(form.informant) for form in wave.forms.all()]
    if not wave.is_draft or wave.is_rehearsal:
        return []
    kinds = {Kind.KINDERGARTEN if one.in_kindergarten else Kind.SCHOOL for one in asked if one in BY_LINK}
    today = timezone.localdate()
    every = Unit.objects.everywhere(why="sifted: the places of a wave, for whoever sets it up")
    places = in_name_order(every.filter(taking_part(wave), valid_on(today), kind__in=kinds)) if kinds else []
    if not places:
        return []
    without = held_by_nobody(places, Permission.ADULT_CODES_PRINT, on=today)
    chosen = _("Kontoret skriver dem ut, alle steder.")
    if without:
        words = _("Ingen har rollen kontor, og kan håndtere lenkene til de voksne, ved: {places}.")
        chosen = words.format(places=_units_line([unit.name for unit in without], most=MOST_PLACES))
    promise = _(
        "Foreldre, og ansatte uten e-postadresse, får lenken i et lukket brev fra en som ikke leser resultatene der. "
        "Har ingen rollen, skriver sekretariatet dem ut."
    )
    return [ChecklistStep(_("Brev til voksne"), chosen, promise, "", not without)]


def _consent_promise(mode: ConsentMode) -> str:
    if mode is ConsentMode.ACTIVE:
        return _("Ingen elev får kode før foreldrene har sagt ja. Eleven kan selv si nei på første side.")
    return _("Foreldrene blir informert først og kan si nei når som helst til det stenger. Eleven kan selv si nei.")


def _help_line(wave: Wave) -> str:
    if not wave.help and not wave.help_adults:
        return _("Standardteksten, med Alarmtelefonen for barn og unge.")
    lacking = help_text.lacking(wave)
    if not lacking:
        return _("Egen tekst.")
    return _("Egen tekst. Den mangler på {languages}; der vises standardteksten.").format(languages=listed(lacking))


def _units_line(units: list[str], *, most: int = MOST_UNITS) -> str:
    if not units:
        return _("Ingen er valgt ennå.")
    if len(units) <= most:
        return ", ".join(units)
    rest = len(units) - (most - 1)
    more = ngettext("{names} og {count} til", "{names} og {count} til", rest)
    return more.format(names=", ".join(units[: most - 1]), count=rest)
