"""What can happen to persons and roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from ..audit import action, touched
from ..kinds import Kind
from ..models import RoleAssignment, Unit, User
from ..roles import ROLES

BATCH = 5000


class RoleDoesNotFit(ValueError):
    """This role cannot be held at a unit of this kind, or does not exist."""


class OwnRole(ValueError):
    """Nobody gives oneself a role, or another day to hold it: somebody else must."""


def _check_is_anothers(user_id: int | None, by: User | None) -> None:
    if by is not None and user_id == by.pk:
        raise OwnRole(_("Ingen kan gi, endre eller avslutte sin egen rolle. Noen andre må gjøre det."))


@action("roles.given", of_many=True)
def give_roles(
    *, roles: Iterable[tuple[User, str, Unit, date, date | None]], by: User | None, at: datetime | None = None
) -> list[RoleAssignment]:
    """Give roles: (user, role, unit, from, to). Never to oneself; the system (`by` None) makes the first account."""
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
    """Let a role end; it takes effect on the holder's next request."""
    _check_is_anothers(assignment.user_id, by)
    _tell_days(assignment, assignment.from_on, to_on)
    assignment.to_on = to_on
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
