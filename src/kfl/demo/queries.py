"""The invented people one may sign in as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from kfl.people.days import in_force
from kfl.people.models import RoleAssignment, Unit
from kfl.people.roles import ROLES

WHY = "public: the people of a demo are invented, and anybody may be any of them"


@dataclass(frozen=True)
class DemoPerson:
    """One invented person with one role; a person may have several."""

    username: str
    name: str
    role: str
    unit: str

    @property
    def role_name(self) -> str:
        return str(ROLES[self.role].name)


def unit_label(unit: Unit) -> str:
    """A unit's name; a class with its school."""
    return f"{unit.name}, {unit.parent.name}" if unit.is_leaf_kind and unit.parent else unit.name


def held_roles(role: str = "", search: str = "") -> QuerySet[RoleAssignment]:
    """Roles held today, by name; `search` looks in names of people, units and schools."""
    today = timezone.localdate()
    held = (
        RoleAssignment.objects.everywhere(why=WHY)
        .filter(in_force(today), user__is_active=True)
        .select_related("user", "unit__parent")
        .order_by("user__name", "user_id", "unit__name", "pk")
    )
    if role:
        held = held.filter(role=role)
    for word in search.split():
        held = held.filter(
            Q(user__name__icontains=word) | Q(unit__name__icontains=word) | Q(unit__parent__name__icontains=word)
        )
    return held


def described(held: Iterable[RoleAssignment]) -> list[DemoPerson]:
    """People to show, a line for each person and role; several units stand together."""
    lines: dict[tuple[str, str], DemoPerson] = {}
    for one in held:
        key = (one.user.username, one.role)
        unit = unit_label(one.unit)
        if before := lines.get(key):
            unit = f"{before.unit}; {unit}"
        lines[key] = DemoPerson(one.user.username, one.user.name, one.role, unit)
    return list(lines.values())


def shown_first(role: str, usernames: list[str], count: int) -> list[DemoPerson]:
    """The first few of a role: those named, then others by name."""
    held = held_roles(role)
    named = {person.username: person for person in described(held.filter(user__username__in=usernames))}
    chosen = [named[username] for username in usernames if username in named][:count]
    if len(chosen) < count:
        chosen += described(held.exclude(user__username__in=usernames)[: count - len(chosen)])
    return chosen
