"""From a day to a day, both counted in, the last one open or not: asked of rows in SQL, and of one row.

Enrolments, roles and seats have `from_on` and `to_on` (`HELD`); units and codes have `valid_from` and `valid_to`
(`VALID`).
"""

from __future__ import annotations

from datetime import date

from django.db.models import Model, Q

HELD = ("from_on", "to_on")
VALID = ("valid_from", "valid_to")


def covers(first: date, last: date | None, day: date) -> bool:
    """Whether a day lies in a time; without a last day it goes on."""
    return first <= day and (last is None or last >= day)


def in_force(day: date, through: str = "", *, fields: tuple[str, str] = HELD) -> Q:
    """The rows that hold on a day. `through` is the lookup to the dated row, e.g. "user__role_assignments__"."""
    first, _last = fields
    return not_over(day, through, fields=fields) & Q(**{f"{through}{first}__lte": day})


def not_over(day: date, through: str = "", *, fields: tuple[str, str] = HELD) -> Q:
    """The rows that hold on a day or begin later."""
    _first, last = fields
    return Q(**{f"{through}{last}__isnull": True}) | Q(**{f"{through}{last}__gte": day})


def in_force_between(first: date, last: date, through: str = "") -> Q:
    """The rows that hold on some day of a time."""
    return not_over(first, through) & Q(**{f"{through}{HELD[0]}__lte": last})


def is_in_force(row: Model, day: date, *, fields: tuple[str, str] = HELD) -> bool:
    """Whether one row holds on a day."""
    first, last = fields
    return covers(getattr(row, first), getattr(row, last), day)


def is_over(row: Model, day: date, *, fields: tuple[str, str] = HELD) -> bool:
    """Whether one row no longer holds on a day."""
    last: date | None = getattr(row, fields[1])
    return last is not None and last < day
