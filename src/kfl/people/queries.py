"""What one can ask about units, persons and roles."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from .days import VALID, in_force, is_in_force
from .models import RoleAssignment, Unit, UnitCode, User


class NoSuchUnit(LookupError):
    """No unit bears this code on that day."""


def unit_by_code(code: str, *, on: date | None = None) -> Unit:
    """The unit that bears this code (kommunenummer, organisasjonsnummer, own code), on any day or on one."""
    codes = UnitCode.objects.everywhere(why="public: a code is not secret; what it leads to is asked for by its reader")
    found = codes.filter(code=code).select_related("unit").order_by("-valid_from")
    if on is not None:
        found = found.filter(in_force(on, fields=VALID))
    row: UnitCode | None = found.first()
    if row is None:
        raise NoSuchUnit(code)
    return row.unit


def code_of(unit: Unit, *, on: date | None = None) -> str:
    """The code to show for a unit: its official one on that day, else its own, else its key."""
    day = on or timezone.localdate()
    dated = [code for code in unit.codes.all() if is_in_force(code, day, fields=VALID)]
    order = {"kommunenummer": 0, "organisasjonsnummer": 1, "fylkesnummer": 2, "kfl": 3}
    return min(dated, key=lambda c: order.get(c.scheme, 9)).code if dated else str(unit.pk)


def holders(role: str, unit: Unit, *, on: date) -> QuerySet[User]:
    """Those who hold a role at a unit or below it on a day; for the portal's own work, which no reader asks for."""
    every = RoleAssignment.objects.everywhere(why="system: whom the portal writes to, and the people of a demo")
    held = every.filter(in_force(on), role=role, unit__path__startswith=unit.path)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name")
