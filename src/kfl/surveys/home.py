"""What the surveys room puts on the home page and in the page head."""

from __future__ import annotations

from datetime import date

from kfl.core.cards import Card, Link
from kfl.people.models import User


def cards(user: User, on: date) -> list[Card]:
    """What this person should do now."""
    return []


def navigation(user: User) -> list[Link]:
    """This room's entries for this person."""
    return []
