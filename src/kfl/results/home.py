"""What results put on somebody's home page and in the page head."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.cards import Card, Link, MenuEntry, MenuGroup, Urgency
from kfl.people.held import roles_ever
from kfl.people.models import User
from kfl.people.roles import ROLES, Permission
from kfl.questionnaires.formats import Informant

from . import queries
from .models import ReleasedPage
from .payload import NodeBeside
from .reading import result_words
from .reading.presenter import Reading

MOST_CARDS = 3
QUOTED = 2  # sentences of the page on its card
# Whose answers a card tells about, when several groups have answered.
FIRST = (Informant.PUPIL_5_10, Informant.PUPIL_1_4, Informant.CHILD)


def cards(user: User, on: date) -> list[Card]:
    """The newest results of each of the reader's own units."""
    newest: dict[int, list[ReleasedPage]] = {}
    for row in queries.own_pages(user):  # newest wave first
        rows = newest.setdefault(row.node.unit_id, [])
        if not rows or rows[0].release_id == row.release_id:
            rows.append(row)
    chosen = [_first(rows) for rows in list(newest.values())[:MOST_CARDS]]
    full = queries.with_numbers(chosen)
    return [_card(full[row.pk]) for row in chosen]


def navigation(user: User) -> list[MenuEntry]:
    """The way to all results, also for who once held a role and keeps what was released then."""
    held = (ROLES.get(assignment.role) for assignment in roles_ever(user))
    if not any(role and role.grant(Permission.RESULTS_VIEW) for role in held):
        return []
    return [MenuEntry(reverse("results:overview"), _("Resultater"), MenuGroup.SURVEYS)]


def _first(rows: list[ReleasedPage]) -> ReleasedPage:
    order = [*FIRST, *Informant]
    return min(rows, key=lambda row: order.index(Informant(row.informant)))


def _card(row: ReleasedPage) -> Card:
    page = row.read()
    reading = Reading(page, row.form.read())
    name = result_words.place_name(NodeBeside(page.node, page.kind, page.name, page.grade), page.trail)
    wave = row.release.wave
    address = reverse("results:page", args=[wave.slug, page.node, row.informant])
    return Card(
        heading=_("Resultater {wave} – {unit}").format(wave=wave.name, unit=name),
        lines=tuple(_lines(reading)),
        actions=(Link(address, _("Les resultatene")), Link(reverse("results:overview"), _("Alle resultater"))),
        urgency=Urgency.NEWS,
        note=_("Gjelder bare svarene fra {informant}.").format(informant=Informant(row.informant).label),
    )


def _lines(reading: Reading) -> list[str]:
    if reading.is_hidden:
        lines = [reading.why_all_hidden]
        if reading.nearest:
            lines.append(_("Du kan lese resultatene for {place}.").format(place=reading.nearest.name))
        return lines
    told = [sentence.text for sentence in reading.summary if sentence.key]
    if told:
        return told[:QUOTED]
    compared = sum(1 for row in reading.rows if row.above)
    if not compared:
        return [reading.response]
    # What was looked at, never a nought: it is one group's answers and one comparison.
    text = ngettext(
        "Vi har sammenlignet {n} område med nivået over. Det er ikke til å skille fra det.",
        "Vi har sammenlignet {n} områder med nivået over. Ingen av dem er til å skille fra det.",
        compared,
    )
    return [text.format(n=compared)]
