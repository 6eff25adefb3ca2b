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

from kfl.core.cards import Link
from kfl.people.models import User
from kfl.people.roles import ROLES
from kfl.people.scopes import assignments_of

from . import rooms


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
        context["navigation"] = SimpleLazyObject(lambda: _links(user, request.path))
        context["role_lines"] = SimpleLazyObject(lambda: _role_lines(user))
    return context


@dataclass(frozen=True)
class Entry:
    """One entry of the page head; `at` is what `aria-current` says: "page", "true" (a page below it) or nothing."""

    url: str
    label: str
    at: str


def _links(user: User, path: str) -> list[Entry]:
    entries = []
    of_all_rooms = [Link(reverse("web:calendar"), _("Kalender"))]
    for links in [*(room.navigation(user) for room in rooms.homes()), of_all_rooms]:
        for link in links:
            at = "page" if link.url == path else "true" if path.startswith(link.url) else ""
            entries.append(Entry(link.url, link.label, at))
    return entries


def _role_lines(user: User) -> list[str]:
    return [f"{ROLES[held.role].name}, {held.unit}" for held in assignments_of(user)]
