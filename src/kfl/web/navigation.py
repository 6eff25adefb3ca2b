"""What stands in the page's head, for the person who reads it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from kfl.core.cards import Link
from kfl.people import home as people_home
from kfl.people.roles import ROLES
from kfl.people.scopes import assignments_of
from kfl.results import home as results_home
from kfl.surveys import home as surveys_home

ROOMS = (surveys_home, results_home, people_home)


def page_head(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: languages, the reader's roles, and the rooms' entries."""
    names = dict(settings.LANGUAGES)
    context: dict[str, Any] = {
        "languages": settings.LANGUAGES,
        "language_name": names.get(get_language() or "", names[settings.LANGUAGE_CODE]),
        "demo_county": settings.KFL_DEMO,
        "here": request.path,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        links: list[Link] = [link for room in ROOMS for link in room.navigation(user)]
        context["navigation"] = links
        context["under"] = [link.url for link in links if request.path.startswith(link.url)]
        context["role_lines"] = [f"{ROLES[held.role].name}, {held.unit}" for held in assignments_of(user)]
    return context
