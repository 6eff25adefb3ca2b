"""What the people room puts on the home page and in the page head."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.cards import Card, Link, MenuEntry, MenuGroup, Urgency

from .kinds import Kind
from .models import User
from .roles import Permission
from .scopes import assignments_of, has_permission, may, units_where


def cards(user: User, on: date) -> list[Card]:
    """Where there is no school or kindergarten yet, the list of units: nothing else can be done before it."""
    units = units_where(user, Permission.UNIT_EDIT, on=on)
    if not units.exists() or units.filter(kind__in=[Kind.SCHOOL, Kind.KINDERGARTEN]).exists():
        return []
    line = _("Ingen skoler eller barnehager er lagt inn ennå. Begynn med lista over enheter.")
    link = Link(reverse("people:roster-upload"), _("Legg inn en liste"))
    return [Card(_("Enheter"), (line,), (link,), Urgency.SOON)]


def navigation(user: User) -> list[MenuEntry]:
    """Units, for those who have more than a class, and the log. The roles page stands in the foot of every page."""
    links: list[MenuEntry] = []
    led = any(
        not held.unit.is_leaf_kind and may(user, Permission.RESPONSE_VIEW, held.unit) for held in assignments_of(user)
    )
    if led or has_permission(user, Permission.UNIT_EDIT):
        links.append(MenuEntry(reverse("people:unit-list"), _("Enheter"), MenuGroup.ADMINISTRATION))
    if has_permission(user, Permission.AUDIT_VIEW):
        links.append(MenuEntry(reverse("people:log"), _("Logg"), MenuGroup.ADMINISTRATION))
    return links
