"""What the people room puts on the home page and in the page head."""

from __future__ import annotations

from datetime import date

from kfl.core.cards import Card, Link

from .models import User


def cards(user: User, on: date) -> list[Card]:
    """Nothing that presses: roles and units are set up by the secretariat."""
    return []


def navigation(user: User) -> list[Link]:
    """The roles page stands in the foot of every page, not in the head."""
    return []
