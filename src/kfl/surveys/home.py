"""What the surveys room puts on somebody's home page: codes to hand out, the response."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.alphabet import in_name_order
from kfl.core.cards import Card, Link, MenuEntry, MenuGroup, Urgency
from kfl.core.templatetags.core import dated, number
from kfl.people.kinds import Kind
from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_of, has_permission, may
from kfl.questionnaires.formats import CHILDREN

from .codes.rights import may_handle
from .counts import coverage
from .models import Code, Collection, Wave
from .queries import waves_asking_at, waves_at
from .ratings import rating_lists
from .reminders.links import BY_MAIL
from .waves import closing_itself, more_time, stored
from .waves.dates import dates as dates
from .waves.now import Now, now_of
from .waves.series import in_order
from .waves.states import Act, Stage, stored_for

SOON = timedelta(days=60)  # how long before the opening consent is asked for


def navigation(user: User) -> list[MenuEntry]:
    """Entries in the page head."""
    links = []
    if has_permission(user, Permission.WAVE_EDIT):
        links.append(MenuEntry(reverse("surveys:wave-list"), _("Kartlegginger"), MenuGroup.SURVEYS))
    elif has_permission(user, Permission.RESPONSE_VIEW):
        links.append(MenuEntry(reverse("surveys:followed"), _("Kartlegginger"), MenuGroup.SURVEYS))
    return links


def cards(user: User, on: date) -> list[Card]:
    """What this person should do now."""
    found: list[Card] = []
    seen: set[int] = set()
    for assignment in assignments_of(user, on=on):
        unit = assignment.unit
        if unit.pk in seen or unit.kind == Kind.COUNTY:
            continue
        if may(user, Permission.RESPONSE_VIEW, unit):
            found += [_open_card(user, wave, unit) for wave in waves_asking_at(unit, *stored_for(Act.FOLLOW))]
        elif may_handle(user, unit):
            found += [_codes_card(wave, unit) for wave in waves_asking_at(unit, *stored_for(Act.HAND_OUT))]
        else:
            continue
        seen.add(unit.pk)
        found += _consent_cards(user, unit, on)
    found += _rating_cards(user)
    found += _own_link_cards(user)
    if has_permission(user, Permission.WAVE_EDIT):
        found += _board(user)
    return found


def pupils_line(response: coverage.Response | None) -> str:
    """17 ark levert eller nei sagt · 24 inviterte."""
    return _("Ingen elever er med her.") if response is None else response.words


def _open_card(user: User, wave: Wave, unit: Unit) -> Card:
    lines: tuple[str, ...]
    now, response = now_of(wave, unit), coverage.of_unit(wave, unit)
    if unit.kind == Kind.MUNICIPALITY:
        schools = Unit.objects.visible_to(user, Permission.RESPONSE_VIEW).filter(
            path__startswith=unit.path, kind__in=[Kind.SCHOOL, Kind.KINDERGARTEN]
        )
        each = coverage.of_units(wave, unit, in_name_order(schools))
        lines = tuple(f"{one.unit.name}: {pupils_line(one.pupils)}" for one in each if one.pupils)
    elif unit.kind in {Kind.GROUP, Kind.DEPARTMENT}:
        lines = (f"{pupils_line(response.pupils)} · {now.brief}",)
    else:
        lines = tuple(f"{capfirst(line.informant.label)}: {line.words}" for line in response.lines)
    actions = _code_links(wave, unit) if now.may(Act.HAND_OUT) and may_handle(user, unit) else []
    key = {"slug": wave.slug, "key": unit.pk}
    if unit.kind not in {Kind.GROUP, Kind.DEPARTMENT}:
        actions.append(Link(reverse("surveys:response", kwargs=key), _("Hvor mange har svart")))
    note = "" if unit.kind in {Kind.GROUP, Kind.DEPARTMENT} else capfirst(now.brief) + "."
    note = " ".join(filter(None, [note, more_time.words(wave, unit, timezone.now())]))
    return Card(f"{wave.name} – {unit.name}", lines, tuple(actions), Urgency.NOW, now.closes_at, note)


def _codes_card(wave: Wave, unit: Unit) -> Card:
    """For whoever hands out codes and follows no counts: the office."""
    now = now_of(wave, unit)
    line, actions = now.words, list[Link]()
    if now.may(Act.HAND_OUT):
        line = _("Skriv ut lapper og brev, bytt koder som er mistet, og før inn svar på papir.")
        actions = _code_links(wave, unit)
    key = {"slug": wave.slug, "key": unit.pk}
    if not wave.is_rehearsal:
        actions.append(Link(reverse("surveys:consent", kwargs=key), _("Samtykke")))
    note = capfirst(now.brief) + "."
    return Card(f"{wave.name} – {unit.name}", (line,), tuple(actions), Urgency.NOW, now.closes_at, note)


def _code_links(wave: Wave, unit: Unit) -> list[Link]:
    key = {"slug": wave.slug, "key": unit.pk}
    return [
        Link(reverse("surveys:codes", kwargs=key), _("Skriv ut koder")),
        Link(reverse("surveys:lost-code", kwargs=key), _("Mistet kode?")),
    ]


def _rating_cards(user: User) -> list[Card]:
    """Whom a contact teacher or pedagogical leader has yet to rate."""
    if not has_permission(user, Permission.RATING_GIVE):
        return []
    found = []
    for one in rating_lists.own_lists(user):
        now = now_of(one.wave, one.unit)
        words = ngettext("{done} av {all} er levert", "{done} av {all} er levert", len(one.ratings))
        line = words.format(done=number(one.handed_in), all=number(len(one.ratings)))
        url = reverse("surveys:rating-list", kwargs={"slug": one.wave.slug, "key": one.unit.pk})
        heading = rating_lists.heading(one.unit)
        line = f"{line} · {now.brief}"
        found.append(Card(heading, (line,), (Link(url, _("Åpne lista")),), Urgency.NOW, now.closes_at))
    return found


def _own_link_cards(user: User) -> list[Card]:
    """For everybody whom an open wave asks, whether they have answered or not."""
    codes = Code.objects.within(user, by="holder").filter(form__informant__in=BY_MAIL)
    rows = codes.select_related("wave__unit", "node__unit").order_by("pk")
    found = {code.wave: now for code in rows if (now := now_of(code.wave, code.node.unit)).may(Act.HAND_OUT)}
    line = _(
        "Du er invitert til å svare med din egen lenke. Den kommer på e-post, eller på papir om du ikke har adresse."
    )
    link = Link(reverse("surveys:own-links"), _("Få lenken på nytt"))
    return [
        Card(wave.name, (line,), (link,), Urgency.NOW, now.closes_at, capfirst(now.brief) + ".")
        for wave, now in found.items()
    ]


def _consent_cards(user: User, unit: Unit, on: date) -> list[Card]:
    """Before the opening: say who may take part."""
    if not may(user, Permission.CONSENT_EDIT, unit):
        return []
    in_kindergarten = unit.kind in {Kind.KINDERGARTEN, Kind.DEPARTMENT}
    here = [informant for informant in CHILDREN if informant.in_kindergarten == in_kindergarten]
    drafts = waves_at(unit, *stored_for(Act.SET_UP)).filter(
        rehearsal__isnull=True, forms__informant__in=here, opens_at__date__lte=on + SOON, closes_at__date__gte=on
    )
    found = []
    for wave in drafts:
        opens = dated(wave.opens_at)
        line = _("Kartleggingen åpner {day}. Skriv inn hvem som er informert, og hvem som er reservert.")
        url = reverse("surveys:consent", kwargs={"slug": wave.slug, "key": unit.pk})
        heading = _("Før {wave} – {unit}").format(wave=wave.name, unit=unit.name)
        found.append(
            Card(heading, (line.format(day=opens),), (Link(url, _("Skriv inn samtykke")),), Urgency.SOON, wave.opens_at)
        )
    return found


def _board(user: User) -> list[Card]:
    """The waves that somebody who sets them up has under way."""
    done = stored.has_results() | stored.is_a_rehearsal_that_is_over()
    waves = Wave.objects.visible_to(user, Permission.WAVE_EDIT).exclude(done)
    found = []
    for wave in waves.filter(collection=Collection.CODES).order_by(*in_order()):
        found.append(_own_card(now_of(wave)))
    if not found:
        new = Link(reverse("surveys:wave-new"), _("Sett opp en kartlegging"))
        found.append(Card(_("Kartlegginger"), (_("Ingen kartlegging er under arbeid."),), (new,)))
    return found


def _own_card(now: Now) -> Card:
    """A wave for whoever sets it up. One whose time is up presses most: it is due since then."""
    wave, key = now.wave, {"slug": now.wave.slug}
    page = Link(reverse("surveys:wave-detail", kwargs=key), _("Se kartleggingen"))
    if now.stage is Stage.DRAFT:
        line = _("Utkast. Åpner {day}.").format(day=dated(wave.opens_at))
        return Card(wave.name, (line,), (Link(page.url, _("Gjør ferdig")),), Urgency.SOON, wave.opens_at)
    if now.stage is Stage.OVER:
        close = Link(reverse("surveys:wave-close", kwargs=key), _("Steng kartleggingen"))
        lines = (now.words, closing_itself.what_to_do(wave))
        return Card(wave.name, lines, (close, page), Urgency.NOW, now.closes_at)
    if wave.is_under_way:
        line = f"{pupils_line(coverage.of_unit(wave, wave.unit).pupils)} · {now.brief}"
        return Card(wave.name, (line,), (page,), Urgency.NOW, now.closes_at)
    return Card(wave.name, (_("Stengt. Resultatene blir laget."),), (page,), Urgency.NEWS)
