"""What stands in the page's head, for the person who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.core.cards import Link, MenuGroup
from kfl.people.models import User
from kfl.people.roles import ROLES
from kfl.people.scopes import assignments_of

from . import rooms

MOST_IN_A_ROW = 5  # entries that stand side by side, on a phone in two lines; more are gathered under their groups


def page_head(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: languages, the reader's roles, and the rooms' entries.

    What asks the database is asked when a page shows it: small templates (a message, an e-mail) pass here too.
    """
    names = dict(settings.LANGUAGES)
    context: dict[str, Any] = {
        "languages": settings.LANGUAGES,
        "language_name": names.get(get_language() or "", names[settings.LANGUAGE_CODE]),
        "demo_county": settings.KFL_DEMO,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["navigation"] = SimpleLazyObject(lambda: navigation(user, request.path))
        context["role_lines"] = SimpleLazyObject(lambda: _role_lines(user))
    return context


@dataclass(frozen=True)
class ShownEntry:
    """One entry as it is shown; `at` is what `aria-current` says: "page", "true" (a page below it) or nothing."""

    url: str
    label: str
    at: str


@dataclass(frozen=True)
class Gathered:
    """Entries that stand under one word."""

    label: str
    entries: tuple[ShownEntry, ...]


@dataclass(frozen=True)
class Navigation:
    """All entries as they are shown: in a row, or in groups behind one button."""

    row: tuple[ShownEntry, ...] = ()
    groups: tuple[Gathered, ...] = ()

    @property
    def here(self) -> str:
        """The entry that the reader is at or below, which the closed button names."""
        entries = [*self.row, *(entry for group in self.groups for entry in group.entries)]
        return next((entry.label for entry in entries if entry.at), "")


def navigation(user: User, path: str) -> Navigation:
    """The entries of all rooms for this person, group after group; at the end what is of all rooms."""
    calendar = _shown(Link(reverse("web:calendar"), _("Kalender")), path)
    found = [entry for room in rooms.homes() for entry in room.navigation(user)]
    gathered = [
        Gathered(str(group.label), tuple(_shown(entry, path) for entry in found if entry.group == group))
        for group in MenuGroup
    ]
    if len(found) <= MOST_IN_A_ROW:
        return Navigation(row=(*(entry for group in gathered for entry in group.entries), calendar))
    return Navigation(groups=(*(group for group in gathered if group.entries), Gathered("", (calendar,))))


def _shown(link: Link, path: str) -> ShownEntry:
    at = "page" if link.url == path else "true" if path.startswith(link.url) else ""
    return ShownEntry(link.url, link.label, at)


def _role_lines(user: User) -> list[str]:
    return [f"{ROLES[held.role].name}, {held.unit}" for held in assignments_of(user)]
