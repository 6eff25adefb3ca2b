"""The log as people read it: the lines that a reader may see, what they tell, and the history of one row.

A line tells keys and codes as they were. Their words, and names of units, adults and circles, are looked up when it is
read; of children and of who answers there are none, here as in the log.
"""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kfl.core.files import StoredFileField, StoredFilesField
from kfl.core.templatetags.core import dated, listed, moment
from kfl.core.text import LANGUAGES, TranslatedText

from .audit_places import is_for_the_whole_portal, place_of
from .audit_words import FactWords, RowWords, fact_of, row_of, words_of
from .models import AuditLine, Unit, User
from .roles import TOP, Permission
from .scopes import reached

logger = logging.getLogger(__name__)

NOTHING = "–"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*", re.ASCII)


@dataclass(frozen=True)
class Told:
    """One fact of a row: what it is called, and the value; of a change the old one too."""

    label: str
    value: str
    old: str | None = None  # None: a fact, and no change


@dataclass(frozen=True)
class RowTold:
    """One row that a line is about."""

    kind: str
    key: str  # "nr. 5"
    name: str  # "" where it has no name to tell
    facts: tuple[Told, ...]

    @property
    def facts_to_show(self) -> list[Told]:
        """What a page need say: every change, and what the name does not say; that something is not there, of none."""
        return [
            fact for fact in self.facts
            if fact.old is not None or not (fact.value == NOTHING or self.name.startswith(fact.value))
        ]  # fmt: skip


@dataclass(frozen=True)
class LineTold:
    """One line as people read it."""

    line: AuditLine
    what: str
    place: str
    municipality: str  # "" where the place is one, or lies above
    rows: tuple[RowTold, ...]

    @property
    def by(self) -> str:
        """Who did it; the portal by itself where nobody did."""
        return str(self.line.by) if self.line.by else _("portalen selv")


def lines_for(user: User) -> QuerySet[AuditLine]:
    """The lines about the reader's own units, the newest first."""
    rows: QuerySet[AuditLine] = AuditLine.objects.visible_to(user, Permission.AUDIT_VIEW)
    return _in_order(rows)


def unitless_lines_for(user: User) -> QuerySet[AuditLine]:
    """The lines that are about no unit, for those who read the log of the whole portal; for others none."""
    rows: QuerySet[AuditLine] = AuditLine.objects.everywhere(why="sifted: none but for who reads the log of all units")
    return _in_order(rows.filter(unit=None) if is_for_the_whole_portal(user) else rows.none())


def _in_order(rows: QuerySet[AuditLine]) -> QuerySet[AuditLine]:
    return rows.select_related("by", "unit__parent__parent").order_by("-at", "-pk")


def history_of(*rows: models.Model, reader: User, most: int = 100) -> list[LineTold]:
    """Every change of rows that the caller was given, the newest first, with old and new values of these rows alone."""
    names = [f"{row._meta.object_name} {row.pk}" for row in rows]
    every = AuditLine.objects.everywhere(why="sifted: only lines about rows that the caller was given")
    lines = _in_order(every.filter(rows__row__in=names)).distinct()
    return list(told(lines[:most], reader=reader, only=frozenset(names)))


def told(lines: Iterable[AuditLine], *, reader: User, only: frozenset[str] | None = None) -> Iterator[LineTold]:
    """What lines tell, with the names that the reader may see; `only` of these rows."""
    chosen = list(lines)
    names = _Names(chosen, reader)
    for line in chosen:
        rows = [one for one in line.detail.get("rows", ()) if only is None or one["row"] in only]
        said = tuple(_row_told(one["row"], one, names) for one in rows) or (_row_told(line.which, line.detail, names),)
        place, municipality = place_of(line.unit) if line.unit else ("", "")
        yield LineTold(line, words_of(line.what), place, municipality, said)


def _row_told(row: str, facts: dict[str, Any], names: _Names) -> RowTold:
    """A row and its facts; of a look, or of a whole list, these stand in the line itself."""
    model, key = _parted(row)
    said = tuple(_told(model, name, value, names) for name, value in facts.items() if name not in {"row", "rows"})
    number = _("nr. {key}").format(key=key) if key else ""
    return RowTold(_kind(model), number, names.of(model, key), said)


def _told(model: str, key: str, value: Any, names: _Names) -> Told:
    try:
        return _in_words(model, key, value, names)
    except Exception:  # one value that nobody thought of must not shut the whole log: no line can be taken out of it
        logger.exception("a value of %s.%s is shown as it was kept", model, key)
        return Told(label_of(model, key), ascii(value))


def _in_words(model: str, key: str, value: Any, names: _Names) -> Told:
    fact, column = fact_of(model, key), _column(model, key)
    label = label_of(model, key)
    if value == "changed":
        return Told(label, _("endret; verdien føres ikke i loggen"))
    is_change = isinstance(value, list) and len(value) == 2 and not (fact and fact.written)
    old, new = value if is_change else (None, value)
    words = _shown(fact, column, new, names)
    return Told(label, words, old=_shown(fact, column, old, names) if is_change else None)


def label_of(model: str, key: str) -> str:
    """What a fact is called: as a room has declared it, else as its column is called."""
    if fact := fact_of(model, key):
        return str(fact.label)
    column = _column(model, key)
    return str(column.verbose_name) if column is not None and isinstance(column.verbose_name, Promise) else key


def _shown(fact: FactWords | None, column: Any, value: Any, names: _Names) -> str:
    """A value in words; of keys the names of their rows, in the reader's language and local time."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if fact is not None and fact.written is not None:
        return str(fact.written(value))
    codes = {**dict(getattr(column, "flatchoices", None) or ()), **(fact.values if fact else {})}
    if isinstance(value, str | int) and value in codes:
        return str(codes[value])
    if column is not None and column.is_relation:
        return names.row(column.related_model._meta.object_name, value)
    if fact is not None and fact.rows:
        keys = value.split() if isinstance(value, str) else [value]
        return listed([names.row(fact.rows, key) for key in keys])
    if isinstance(column, StoredFileField | StoredFilesField):
        return _("en fil")
    return _written(column, str(value))


def _written(column: Any, value: str) -> str:
    """A value by the kind of its column. What people have written stands as it is, also where it looks like a date."""
    if isinstance(column, models.CharField | models.TextField):
        return value
    if _DAY.fullmatch(value):
        return dated(date.fromisoformat(value))
    if _MOMENT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    if isinstance(column, models.JSONField) and value.startswith(("{", "[")):
        try:
            return ", ".join(_leaves(json.loads(value))) or NOTHING
        except ValueError:  # a long one was cut
            return " ".join(re.sub(r'[{}\[\]"]', " ", value).split())
    return value


def _leaves(value: Any) -> Iterator[str]:
    """The texts of what was kept as JSON; of a text in several languages the reader's."""
    if isinstance(value, dict) and value.keys() <= LANGUAGES.keys():
        yield from [str(TranslatedText(value))] if value else []
    elif isinstance(value, dict):
        yield from (f"{key}: {' '.join(_leaves(one))}" for key, one in value.items())
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield str(value).encode("utf-8", "replace").decode()  # half a pair of surrogates goes out in no reply


def _column(model: str, key: str) -> Any:
    """The column of this name, where the fact is one of the row's own."""
    table = _models().get(model)
    try:
        field = table._meta.get_field(key) if table is not None else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _kind(model: str) -> str:
    row = row_of(model)
    return str(row.kind) if row else _("rad")


def _parted(row: str) -> tuple[str, int | None]:
    """`Seat 5 (+3)` as the table and the key."""
    model, _blank, rest = row.partition(" ")
    number = rest.partition(" (+")[0]
    return model, int(number) if number.isdecimal() else None


@cache
def _models() -> dict[str, type[models.Model]]:
    """The portal's own tables, by what the log calls their rows."""
    return {str(one._meta.object_name): one for one in apps.get_models() if one.__module__.startswith("kfl.")}


class _Names:
    """Names of the rows that some lines speak of, fetched once for each table."""

    def __init__(self, lines: Sequence[AuditLine], reader: User) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            for one in [{"row": line.which, **line.detail}, *line.detail.get("rows", ())]:
                model, key = _parted(one["row"])
                wanted[model].add(key or 0)
                for name, value in one.items():
                    if table := self._table_of(model, name):
                        wanted[table] |= set(_keys(value))
        self._reach = reached(reader, Permission.AUDIT_VIEW)
        self._found = {model: self._fetched(model, row, wanted[model]) for model in wanted if (row := row_of(model))}

    @staticmethod
    def _table_of(model: str, name: str) -> str:
        column, fact = _column(model, name), fact_of(model, name)
        if column is not None and column.is_relation:
            return str(column.related_model._meta.object_name)
        return fact.rows if fact else ""

    @staticmethod
    def _fetched(model: str, row: RowWords, keys: set[int]) -> dict[int, Any]:
        table = _models().get(model)
        if table is None or row.name is None:
            return {}
        heavy = [one.name for one in table._meta.concrete_fields if isinstance(one, models.BinaryField)]
        with_ = ("parent__parent",) if table is Unit else row.with_
        rows = table._base_manager.select_related(*with_).defer(*heavy)
        found: dict[int, Any] = rows.in_bulk(keys)
        return found

    def of(self, model: str, key: int | None) -> str:
        """A row's name; nothing where it has none to tell, is gone, or is a school of somebody else's."""
        row, told = self._found.get(model, {}).get(key or 0), row_of(model)
        if row is None or told is None or told.name is None:
            return ""
        if isinstance(row, Unit):
            return place_of(row)[0] if row.kind in TOP or self._reach.covers(row) else ""
        return str(told.name(row))

    def row(self, model: str, key: Any) -> str:
        """What to call a row that a fact points to: its name, else what it is and its number."""
        (number,) = _keys(key) or [0]
        return self.of(model, number) or _("nr. {key}").format(key=number)


def _keys(value: Any) -> list[int]:
    """The keys in a value, in either half of a change; several stand in one text, parted by blanks."""
    if isinstance(value, list):
        return [key for one in value for key in _keys(one)]
    if isinstance(value, str):
        return [int(one) for one in value.split() if one.isdecimal()]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


@dataclass(frozen=True)
class Sought:
    """What a reader looks for in the log; what is left empty is not asked for."""

    units: tuple[Unit, ...] = ()  # at them and below them
    person: str = ""
    what: str = ""
    first: date | None = None
    last: date | None = None

    def among(self, lines: QuerySet[AuditLine]) -> QuerySet[AuditLine]:
        """Those of the lines that fit all that was asked."""
        found = lines
        if self.units:
            below = models.Q()
            for unit in self.units:
                below |= models.Q(unit__path__startswith=unit.path)
            found = found.filter(below)
        if self.person:
            found = found.filter(by__name__icontains=self.person)
        if self.what:
            found = found.filter(what=self.what)
        if self.first:
            found = found.filter(at__date__gte=self.first)
        if self.last:
            found = found.filter(at__date__lte=self.last)
        return found
