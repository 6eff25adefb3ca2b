"""What can happen to persons and roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone

from .. import addresses
from ..audit import action, touched
from ..days import not_over
from ..kinds import Kind
from ..models import RoleAssignment, Unit, User
from ..roles import ROLES

BATCH = 5000


class RoleDoesNotFit(CannotBeDone):
    """This role cannot be held at a unit of this kind, or does not exist."""


class RoleIsHeld(CannotBeDone):
    """The same person holds the same role there already on one of the days to come; `held` is that one.

    Two of them would look like one, and who ended one would believe it over while the other went on.
    """

    def __init__(self, held: RoleAssignment) -> None:
        self.held = held
        words = _("{name} har rollen {role} ved {unit} fra før, fra {first}.")
        if held.to_on:
            words = _("{name} har rollen {role} ved {unit} fra før, fra {first} til {last}.")
        days = {"first": date_format(held.from_on), "last": date_format(held.to_on) if held.to_on else ""}
        role = ROLES[held.role].name
        super().__init__(words.format(name=held.user.name, role=role, unit=held.unit.name, **days))


class OwnRole(CannotBeDone):
    """Nobody gives oneself a role, or another day to hold it: somebody else must."""


def _check_is_anothers(user_id: int | None, by: User | None) -> None:
    if by is not None and user_id == by.pk:
        raise OwnRole(_("Ingen kan gi, endre eller avslutte sin egen rolle. Noen andre må gjøre det."))


def _check_none_is_held(rows: Sequence[RoleAssignment], at: datetime | None) -> None:
    """Raise `RoleIsHeld` where one of these, or another row, is the same role on a common day from today on.

    What is over is left alone: a role that somebody had may be given again, for the days before too.
    """
    addresses.stand_in_line()  # the line of addresses, since a list gives out both: it stands in one, and once
    today = timezone.localdate(at)
    others = RoleAssignment.objects.everywhere(why="whether: somebody holds a role already").filter(not_over(today))
    holders = {row.user_id for row in rows}
    if len(holders) <= addresses.MANY:
        others = others.filter(user__in=holders)
    alike: dict[tuple[int, str, int], list[RoleAssignment]] = defaultdict(list)
    for other in others.exclude(pk__in=[row.pk for row in rows if row.pk]):
        alike[other.user_id, other.role, other.unit_id].append(other)
    for row in rows:
        if row.to_on is not None and row.to_on < today:
            continue
        same = alike[row.user_id, row.role, row.unit_id]
        for other in same:
            begins = max(row.from_on, other.from_on)
            if all(end is None or end >= begins for end in (row.to_on, other.to_on)):
                raise RoleIsHeld(other)
        same.append(row)


@action("roles.given", of_many=True)
def give_roles(
    *, roles: Iterable[tuple[User, str, Unit, date, date | None]], by: User | None, at: datetime | None = None
) -> list[RoleAssignment]:
    """Give roles: (user, role, unit, from, to). Never to oneself; the system (`by` None) makes the first account.

    Raises `RoleIsHeld`, and gives none of them, where somebody holds one already on a day to come.
    """
    rows = []
    for user, role, unit, from_on, to_on in roles:
        _check_is_anothers(user.pk, by)
        if role not in ROLES or unit.kind not in ROLES[role].kinds:
            raise RoleDoesNotFit(
                _("Rollen «{role}» kan ikke gis ved {unit} ({kind}).").format(
                    role=role, unit=unit.name, kind=Kind(unit.kind).label
                )
            )
        rows.append(RoleAssignment(user=user, role=role, unit=unit, from_on=from_on, to_on=to_on))
    _check_none_is_held(rows, at)
    RoleAssignment.objects.bulk_create(rows, batch_size=BATCH)
    for row in rows:
        touched(row, unit=row.unit_id, user=row.user_id, role=row.role, from_on=row.from_on, to_on=row.to_on)
    return rows


def _tell_days(row: RoleAssignment, from_on: date, to_on: date | None) -> None:
    days = {"from_on": (row.from_on, from_on), "to_on": (row.to_on, to_on)}
    changed = {name: pair for name, pair in days.items() if pair[0] != pair[1]}
    touched(row, unit=row.unit_id, user=row.user_id, role=row.role, **changed)


@action("role.ended")
def end_role(*, assignment: RoleAssignment, to_on: date, by: User | None, at: datetime | None = None) -> RoleAssignment:
    """Let a role end; it takes effect on the holder's next request. `RoleIsHeld`: it would run into the next one."""
    _check_is_anothers(assignment.user_id, by)
    _tell_days(assignment, assignment.from_on, to_on)
    grows = assignment.to_on is not None and to_on > assignment.to_on
    assignment.to_on = to_on
    if grows:
        _check_none_is_held([assignment], at)
    assignment.save(update_fields=["to_on"])
    return assignment


@action("role.changed")
def change_role(
    *, assignment: RoleAssignment, from_on: date, to_on: date | None, by: User | None, at: datetime | None = None
) -> RoleAssignment:
    """Give a role other days."""
    _check_is_anothers(assignment.user_id, by)
    _tell_days(assignment, from_on, to_on)
    assignment.from_on, assignment.to_on = from_on, to_on
    assignment.save(update_fields=["from_on", "to_on"])
    return assignment
