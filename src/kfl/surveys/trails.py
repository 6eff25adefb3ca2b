"""Where the room's pages lie: the steps above them, as the page head shows them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.people.trails import Trail

from .models import Wave


def to_followed() -> Trail:
    """The waves that one follows."""
    return [(_("Kartlegginger"), reverse("surveys:followed"))]


def to_waves() -> Trail:
    """The list of the waves that one sets up."""
    return [(_("Kartlegginger"), reverse("surveys:wave-list"))]


def to_wave(wave: Wave) -> Trail:
    """The list, and the wave's page."""
    return [*to_waves(), (wave.name, reverse("surveys:wave-detail", kwargs={"slug": wave.slug}))]
