"""What can happen to persons and roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from ..audit import action
from ..models import Kind, RoleAssignment, Unit, User
from ..roles import ROLES

BATCH = 5000


class RoleDoesNotFit(ValueError):
    """This role cannot be held at a unit of this kind, or does not exist."""


@action("roles.given")
def give_roles(
    *, roles: Iterable[tuple[User, str, Unit, date, date | None]], by: User | None, at: datetime | None = None
) -> list[RoleAssignment]:
    """Give roles: (user, role, unit, from, to)."""
    rows = []
    for user, role, unit, from_on, to_on in roles:
        if role not in ROLES or unit.kind not in ROLES[role].kinds:
            raise RoleDoesNotFit(
                _("Rollen «{role}» kan ikke gis ved {unit} ({kind}).").format(
                    role=role, unit=unit.name, kind=Kind(unit.kind).label
                )
            )
        rows.append(RoleAssignment(user=user, role=role, unit=unit, from_on=from_on, to_on=to_on))
    RoleAssignment.objects.bulk_create(rows, batch_size=BATCH)
    return rows


@action("role.ended")
def end_role(*, assignment: RoleAssignment, to_on: date, by: User | None, at: datetime | None = None) -> RoleAssignment:
    """Let a role end; it takes effect on the holder's next request."""
    assignment.to_on = to_on
    assignment.save(update_fields=["to_on"])
    return assignment


@action("role.changed")
def change_role(
    *, assignment: RoleAssignment, from_on: date, to_on: date | None, by: User | None, at: datetime | None = None
) -> RoleAssignment:
    """Give a role other days."""
    assignment.from_on, assignment.to_on = from_on, to_on
    assignment.save(update_fields=["from_on", "to_on"])
    return assignment


@action("user.renamed")
def rename_user(*, user: User, name: str, by: User | None, at: datetime | None = None) -> User:
    """Give an account another name."""
    user.name = name
    user.save(update_fields=["name"])
    return user


@action("users.added")
def add_users(*, users: Sequence[User], by: User | None, at: datetime | None = None) -> list[User]:
    """Add accounts. They have no password until their owner sets one, or signs in with a code by e-mail."""
    for user in users:
        if not user.password:
            user.set_unusable_password()
    return User.objects.bulk_create(users, batch_size=BATCH)
