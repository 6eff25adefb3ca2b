"""Until when a wave takes answers, for a unit and for the last of them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from kfl.core.alphabet import in_name_order
from kfl.people.models import Unit

from ..models import Extension, Wave


def closes_at(wave: Wave, unit: Unit) -> datetime:
    """When a unit stops taking answers: with the wave, or later where it or a unit above it was given more time."""
    rows = Extension.objects.within(wave).filter(unit__in=[*unit.ancestor_ids(), unit.pk])
    times: list[datetime] = [wave.closes_at, *rows.values_list("closes_at", flat=True)]
    return max(times)


def last_at(wave: Wave, unit: Unit) -> datetime:
    """When the last of those at or below a unit stops taking answers."""
    here = Q(unit__in=[*unit.ancestor_ids(), unit.pk]) | Q(unit__path__startswith=unit.path)
    rows = Extension.objects.within(wave).filter(here)
    times: list[datetime] = [wave.closes_at, *rows.values_list("closes_at", flat=True)]
    return max(times)


def is_taking(wave: Wave, at: datetime, path: str) -> Q:
    """A condition on rows that hang on a unit by `path`: answers are taken there, or will be when the wave opens."""
    if at < wave.closes_at:
        return Q()
    rows = Extension.objects.within(wave).filter(closes_at__gt=at)
    found = Q(pk__in=[])
    for row in rows.select_related("unit"):
        found |= Q(**{f"{path}__path__startswith": row.unit.path})
    return found


def last_of(wave: Wave) -> datetime:
    """When the last unit of a wave stops taking answers."""
    rows = Extension.objects.within(wave)
    times: list[datetime] = [wave.closes_at, *rows.values_list("closes_at", flat=True)]
    return max(times)


def running(wave: Wave, above: Unit | None = None) -> list[Extension]:
    """Units that have more time than the wave itself, by name; with a unit, those below it that have more than it."""
    rows, usual = Extension.objects.within(wave), wave.closes_at
    if above is not None:
        rows, usual = rows.filter(unit__path__startswith=above.path).exclude(unit=above), closes_at(wave, above)
    longer = rows.filter(closes_at__gt=usual).select_related("unit")
    return in_name_order(longer, of=lambda extension: extension.unit.name)
