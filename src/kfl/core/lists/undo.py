"""What a list did, kept so that it can be taken back: `Watch` looks at rows before and after.

What differs is kept as plain text by model and key; `taking_back` puts it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, TypedDict

from django.apps import apps
from django.db import models

Values = dict[str, str | None]  # by the name of the field
Name = tuple[str, int]  # of a row: its model and key


class RowChange(TypedDict):
    """One row before and after, as it is kept: the fields that differ, or all of a row that went.

    None where the row was not there. Of a row that came only a digest is kept, under the name "".
    """

    model: str
    key: int
    before: Values | None
    after: Values | None


class Watch:
    """The rows that a list may touch, as they are now. Ask for `changes` when it has been carried out.

    Each set of rows is asked for again then, so that it must also hold what the list makes.
    """

    def __init__(self, *rows: models.QuerySet[Any]) -> None:
        self._rows = rows
        self._before = dict(self._looked_at())

    def changes(self) -> list[RowChange]:
        """What differs now, set by set."""
        after = dict(self._looked_at())
        return [
            _change(name, self._before.get(name), after.get(name))
            for name in dict.fromkeys([*self._before, *after])
            if self._before.get(name) != after.get(name)
        ]

    def _looked_at(self) -> Iterator[tuple[Name, tuple[str | None, ...]]]:
        for rows in self._rows:
            for row in rows.all():
                yield (row._meta.label, row.pk), tuple(values_of(row).values())


def values_of(row: models.Model) -> Values:
    """All fields of a row but its key, as text."""
    return {field.attname: _as_text(field, row) for field in fields_of(type(row))}


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _as_text(field: models.Field[Any, Any], row: models.Model) -> str | None:
    return None if field.value_from_object(row) is None else str(field.value_to_string(row))


def digest_of(values: Values) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:32]


def _change(name: Name, before: tuple[str | None, ...] | None, after: tuple[str | None, ...] | None) -> RowChange:
    names = [field.attname for field in fields_of(apps.get_model(name[0]))]
    old = dict(zip(names, before, strict=True)) if before is not None else None
    new = dict(zip(names, after, strict=True)) if after is not None else None
    if old is not None and new is not None:
        differing = [field for field in names if old[field] != new[field]]
        old, new = {one: old[one] for one in differing}, {one: new[one] for one in differing}
    elif new is not None:
        new = {"": digest_of(new)}
    return RowChange(model=name[0], key=name[1], before=old, after=new)
