"""The log as people read it: the lines that a reader may see, what they tell, and the history of one row.

A line tells keys and values as they were. Names of units, adults and circles are looked up when it is read; of children
and of who answers there are none, here as in the log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.templatetags.core import dated

from .audit_words import words_of
from .circles.circle_kinds import CIRCLE_KINDS
from .models import AuditLine, Circle, Organisation, RoleAssignment, Seat, Unit, User
from .roles import ROLES, Permission

NAMED: tuple[type[models.Model], ...] = (Unit, User, Circle, Organisation, RoleAssignment, Seat)  # no child's name
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LABELS = {
    "codes": gettext_lazy("koder"),
    "dated_codes": gettext_lazy("koder med andre datoer"),
    "email": gettext_lazy("e-post"),
    "group": gettext_lazy("klasse"),
    "kind": gettext_lazy("slag"),
    "name": gettext_lazy("navn"),
    "lines": gettext_lazy("linjer"),
    "new_codes": gettext_lazy("nye koder"),
    "on": gettext_lazy("dag"),
    "sought_by": gettext_lazy("søkt etter"),
    "parent": gettext_lazy("ligger under"),
    "person": gettext_lazy("person"),
    "unit": gettext_lazy("enhet"),
    "user": gettext_lazy("person"),
    "valid_from": gettext_lazy("fra"),
    "valid_to": gettext_lazy("til"),
    "from_on": gettext_lazy("fra"),
    "to_on": gettext_lazy("til og med"),
    "role": gettext_lazy("rolle"),
    "circle": gettext_lazy("organ, fellesskap eller gruppe"),
    "deputy_for": gettext_lazy("vara for"),
    "represents": gettext_lazy("representerer"),
}


@dataclass(frozen=True)
class Told:
    """One fact of a row: what it is called, and the value; of a change the old one too."""

    label: str
    value: str
    old: str | None = None  # None: a fact, and no change


@dataclass(frozen=True)
class RowTold:
    """One row that a line is about."""

    row: str  # as the log names it: "Seat 5"
    name: str
    facts: tuple[Told, ...]


@dataclass(frozen=True)
class LineTold:
    """One line as people read it."""

    line: AuditLine
    what: str
    rows: tuple[RowTold, ...]

    @property
    def by(self) -> str:
        """Who did it; the portal by itself where nobody did."""
        return str(self.line.by) if self.line.by else _("portalen selv")


def lines_for(user: User) -> QuerySet[AuditLine]:
    """The lines about the reader's own units, the newest first."""
    rows: QuerySet[AuditLine] = AuditLine.objects.visible_to(user, Permission.AUDIT_VIEW)
    return rows.select_related("by", "unit").order_by("-pk")


def history_of(*rows: models.Model, most: int = 100) -> list[LineTold]:
    """Every change of rows that the caller was given, the newest first, with old and new values of these rows alone."""
    names = [f"{row._meta.object_name} {row.pk}" for row in rows]
    every = AuditLine.objects.everywhere(why="sifted: only lines about rows that the caller was given")
    lines = every.filter(rows__row__in=names).select_related("by", "unit").order_by("-pk").distinct()
    return list(told(lines[:most], only=frozenset(names)))


def told(lines: Iterable[AuditLine], *, only: frozenset[str] | None = None) -> Iterator[LineTold]:
    """What lines tell, with names; `only` of these rows."""
    chosen = list(lines)
    names = _Names(chosen)
    for line in chosen:
        rows = [one for one in line.detail.get("rows", ()) if only is None or one["row"] in only]
        said = tuple(_row_told(one, names) for one in rows) or (_line_told(line, names),)
        yield LineTold(line, words_of(line.what), said)


def _row_told(one: dict[str, Any], names: _Names) -> RowTold:
    model = _model_of(one["row"])
    facts = tuple(_fact(model, key, value, names) for key, value in one.items() if key != "row")
    return RowTold(one["row"], names.of_row(one["row"]), facts)


def _line_told(line: AuditLine, names: _Names) -> RowTold:
    """A line that was written of a look, or of a whole list: its facts stand in the detail itself."""
    said = {key: value for key, value in line.detail.items() if key != "rows"}
    texts = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in said.items()}
    facts = tuple(_fact(None, key, value, names) for key, value in texts.items())
    return RowTold(line.which, names.of_row(line.which), facts)


def _fact(model: type[models.Model] | None, key: str, value: Any, names: _Names) -> Told:
    label = str(LABELS[key]) if key in LABELS else _label(model, key)
    if value == "changed":
        return Told(label, _("endret; verdien føres ikke i loggen"))
    if isinstance(value, list) and len(value) == 2:
        return Told(label, _shown(model, key, value[1], names), old=_shown(model, key, value[0], names))
    return Told(label, _shown(model, key, value, names))


def _label(model: type[models.Model] | None, key: str) -> str:
    field = _field(model, key)
    return str(field.verbose_name) if field is not None else key


def _shown(model: type[models.Model] | None, key: str, value: Any, names: _Names) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    field = _field(model, key)
    if key == "role" and value in ROLES:
        return str(ROLES[value].name)
    if key == "kind" and value in CIRCLE_KINDS:
        return str(CIRCLE_KINDS[value].name)
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if field is not None and field.is_relation and isinstance(value, int):
        return names.of(field.related_model, value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return dated(date.fromisoformat(value))
    return str(value)


def _field(model: type[models.Model] | None, key: str) -> Any:
    """The column of this name, where the fact is one of the row's own."""
    try:
        field = model._meta.get_field(key) if model is not None else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _model_of(row: str) -> type[models.Model] | None:
    return _models().get(row.partition(" ")[0])


@cache
def _models() -> dict[str, type[models.Model]]:
    """The portal's own tables, by what the log calls their rows."""
    return {str(one._meta.object_name): one for one in apps.get_models() if one.__module__.startswith("kfl.")}


class _Names:
    """Names of the rows that some lines speak of, fetched once for each table."""

    def __init__(self, lines: Sequence[AuditLine]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for line in lines:
            for one in [{"row": line.which.partition(" (+")[0]}, *line.detail.get("rows", ())]:
                model = _model_of(one["row"])
                if model in NAMED and model is not None:
                    wanted[model].add(_key_of(one["row"]))
                for key, value in one.items():
                    field = _field(model, key)
                    if field is not None and field.is_relation and field.related_model in NAMED:
                        values = value if isinstance(value, list) else [value]
                        wanted[field.related_model] |= {key for key in values if isinstance(key, int)}
        self._found = {
            model: model._base_manager.select_related(*_above(model)).in_bulk(keys) for model, keys in wanted.items()
        }

    def of(self, model: Any, key: int) -> str:
        """A row's name; its number where it has no name to tell, or is gone."""
        row = self._found.get(model, {}).get(key)
        if isinstance(row, RoleAssignment):
            role = ROLES[row.role].name if row.role in ROLES else row.role
            return f"{row.user}: {role}, {row.unit}"
        return str(row) if row is not None else _("nr. {key}").format(key=key)

    def of_row(self, row: str) -> str:
        """The name of a row as the log names it."""
        model = _model_of(row)
        return self.of(model, _key_of(row)) if model is not None else row


def _key_of(row: str) -> int:
    number = row.partition(" ")[2].partition(" (+")[0]
    return int(number) if number.isdecimal() else 0


def _above(model: type[models.Model]) -> list[str]:
    return {RoleAssignment: ["user", "unit"], Seat: ["person", "circle"]}.get(model, [])


@dataclass(frozen=True)
class Sought:
    """What a reader looks for in the log; what is left empty is not asked for."""

    place: str = ""
    person: str = ""
    what: str = ""
    first: date | None = None
    last: date | None = None

    def among(self, lines: QuerySet[AuditLine]) -> QuerySet[AuditLine]:
        """Those of the lines that fit all that was asked."""
        found = lines
        if self.place:
            found = found.filter(unit__name__icontains=self.place)
        if self.person:
            found = found.filter(by__name__icontains=self.person)
        if self.what:
            found = found.filter(what=self.what)
        if self.first:
            found = found.filter(at__date__gte=self.first)
        if self.last:
            found = found.filter(at__date__lte=self.last)
        return found
