"""Putting back what a list did, or saying why that cannot be: nothing is done by halves.

`take_back` checks that each row still is as the list left it, and that nothing has come to hang on a row that the list
made. Then it puts all back, and judges the whole: what the database and the room demand of rows holds afterwards too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, cast

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, models, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.cannot_be_done import CannotBeDone

from .undo import Name, RowChange, Values, digest_of, fields_of, values_of

Remove = Callable[[Sequence[models.Model]], object]
REFUSED = (IntegrityError, ProtectedError, RestrictedError)  # by the database, or by what Django knows of it


@dataclass(frozen=True)
class TakenBack:
    """A row that was put back, with its fields as they were; None where it is gone, since the list had made it."""

    row: models.Model
    before: Values | None


@dataclass(frozen=True)
class Obstacle:
    """Why the whole cannot stand as it was, as a sentence, and the rows that are in the way."""

    why: str
    rows: Sequence[Name]


Settle = Callable[[Sequence[TakenBack]], Iterable[Obstacle]]


class KeptList(Protocol):
    """A list that was put in, as a room keeps it."""

    pk: int
    name: str
    at: datetime
    by: Any


class CannotTakeBack(CannotBeDone):
    """Something else stands in the way; nothing was done. `rows` are those in the way."""

    def __init__(self, rows: Sequence[Name], why: str = "") -> None:
        self.rows = list(rows)
        words = ngettext(
            "Lista kan ikke tas tilbake: én rad er endret eller tatt i bruk siden. Rett det i portalen i stedet.",
            "Lista kan ikke tas tilbake: {count} rader er endret eller i bruk siden. Rett det i portalen i stedet.",
            len(rows),
        )
        refused = _("Lista kan ikke tas tilbake: {why} Ingenting er endret.")
        super().__init__(refused.format(why=why) if why else words.format(count=len(rows)))


class TakeBackFirst(CannotTakeBack):
    """A later list has gone on from what this one did. It can be taken back when that one is."""

    def __init__(self, rows: Sequence[Name], later: KeptList) -> None:
        self.later = later
        who = later.by.get_full_name() if later.by else _("den som drifter portalen")
        when = date_format(timezone.localtime(later.at), "DATETIME_FORMAT")
        words = _(
            "En senere liste bygger på den. Ta først tilbake «{name}», nummer {number}, lagt inn {when} av {who}."
        )
        super().__init__(rows, words.format(name=later.name, number=later.pk, when=when, who=who))


def take_back(
    changes: Iterable[RowChange],
    *,
    beside: Collection[type[models.Model]] = (),
    remove: Mapping[type[models.Model], Remove] | None = None,
    settle: Settle | None = None,
) -> list[TakenBack]:
    """Put every row back, within a transaction; raises `CannotTakeBack` and changes nothing where that cannot be.

    Rows of the models `beside` may hang on what the list made (a log's lines), where the database lets what they
    point at go. `remove` says how rows of a model that
    the list made are taken away, where that is more than to delete them. `settle` makes the rest fit when all is put
    back, and says what the room's rules do not allow to stand.
    """
    listed = list(changes)
    there = _rows_of(listed)
    in_the_way = [_name(one) for one in listed if not _is_as_left(there.get(_name(one)), one)]
    made: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for one in listed:
        if one["before"] is None and (row := there.get(_name(one))) is not None:
            made[type(row)].append(row)
    own = {_name(one) for one in listed}  # what hangs there and is the list's own is put back too
    in_the_way += [name for name in _hanging_on(made, beside) if name not in own]
    if in_the_way:
        raise CannotTakeBack(in_the_way)
    try:
        with transaction.atomic():
            done = _put_all_back(listed, there, made, remove or {})
            connection.check_constraints(sorted({apps.get_model(one["model"])._meta.db_table for one in listed}))
            if settle and (found := list(settle(done))):
                raise CannotTakeBack([name for one in found for name in one.rows], " ".join(one.why for one in found))
    except REFUSED as refused:
        raise _in_words(listed, there) from refused
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
        return after == {"": digest_of(now)}
    return all(now[field] == value for field, value in after.items())


def _put_all_back(
    listed: Sequence[RowChange],
    there: Mapping[Name, models.Model],
    made: Mapping[type[models.Model], list[models.Model]],
    remove: Mapping[type[models.Model], Remove],
) -> list[TakenBack]:
    """Put back and take away in whichever order the database bears: a key must be free before it is given back."""
    done = [TakenBack(there[_name(one)], None) for one in listed if one["before"] is None]
    steps: list[Callable[[], object]] = []
    for one in listed:
        if one["before"] is not None:
            steps.append(partial(_put_back, one, there.get(_name(one)), done))
    in_turn = list(made.items())[::-1]  # what hangs on others was made after them
    for model, rows in in_turn:
        if model not in remove:
            steps.append(_all_rows(model).filter(pk__in=[row.pk for row in rows]).delete)
    while steps:
        stuck = []
        for step in steps:
            try:
                with transaction.atomic():
                    step()
            except REFUSED as error:
                stuck.append(step)
                refused = error
        if len(stuck) == len(steps):
            raise refused
        steps = stuck
    for model, rows in in_turn:
        if model in remove:
            remove[model](rows)
    return done


def _put_back(change: RowChange, row: models.Model | None, done: list[TakenBack]) -> None:
    model, before = apps.get_model(change["model"]), change["before"] or {}
    values = _as_it_was(model, before)
    if row is None:
        row = model(pk=change["key"], **values)
        _all_rows(model).bulk_create([row])
    else:
        _all_rows(model).filter(pk=row.pk).update(**values)
    done.append(TakenBack(row, before))


def _as_it_was(model: type[models.Model], before: Values) -> dict[str, Any]:
    fields = {field.attname: field for field in fields_of(model)}
    return {name: None if text is None else fields[name].to_python(text) for name, text in before.items()}


def _in_words(listed: Sequence[RowChange], there: Mapping[Name, models.Model]) -> CannotTakeBack:
    """Why the database would not have the rows back, asked of it as it is again."""
    own = {_name(one) for one in listed}
    gone, taken, unfit = [], [], []
    for one in listed:
        if one["before"] is None:
            continue
        model = apps.get_model(one["model"])
        row = there.get(_name(one)) or model(pk=one["key"])
        for name, value in _as_it_was(model, one["before"]).items():
            setattr(row, name, value)
        gone += [_name(one)] if any(name not in own for name in _missing(row)) else []
        taken += [name for name in _holding_its_place(row) if name not in own]
        unfit += [_name(one)] if _breaks_a_check(row) else []
    if gone:
        return CannotTakeBack(gone, _("Noe som skulle bli som før, hører til noe som er borte."))
    if taken:
        return CannotTakeBack(
            taken, _("En kode, en nøkkel eller en adresse som skulle bli som før, er i bruk av andre.")
        )
    if unfit:
        return CannotTakeBack(unfit, _("Datoer som skulle bli som før, passer ikke med dem som er endret siden."))
    return CannotTakeBack([*own], _("Noe annet i portalen står i veien."))


def _missing(row: models.Model) -> Iterator[Name]:
    """What a row would point to and that is not there."""
    for field in row._meta.concrete_fields:
        model, key = field.related_model, getattr(row, field.attname)
        if isinstance(model, type) and key is not None and not _all_rows(model).filter(pk=key).exists():
            yield model._meta.label, key


def _holding_its_place(row: models.Model) -> Iterator[Name]:
    """Other rows that have what must be one row's alone."""
    model = type(row)
    key_of = {field.name: field.attname for field in fields_of(model)}
    sets: list[tuple[Sequence[str], models.Q]]
    sets = [((field.name,), models.Q()) for field in fields_of(model) if field.unique]
    sets += [
        (one.fields, one.condition or models.Q())
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint)
    ]
    for names, condition in sets:
        wanted = {name: getattr(row, key_of[name]) for name in names}
        if None not in wanted.values():
            found = _all_rows(model).filter(condition, **wanted).exclude(pk=row.pk)
            yield from ((model._meta.label, key) for key in found.values_list("pk", flat=True))


def _breaks_a_check(row: models.Model) -> bool:
    checks = [one for one in row._meta.constraints if isinstance(one, models.CheckConstraint)]
    try:
        for one in checks:
            one.validate(type(row), row)
    except ValidationError:
        return True
    return False


def _hanging_on(
    made: Mapping[type[models.Model], list[models.Model]], beside: Collection[type[models.Model]]
) -> list[Name]:
    """Rows that the list did not make, and that would go, or no longer point at those that it made."""
    found: list[models.Model] = []
    protecting: list[models.Model] = []
    for rows in made.values():
        collector = Collector(using=DEFAULT_DB_ALIAS)
        try:
            collector.collect(rows)
        except ProtectedError as error:
            protecting += error.protected_objects
        except RestrictedError as error:
            protecting += error.restricted_objects
        found += [one for going in collector.data.values() for one in going]
        found += [one for going in collector.fast_deletes for one in going]
        for pointing in collector.field_updates.values():
            found += [one for each in cast("list[Iterable[models.Model]]", pointing) for one in each]
    names = ((row._meta.label, row.pk) for row in [*protecting, *(one for one in found if type(one) not in beside)])
    return list(dict.fromkeys(names))
