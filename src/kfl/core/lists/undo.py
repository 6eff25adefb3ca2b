"""Taking back what a list did: the rows as they were are kept, and put back while nothing else has changed them.

`Watch` looks at rows before and after; what differs is kept as plain text by model and key. `take_back` checks that
each row still is as the list left it, and that nothing has come to hang on a row that the list made.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils.translation import ngettext

Values = dict[str, str | None]  # by the name of the field
Name = tuple[str, int]  # of a row: its model and key
Remove = Callable[[Sequence[models.Model]], object]


class RowChange(TypedDict):
    """One row before and after, as it is kept: the fields that differ, or all of a row that went.

    None where the row was not there. Of a row that came only a digest is kept, under the name "".
    """

    model: str
    key: int
    before: Values | None
    after: Values | None


class CannotTakeBack(RuntimeError):
    """Something else has changed what the list did, or hangs on it; nothing was done. `rows` are those in the way."""

    def __init__(self, rows: Sequence[Name]) -> None:
        self.rows = rows
        words = ngettext(
            "Lista kan ikke tas tilbake: én rad er endret eller tatt i bruk siden. Rett det i portalen i stedet.",
            "Lista kan ikke tas tilbake: {count} rader er endret eller i bruk siden. Rett det i portalen i stedet.",
            len(rows),
        )
        super().__init__(words.format(count=len(rows)))


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
    return {field.attname: _as_text(field, row) for field in _fields(type(row))}


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _as_text(field: models.Field[Any, Any], row: models.Model) -> str | None:
    return None if field.value_from_object(row) is None else str(field.value_to_string(row))


def _digest(values: Values) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:32]


def _change(name: Name, before: tuple[str | None, ...] | None, after: tuple[str | None, ...] | None) -> RowChange:
    names = [field.attname for field in _fields(apps.get_model(name[0]))]
    old = dict(zip(names, before, strict=True)) if before is not None else None
    new = dict(zip(names, after, strict=True)) if after is not None else None
    if old is not None and new is not None:
        differing = [field for field in names if old[field] != new[field]]
        old, new = {one: old[one] for one in differing}, {one: new[one] for one in differing}
    elif new is not None:
        new = {"": _digest(new)}
    return RowChange(model=name[0], key=name[1], before=old, after=new)


@dataclass(frozen=True)
class TakenBack:
    """A row that was put back, with its fields as they were; None where it is gone, since the list had made it."""

    row: models.Model
    before: Values | None


def take_back(
    changes: Iterable[RowChange],
    *,
    beside: Collection[type[models.Model]] = (),
    remove: Mapping[type[models.Model], Remove] | None = None,
) -> list[TakenBack]:
    """Put every row back, within a transaction; raises `CannotTakeBack` before anything is done.

    Rows of the models `beside` may hang on what the list made (a log's lines). `remove` says how rows of a model that
    the list made are taken away, where that is more than to delete them.
    """
    listed = list(changes)
    there = _rows_of(listed)
    in_the_way = [_name(one) for one in listed if not _is_as_left(there.get(_name(one)), one)]
    made: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for one in listed:
        if one["before"] is None and (row := there.get(_name(one))) is not None:
            made[type(row)].append(row)
    in_the_way += [name for name in _hanging_on(made, beside) if name not in in_the_way]
    if in_the_way:
        raise CannotTakeBack(in_the_way)
    done = [TakenBack(there[_name(one)], None) for one in listed if one["before"] is None]
    done += [_put_back(one, there.get(_name(one))) for one in listed if one["before"] is not None]
    for model, rows in reversed(made.items()):  # what hangs on others was made after them
        if remove and model in remove:
            remove[model](rows)
        else:
            _all_rows(model).filter(pk__in=[row.pk for row in rows]).delete()
    return done


def _name(change: RowChange) -> Name:
    return change["model"], change["key"]


def _all_rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """All rows of a model: whoever may take a list back was asked before, and finds only what the list itself did."""
    return models.QuerySet(model)


def _rows_of(changes: Iterable[RowChange]) -> dict[Name, models.Model]:
    keys: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        keys[change["model"]].append(change["key"])
    return {
        (label, row.pk): row
        for label, numbers in keys.items()
        for row in _all_rows(apps.get_model(label)).filter(pk__in=numbers)
    }


def _is_as_left(row: models.Model | None, change: RowChange) -> bool:
    after = change["after"]
    if row is None or after is None:
        return row is None and after is None
    now = values_of(row)
    if change["before"] is None:
        return after == {"": _digest(now)}
    return all(now[field] == value for field, value in after.items())


def _put_back(change: RowChange, row: models.Model | None) -> TakenBack:
    model, before = apps.get_model(change["model"]), change["before"] or {}
    fields = {field.attname: field for field in _fields(model)}
    values = {name: None if text is None else fields[name].to_python(text) for name, text in before.items()}
    if row is None:
        row = model(pk=change["key"], **values)
        _all_rows(model).bulk_create([row])
    else:
        _all_rows(model).filter(pk=row.pk).update(**values)
    return TakenBack(row, before)


def _hanging_on(
    made: Mapping[type[models.Model], list[models.Model]], beside: Collection[type[models.Model]]
) -> list[Name]:
    """Rows that the list did not make, and that would go with those that it made."""
    own = {(row._meta.label, row.pk) for rows in made.values() for row in rows}
    found: list[models.Model] = []
    for rows in made.values():
        collector = Collector(using=DEFAULT_DB_ALIAS)
        try:
            collector.collect(rows)
        except ProtectedError as error:
            found += error.protected_objects
        except RestrictedError as error:
            found += error.restricted_objects
        found += [one for going in collector.data.values() for one in going]
        found += [one for going in collector.fast_deletes for one in going]
    names = ((row._meta.label, row.pk) for row in found if type(row) not in beside)
    return [name for name in dict.fromkeys(names) if name not in own]
