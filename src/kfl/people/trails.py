"""Where the room's pages lie: the steps above them, as the page head shows them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import Unit

Trail = list[tuple[str, str]]


def to_units() -> Trail:
    """The list of units."""
    return [(_("Enheter"), reverse("people:unit-list"))]


def to_unit(unit: Unit) -> Trail:
    """The list, and the unit's page."""
    return [*to_units(), (unit.name, reverse("people:unit-detail", kwargs={"key": unit.pk}))]


def to_rosters() -> Trail:
    """The page where lists are put in."""
    return [*to_units(), (_("Legg inn en liste"), reverse("people:roster-upload"))]
