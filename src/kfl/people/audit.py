"""Every change has a name, a person and a line; every look at results has a line too.

`@action("wave.opened")` wraps a keyword-only function in one transaction and writes its audit line: who, what, which
row, at which unit, and what changed. Of one row the decorator finds all that by itself. An action that changes many,
or a row that it does not give back, says it in its body:

    touched(assignment, unit=assignment.unit, user=assignment.user, to_on=(old, new))

A pair is (old, new); anything else is a fact. Rows at one unit share a line, so that whoever reads about a unit finds
all of them. An action that names no row, or a row that hangs on no unit without `unitless=` saying why, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction
from django.utils import timezone

from . import audit_chain
from .audit_chain import AuditKeyMissing, verify_chain
from .audit_reading import history_of
from .models import AuditLine, Unit, User
from .scoping import ties_of

__all__ = [
    "AuditKeyMissing",
    "NamesNoRow",
    "action",
    "history_of",
    "record",
    "record_view",
    "touched",
    "verify_chain",
]

P = ParamSpec("P")
R = TypeVar("R")

CHANGED = "changed"  # in place of a value that no line may keep: it would outlive the row
MOST_ROWS = 200  # of one line
_LONGEST = 200  # characters of a value
_USUAL_PATHS = ["unit", "wave__unit", "release__wave__unit"]  # of a model that has no scoped manager


class NamesNoRow(TypeError):
    """An action ended without saying which row it changed, or at which unit."""


@dataclass(frozen=True)
class _Touched:
    row: str
    unit: int | None
    facts: dict[str, Any]


_within: ContextVar[list[_Touched] | None] = ContextVar("rows that the action under way has touched", default=None)


def _name(row: models.Model) -> str:
    return f"{row._meta.object_name} {row.pk}"  # the type of whoever is signed in is a lazy one


def _plain(value: Any) -> Any:
    """A value as the log keeps it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def touched(row: models.Model, *, unit: Unit | int | None, **facts: Any) -> None:
    """Say within an action which row it changes, at which unit, and what: a pair is (old, new), the rest are facts.

    Of children and adults who answer the log knows keys, never names: a line outlives the row.
    """
    rows = _within.get()
    if rows is None:
        raise NamesNoRow(f"{_name(row)} was touched outside an action")
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    rows.append(_Touched(_name(row), unit_id, {key: _plain(value) for key, value in facts.items()}))


@transaction.atomic
def record(
    what: str,
    which: str,
    *,
    by: User | None,
    at: datetime | None = None,
    unit: Unit | int | None = None,
    **detail: Any,
) -> AuditLine:
    """Write one line. `by` is None only for the system itself (a job that the clock started); `unit` may be its key."""
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    line = AuditLine(at=at or timezone.now(), by=by, what=what, which=which, unit_id=unit_id, detail=detail)
    audit_chain.append([line])
    return line


def record_view(what: str, row: models.Model, *, by: User, unit: Unit | None = None, **detail: Any) -> AuditLine:
    """Write that somebody looked at (or took out) this row; `detail` says more, in keys and never in names."""
    return record(what, _name(row), by=by, unit=unit, **{key: _plain(value) for key, value in detail.items()})


def unit_path(model: type[models.Model]) -> str | None:
    """How a model's rows hang on a unit, as its manager says; "" where on none, None where the model does not say."""
    ties = ties_of(model)
    return ties.unit if ties else None


def _unit_of(row: models.Model) -> int | None:
    """The key of the unit that a row hangs on, where there is one and only one."""
    path = unit_path(row._meta.model)
    paths = _USUAL_PATHS if path is None else [path]
    return next((unit.pk for path in paths if path and (unit := _follow(row, path)) is not None), None)


def _follow(row: models.Model, path: str) -> Unit | None:
    found: Any = row
    for part in [] if path == "self" else path.split("__"):
        found = getattr(found, part, None)
        if not isinstance(found, models.Model):
            return None
    return found if isinstance(found, Unit) else None


def _stored(row: models.Model) -> dict[str, Any]:
    return row._meta.model._base_manager.filter(pk=row.pk).values().first() or {}


def _changes(row: models.Model, before: Mapping[str, Any]) -> dict[str, Any]:
    """Old and new of each field; of personal and sealed ones only that they changed, since a line outlives the row."""
    privacy = getattr(row, "Privacy", None)
    after, found = _stored(row), {}
    for field in row._meta.concrete_fields:
        old, new = before.get(field.attname), after.get(field.attname)
        if old == new or not after:
            continue
        tells = privacy is not None and field.name in privacy.open
        found[field.name] = [_plain(old), _plain(new)] if tells else CHANGED
    return found


def _subject(result: Any, given: list[models.Model]) -> models.Model | None:
    """What the action was done to: what it gave back, else the first row it was given."""
    if isinstance(result, models.Model):
        return result
    return given[0] if given else None


def _lines(what: str, rows: list[_Touched], *, by: User | None, at: datetime | None) -> Iterator[AuditLine]:
    """A line for each unit, in the order in which they were named; a very long one is cut into several."""
    by_unit: dict[int | None, list[_Touched]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    moment = at or timezone.now()
    for unit, found in by_unit.items():
        for start in range(0, len(found), MOST_ROWS):
            part = found[start : start + MOST_ROWS]
            which = part[0].row if len(part) == 1 else f"{part[0].row} (+{len(part) - 1})"
            detail = {"rows": [{"row": row.row, **row.facts} for row in part]}
            yield AuditLine(at=moment, by=by, what=what, which=which, unit_id=unit, detail=detail)


@contextmanager
def _collecting() -> Iterator[list[_Touched]]:
    rows: list[_Touched] = []
    token = _within.set(rows)
    try:
        yield rows
    finally:
        _within.reset(token)


def action(
    what: str, *, of_many: bool = False, unitless: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action: keyword-only with `by=`, one transaction, an audit line that says what was changed.

    `of_many`: it names its rows by `touched`; where it names none, nothing was done and nothing is written.
    `unitless`: why its rows hang on no unit.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def acted(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            if by is not None and not isinstance(by, User):
                raise TypeError(f"{function.__name__} needs by=: the user who does it, or None for the system")
            at = kwargs.get("at")
            given = [value for key, value in kwargs.items() if key != "by" and isinstance(value, models.Model)]
            with transaction.atomic():
                before = {} if of_many else {_name(row): _stored(row) for row in given if row.pk is not None}
                with _collecting() as rows:
                    result = function(*args, **kwargs)
                if not rows and not of_many:
                    rows = [_found(what, _subject(result, given), given, before)]
                for row in rows:
                    if row.unit is None and unitless is None and not _hangs_on_none(row, [*given, result]):
                        raise NamesNoRow(f"{what}: {row.row} names no unit; say `unitless=` why")
                if lines := list(_lines(what, rows, by=by, at=at if isinstance(at, datetime) else None)):
                    audit_chain.append(lines)
            return result

        acted.audited_as = what  # type: ignore[attr-defined]
        acted.of_many, acted.unitless = of_many, unitless  # type: ignore[attr-defined]
        return acted

    return decorate


def _found(
    what: str, subject: models.Model | None, given: list[models.Model], before: dict[str, dict[str, Any]]
) -> _Touched:
    """The one row that an action is about, where it has named none itself."""
    if subject is None:
        raise NamesNoRow(f"{what} names no row: say `touched(row, unit=…)` in it")
    unit = next((key for row in [subject, *given] if (key := _unit_of(row)) is not None), None)
    known = before.get(_name(subject))
    return _Touched(_name(subject), unit, _changes(subject, known) if known else {})


def _hangs_on_none(row: _Touched, known: list[Any]) -> bool:
    """Whether the model itself says that its rows hang on no unit."""
    models_here = {one._meta.object_name: one._meta.model for one in known if isinstance(one, models.Model)}
    model = models_here.get(row.row.split(" ")[0])
    return model is not None and unit_path(model) == ""
