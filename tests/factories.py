"""One small factory per thing that tests need; nothing random."""

from __future__ import annotations

from datetime import date

from kfl.people import actions
from kfl.people.kinds import Kind
from kfl.people.models import Gender, Pupil, Scheme, Unit, User


def a_unit(kind: Kind, name: str, parent: Unit | None, code: str = "") -> Unit:
    codes = ((Scheme.OWN, code, date(2000, 1, 1), None),) if code else ()
    return actions.add_unit(new=actions.NewUnit(kind, name, parent, codes), by=None)


def a_user(username: str, role: str | None = None, unit: Unit | None = None) -> User:
    user = User(username=username.lower(), name=username, email=f"{username.lower()}@example.org")
    actions.add_users(users=[user], by=None)
    if role and unit:
        actions.give_roles(roles=[(user, role, unit, date(2010, 1, 1), None)], by=None)
    return user


def a_class(school: Unit, name: str, grade: int | None, size: int, *, since: date = date(2026, 8, 17)) -> Unit:
    """A class with `size` pupils, girls and boys in turn."""
    group = a_unit(Kind.GROUP, name, school)
    pupils = [
        Pupil(
            name=f"Elev {name} {number}",
            gender=Gender.GIRL if number % 2 else Gender.BOY,
            household=group.pk * 100 + number,
        )
        for number in range(size)
    ]
    actions.enrol_pupils(pupils=pupils, enrolments=[(p, group, grade, since, None) for p in pupils], by=None)
    return group
