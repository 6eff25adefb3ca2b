"""What one can ask about units, persons and roles."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Kind, RoleAssignment, Unit, UnitCode, User

# Norwegian order: z æ ø å. By code point, å would come before æ.
_AFTER_Z = str.maketrans({"æ": "z\uffff1", "ä": "z\uffff1", "ø": "z\uffff2", "ö": "z\uffff2", "å": "z\uffff3"})


class NoSuchUnit(LookupError):
    """No unit bears this code on that day."""


def unit_by_code(code: str, *, on: date | None = None) -> Unit:
    """The unit that bears this code (kommunenummer, organisasjonsnummer, own code), on any day or on one."""
    codes = UnitCode.objects.everywhere(why="a code is not secret; what it leads to is asked for by its reader")
    found = codes.filter(code=code).select_related("unit").order_by("-valid_from")
    if on is not None:
        found = found.filter(valid_from__lte=on).exclude(valid_to__lt=on)
    row: UnitCode | None = found.first()
    if row is None:
        raise NoSuchUnit(code)
    return row.unit


def code_of(unit: Unit, *, on: date | None = None) -> str:
    """The code to show for a unit: its official one on that day, else its own, else its key."""
    day = on or timezone.localdate()
    dated = [c for c in unit.codes.all() if c.valid_from <= day and (c.valid_to is None or c.valid_to >= day)]
    order = {"kommunenummer": 0, "organisasjonsnummer": 1, "fylkesnummer": 2, "kfl": 3}
    return min(dated, key=lambda c: order.get(c.scheme, 9)).code if dated else str(unit.pk)


def units_of_kind(kind: Kind) -> QuerySet[Unit]:
    """All units of a kind, alphabetically."""
    return Unit.objects.everywhere(why="names of units are public").filter(kind=kind).order_by("name")


def below(unit: Unit) -> QuerySet[Unit]:
    """The unit and everything under it."""
    return Unit.objects.everywhere(why="a part of a unit already found").filter(path__startswith=unit.path)


def alphabetical(name: str) -> list[str | int]:
    """Sorts names as people do: å last, and class 9A before 10A."""
    parts = re.split(r"(\d+)", name.casefold().translate(_AFTER_Z))
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]


def holders(role: str, unit: Unit, *, on: date) -> QuerySet[User]:
    """Those who hold a role at a unit or below it on a day."""
    held = RoleAssignment.objects.everywhere(why="who works at a unit already found").filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on), role=role, unit__path__startswith=unit.path, from_on__lte=on
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name")
