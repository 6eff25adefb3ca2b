"""The home page: what this person should do now, gathered from the rooms; for others, the front page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kfl.core.cards import Card
from kfl.demo import front
from kfl.people.models import User

from . import rooms


def cards_of(user: User, on: date) -> list[Card]:
    """The cards of every room for this person, the most pressing first."""
    return sorted((card for room in rooms.homes() for card in room.cards(user, on)), key=lambda card: card.order)


def greeting(at: datetime) -> str:
    """What one says at this hour."""
    if at.hour < 4:
        return _("Hei")
    if at.hour < 10:
        return _("God morgen")
    if 10 <= at.hour < 18:
        return _("God dag")
    return _("God kveld")


def front_page() -> dict[str, Any]:
    """Context of the public front page; in an invented county, the people one may sign in as."""
    return {"in_demo": True, **front.context()} if settings.KFL_DEMO else {}
