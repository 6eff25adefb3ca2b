"""What can happen to units, groups, persons and roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from .audit import action
from .models import Enrolment, Kind, Pupil, RoleAssignment, Scheme, Unit, UnitCode, User
from .roles import ROLES

BATCH = 5000

# Which kinds may hang right under which.
CHILD_KINDS: dict[str | None, frozenset[Kind]] = {
    None: frozenset({Kind.COUNTY}),
    Kind.COUNTY: frozenset({Kind.REGION, Kind.MUNICIPALITY, Kind.SCHOOL, Kind.KINDERGARTEN}),
    Kind.REGION: frozenset({Kind.MUNICIPALITY}),
    Kind.MUNICIPALITY: frozenset({Kind.SCHOOL, Kind.KINDERGARTEN}),
    Kind.SCHOOL: frozenset({Kind.GROUP}),
    Kind.KINDERGARTEN: frozenset({Kind.DEPARTMENT}),
}


class UnitDoesNotFit(ValueError):
    """A unit of this kind cannot hang there."""


class RoleDoesNotFit(ValueError):
    """This role cannot be held at a unit of this kind, or does not exist."""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be made, with the codes it is known by: (scheme, code, valid from, valid to)."""

    kind: Kind
    name: str
    parent: Unit | None
    codes: tuple[tuple[Scheme, str, date, date | None], ...] = ()
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None


def _check_fit(new: NewUnit) -> None:
    above = new.parent.kind if new.parent else None
    if new.kind not in CHILD_KINDS.get(above, frozenset()):
        raise UnitDoesNotFit(
            _("«{name}» ({kind}) kan ikke ligge rett under {above}.").format(
                name=new.name, kind=Kind(new.kind).label, above=Kind(above).label if above else _("ingenting")
            )
        )


@action("units.added")
def add_units(*, units: Sequence[NewUnit], by: User | None, at: datetime | None = None) -> list[Unit]:
    """Add many units of one level at once, and their codes."""
    for new in units:
        _check_fit(new)
    rows = [
        Unit(kind=new.kind, name=new.name, parent=new.parent, valid_from=new.valid_from, valid_to=new.valid_to)
        for new in units
    ]
    Unit.objects.bulk_create(rows, batch_size=BATCH)
    for row in rows:
        row.path = f"{row.parent.path if row.parent else ''}{row.pk}/"
    Unit.plumbing.bulk_update(rows, ["path"], batch_size=500)
    UnitCode.objects.bulk_create(
        [
            UnitCode(unit=row, scheme=scheme, code=code, valid_from=valid_from, valid_to=valid_to)
            for row, new in zip(rows, units, strict=True)
            for scheme, code, valid_from, valid_to in new.codes
        ],
        batch_size=BATCH,
    )
    return rows


def add_unit(*, new: NewUnit, by: User | None, at: datetime | None = None) -> Unit:
    """Add one unit."""
    return add_units(units=[new], by=by, at=at)[0]


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
def end_role(*, assignment: RoleAssignment, to_on: date, by: User, at: datetime | None = None) -> RoleAssignment:
    """Let a role end; it takes effect on the holder's next request."""
    assignment.to_on = to_on
    assignment.save(update_fields=["to_on"])
    return assignment


@action("users.added")
def add_users(*, users: Sequence[User], by: User | None, at: datetime | None = None) -> list[User]:
    """Add accounts. They have no password until their owner sets one, or signs in with a code by e-mail."""
    for user in users:
        if not user.password:
            user.set_unusable_password()
    return User.objects.bulk_create(users, batch_size=BATCH)


@action("pupils.enrolled")
def enrol_pupils(
    *,
    pupils: Sequence[Pupil],
    enrolments: Sequence[tuple[Pupil, Unit, int | None, date, date | None]],
    by: User | None,
    at: datetime | None = None,
) -> int:
    """Add pupils that are new and put pupils in groups: (pupil, group, grade, from, to). Gives the number enrolled."""
    Pupil.objects.bulk_create([pupil for pupil in pupils if pupil.pk is None], batch_size=BATCH)
    rows = [
        Enrolment(pupil=pupil, group=group, grade=grade, from_on=from_on, to_on=to_on)
        for pupil, group, grade, from_on, to_on in enrolments
    ]
    Enrolment.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
