"""The forum's bodies in the invented county: those who hold the role sit there, with owners and a deputy beside."""

from __future__ import annotations

from datetime import date

from kfl.people import actions
from kfl.people.circles import actions as circles
from kfl.people.circles.actions import NewSeat
from kfl.people.circles.circle_kinds import FORUM_BODY
from kfl.people.models import Circle, User

from .staff import Staff
from .writing import Places

FIRST_DAY, LEFT = date(2016, 1, 1), date(2022, 7, 31)


def write_circles(staff: Staff, users: list[User], places: Places, *, by: User | None) -> None:
    """One body for the county, which everybody may see, and one for each region that has a member."""
    owners = [users[post.person] for post in staff.posts if post.role == "owner"][:2]
    members = [post for post in staff.posts if post.role == "forum_member"]
    union = actions.add_organisation(name="Skolefolkets forbund (oppdiktet)", by=by)
    for post in members:
        unit, is_countys = places[post.place], post.place == ("county",)
        body = circles.make_circle(
            kind=FORUM_BODY.key,
            name=f"Oppvekstforum {unit.name}",
            unit=unit,
            published_on=FIRST_DAY if is_countys else None,
            by=by,
        )
        member = NewSeat(users[post.person], FIRST_DAY, represents=union if is_countys else None)
        circles.give_seats(circle=body, seats=[member], by=by)
        if is_countys:
            _seat_owners(body, owners, users[members[-1].person], by=by)


def _seat_owners(body: Circle, owners: list[User], deputy: User, *, by: User | None) -> None:
    """Two owners, the last of whom has left; a member of a region's body is deputy for the first."""
    seats = circles.give_seats(circle=body, seats=[NewSeat(owner, FIRST_DAY) for owner in owners], by=by)
    circles.deputise(seat=seats[0], deputy=NewSeat(deputy, FIRST_DAY), by=by)
    circles.end_seat(seat=seats[-1], to_on=LEFT, by=by)
