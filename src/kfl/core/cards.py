"""What a room puts on somebody's home page and in the page head (each room's `home.py`)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Link:
    """An address and the words that lead there."""

    url: str
    label: str


class MenuGroup(TextChoices):
    """Under which word an entry of the page head stands, in this order, for those who have many."""

    SURVEYS = "surveys", _("Kartlegging")
    IMPROVEMENT = "improvement", _("Forbedring")
    RESOURCES = "resources", _("Ressurser")
    TOGETHER = "together", _("Samordning")
    INDICATORS = "indicators", _("Indikatorer")
    ADMINISTRATION = "administration", _("Forvaltning")


@dataclass(frozen=True)
class MenuEntry(Link):
    """A link in the page head."""

    group: MenuGroup


class Urgency(IntEnum):
    """How much a card presses; what presses most stands first."""

    NOW = 1  # under way, and over on a day: it can be too late
    SOON = 2  # to be done before something begins
    NEWS = 3  # to read when there is time
    ANY_TIME = 4  # nothing waits for it


@dataclass(frozen=True)
class Card:
    """One thing to do or know now. Texts are translated already; the first action is the main button."""

    heading: str
    lines: tuple[str, ...] = ()
    actions: tuple[Link, ...] = ()
    urgency: Urgency = Urgency.ANY_TIME
    due: datetime | None = None  # among what presses as much, what is due first stands first
    note: str = ""  # one quiet last line

    @property
    def order(self) -> tuple[int, float]:
        """What cards are sorted by."""
        return self.urgency, self.due.timestamp() if self.due else math.inf
