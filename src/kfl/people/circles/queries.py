"""What one can ask about circles: who sits there on a day, in which ones somebody sits, and whom one may name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from kfl.core.alphabet import alphabetical, in_name_order

from ..days import in_force
from ..models import Circle, RoleAssignment, Seat, User
from ..roles import Permission
from ..scopes import seats_of


@dataclass(frozen=True)
class Seated:
    """A member's seat with those of the deputies."""

    seat: Seat
    deputies: tuple[Seat, ...]


def who_sits(circle: Circle, *, on: date) -> list[Seated]:
    """The members of a circle that the caller was given, by name, each with the deputies; on a day."""
    rows = Seat.objects.within(circle).filter(in_force(on)).select_related("person", "circle")
    seats = sorted(rows, key=lambda seat: (alphabetical(seat.shown_name), seat.pk))
    return [
        Seated(seat, tuple(one for one in seats if one.deputy_for_id == seat.pk))
        for seat in seats
        if seat.deputy_for_id is None
    ]


def circles_of(user: User, *, on: date | None = None) -> list[Circle]:
    """The circles in which somebody sits, today or on a day; each once."""
    circles = {seat.circle_id: seat.circle for seat in seats_of(user, on=on)}
    return in_name_order(circles.values())


def may_be_named(by: User) -> QuerySet[User]:
    """Whom somebody may give a seat by name: those who hold a role today at units where the giver makes circles."""
    held = RoleAssignment.objects.visible_to(by, Permission.CIRCLE_EDIT).filter(in_force(timezone.localdate()))
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")
