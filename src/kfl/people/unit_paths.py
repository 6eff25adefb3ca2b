"""The path of each unit: the keys of those above it and its own, by which all that lies under a unit is found."""

from __future__ import annotations

from collections.abc import Iterable

from .models import Unit


def write_paths(units: Iterable[Unit]) -> None:
    """Write the paths of units and of all below them anew, level by level, from what each now lies under."""
    level = list(units)
    while level:
        above = Unit.objects.as_stored([unit.parent for unit in level if unit.parent])
        for unit in level:
            unit.path = f"{above[unit.parent_id].path if unit.parent_id else ''}{unit.pk}/"
        Unit.objects.bulk_update(level, ["path"], batch_size=500)
        below = Unit.objects.everywhere(why="system: all that lies under units that were moved goes along")
        level = list(below.filter(parent__in=level).select_related("parent"))
