"""What the people room puts on the home page and in the page head."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.cards import Card, MenuEntry, MenuGroup

from .models import User
from .roles import Permission
from .scopes import assignments_of, has_permission, may


def cards(user: User, on: date) -> list[Card]:
    """Nothing that presses: roles and units are set up by the secretariat."""
    return []


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
