"""What the questionnaires room puts in the page's head and on somebody's home page."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.cards import Card, Link, MenuEntry, MenuGroup
from kfl.people.models import User
from kfl.people.roles import Permission
from kfl.people.scopes import has_permission

from .models import Questionnaire


def navigation(user: User) -> list[MenuEntry]:
    """Entries in the page head."""
    if not has_permission(user, Permission.QUESTIONNAIRE_EDIT):
        return []
    return [MenuEntry(reverse("questionnaires:list"), _("Spørreskjemaer"), MenuGroup.SURVEYS)]


def cards(user: User, on: date) -> list[Card]:
    """What this person should do now."""
    return [_drafts()] if has_permission(user, Permission.QUESTIONNAIRE_EDIT) else []


def _drafts() -> Card:
    drafts = (
        Questionnaire.objects.everywhere(why="public: questionnaires are not secret")
        .filter(versions__frozen_at__isnull=True)
        .distinct()
        .count()
    )
    line = ngettext("{count} skjema er under arbeid.", "{count} skjemaer er under arbeid.", drafts).format(count=drafts)
    return Card(_("Spørreskjemaer"), (line,), (Link(reverse("questionnaires:list"), _("Åpne skjemaene")),))
