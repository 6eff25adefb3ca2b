"""Until when a wave takes answers, for a unit and for the last of them."""

from __future__ import annotations

from datetime import datetime

from kfl.people.models import Unit

from ..models import Extension, Wave


def closes_at(wave: Wave, unit: Unit) -> datetime:
    """When a unit stops taking answers: with the wave, or later where it or a unit above it was given more time."""
    rows = Extension.objects.everywhere(why="when a unit closes is no secret").filter(
        wave=wave, unit__in=[*unit.ancestor_ids(), unit.pk]
    )
    times: list[datetime] = [wave.closes_at, *rows.values_list("closes_at", flat=True)]
    return max(times)


def last_of(wave: Wave) -> datetime:
    """When the last unit of a wave stops taking answers."""
    rows = Extension.objects.everywhere(why="when a unit closes is no secret").filter(wave=wave)
    times: list[datetime] = [wave.closes_at, *rows.values_list("closes_at", flat=True)]
    return max(times)


def running(wave: Wave) -> list[Extension]:
    """Units that have more time than the wave itself, by name."""
    rows = Extension.objects.everywhere(why="the board of who sets up the wave").filter(wave=wave)
    return list(rows.filter(closes_at__gt=wave.closes_at).select_related("unit").order_by("unit__name"))
