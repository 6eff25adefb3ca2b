"""Rows that were found: the mark that a manager's door sets on a row, so that `within` knows what it may believe.

A row made by hand, fetched through `plumbing` or brought back from a pickle has no mark. What a found row leads to,
by a key or the other way, is found as part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.query import ModelIterable

DOOR = "door"  # a hint that a queryset and all that is made of it keeps: it was asked for through a door
HELD = "held"  # another: of each unit whether its reader holds something there, and does not only see it from below


@dataclass(frozen=True)
class _Mark:
    """Which row it was when it was found; and whether it was asked for itself, or another row led to it."""

    model: type[models.Model]
    key: Any
    itself: bool

    def __reduce__(self) -> tuple[Any, ...]:
        return _unmarked, ()  # whatever leaves the process may come back changed


def _unmarked() -> None:
    return None


def mark(row: models.Model, *, itself: bool = True) -> None:
    """Say that a row was found, and with it the rows that were fetched in one."""
    row._state.found = _Mark(row._meta.concrete_model, row.pk, itself)  # type: ignore[attr-defined, arg-type]
    for field in row._state.fields_cache:
        met = row._state.fields_cache[field]
        if isinstance(met, models.Model) and not is_found(met) and met.pk is not None and not met._state.adding:
            mark(met, itself=False)


def is_found(row: models.Model) -> bool:
    """Whether a row came through a door, and is still the one that came."""
    found = getattr(row._state, "found", None)
    return (
        isinstance(found, _Mark)
        and not row._state.adding
        and found.model is row._meta.concrete_model
        and found.key == row.pk
    )


def is_found_itself(row: models.Model) -> bool:
    """Whether it was asked for by its reader, and not reached from another row."""
    return is_found(row) and row._state.found.itself  # type: ignore[attr-defined]


def mark_made(sender: object, instance: models.Model, created: bool, raw: bool = False, **_more: Any) -> None:
    """A row that was stored just now is its maker's own."""
    if created and not raw:
        instance._state.found = _Mark(instance._meta.concrete_model, instance.pk, True)  # type: ignore[attr-defined, arg-type]


class _Rows(ModelIterable):  # type: ignore[type-arg]
    """Rows as they are fetched, each with the mark that its question gives."""

    def __iter__(self) -> Iterator[Any]:
        hints: dict[str, Any] = self.queryset._hints  # type: ignore[attr-defined]
        from_row = hints.get("instance")
        itself = bool(hints.get(DOOR))
        marks = itself or (isinstance(from_row, models.Model) and is_found(from_row))
        held = hints.get(HELD)
        for row in super().__iter__():
            if marks:
                mark(row, itself=itself and (held is None or held(row)))
            yield row


class RowsQuerySet(models.QuerySet[Any]):
    """Rows that know whether they were found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = _Rows

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        made = super().bulk_create(objs, *args, **kwargs)
        if not any(kwargs.get(name) for name in ("ignore_conflicts", "update_conflicts")):
            for row in made:
                mark_made(type(row), row, created=row.pk is not None)
        return made


class Plumbing(models.Manager[Any]):
    """`plumbing`: finds nothing for anybody, and follows keys from what was found."""

    _queryset_class = RowsQuerySet
