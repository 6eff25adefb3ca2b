"""Units that were made by mistake, and that nothing hangs on, are removed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from ..audit import action, touched
from ..models import AuditLine, Unit, UnitCode, User

BATCH = 5000


@action("units.removed", of_many=True)
def remove_unused_units(*, units: Sequence[Unit], by: User | None, at: datetime | None = None) -> list[Unit]:
    """Remove those that nothing points at, lowest first; gives those that were ended instead.

    A unit that the audit log names is ended, since its lines must go on naming it. What else points at a unit (a role,
    a class with pupils, a wave) keeps it as it is; every foreign key is asked, those of rooms to come too.
    """
    ended: list[Unit] = []
    for level in sorted({unit.path.count("/") for unit in units}, reverse=True):
        here = [unit for unit in units if unit.path.count("/") == level]
        used, named = _used(here), _pointed_at(here, AuditLine, "unit")
        for unit in here:
            if unit.pk in used:
                continue
            touched(unit, unit=unit.parent_id, name=unit.name)
            if unit.pk in named:
                unit.valid_to = max(unit.valid_from, timezone.localdate(at or timezone.now()) - timedelta(days=1))
                unit.save(update_fields=["valid_to"])
                ended.append(unit)
            else:
                unit.delete()
    return ended


def _used(units: Iterable[Unit]) -> set[int]:
    used: set[int] = set()
    for relation in Unit._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in {UnitCode, AuditLine}:
            used |= _pointed_at(units, relation.related_model, relation.field.name)
    return used


def _pointed_at(units: Iterable[Unit], model: Any, field: str) -> set[int]:
    keys = [unit.pk for unit in units]
    found: set[int] = set()
    for start in range(0, len(keys), BATCH):
        rows = model._base_manager.filter(**{f"{field}__in": keys[start : start + BATCH]})
        found |= set(rows.values_list(field, flat=True))
    return found
