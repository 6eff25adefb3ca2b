"""What can happen to circles and seats: a circle is made and changed, seats are given, deputised and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone

from .. import addresses
from ..actions.accounts import add_users
from ..audit import action, touched
from ..days import HELD, in_force_between, not_over
from ..kinds import Kind
from ..models import Circle, Organisation, Seat, Unit, User
from .circle_kinds import CIRCLE_KINDS
from .queries import may_be_named


class CircleDoesNotFit(CannotBeDone):
    """A circle of this kind cannot hang at a unit of this kind, or there is no such kind."""


class SeatDoesNotFit(CannotBeDone):
    """This seat cannot be given: the message says why."""


@dataclass(frozen=True)
class NewSeat:
    """A seat to be given to somebody, from a day, to a day or on; and the organisation that the person represents."""

    person: User
    from_on: date
    to_on: date | None = None
    represents: Organisation | None = None


@action("circle.made")
def make_circle(
    *,
    kind: str,
    name: str,
    unit: Unit,
    published_on: date | None = None,
    by: User | None,
    at: datetime | None = None,
) -> Circle:
    """Make a circle at a unit; it is empty."""
    if kind not in CIRCLE_KINDS or unit.kind not in CIRCLE_KINDS[kind].units:
        words = _("«{name}» ({kind}) kan ikke ligge ved {unit} ({level}).")
        label = CIRCLE_KINDS[kind].name if kind in CIRCLE_KINDS else kind
        raise CircleDoesNotFit(words.format(name=name, kind=label, unit=unit.name, level=Kind(unit.kind).label))
    circle: Circle = Circle.objects.create(kind=kind, name=name, unit=unit, published_on=published_on)
    touched(circle, unit=unit, kind=kind, name=name, published_on=published_on)
    return circle


@action("circle.changed")
def change_circle(
    *, circle: Circle, name: str, published_on: date | None, by: User | None, at: datetime | None = None
) -> Circle:
    """Give a circle another name, or say from which day everybody who signs in may read who sits in it."""
    circle.name, circle.published_on = name, published_on
    circle.save(update_fields=["name", "published_on"])
    return circle


@action("seats.given", of_many=True)
def give_seats(*, circle: Circle, seats: Sequence[NewSeat], by: User | None, at: datetime | None = None) -> list[Seat]:
    """Give seats by name, to those whom the giver may name: people of the giver's own units."""
    _check_may_be_named([new.person for new in seats], by)
    rows = []
    for new in seats:
        if _sits(circle, new.person, new.from_on, new.to_on):
            raise SeatDoesNotFit(_("{name} har plass der fra før.").format(name=new.person))
        rows.append(_seat(circle, new))
    return rows


@action("seat.deputised", of_many=True)
def deputise(*, seat: Seat, deputy: NewSeat, by: User | None, at: datetime | None = None) -> Seat:
    """Give somebody a seat as the deputy for another seat: no longer than that one lasts, and never for oneself."""
    _check_may_be_named([deputy.person], by)
    if seat.deputy_for_id is not None:
        raise SeatDoesNotFit(_("Et varamedlem har ikke selv varamedlem."))
    if seat.person_id == deputy.person.pk:
        raise SeatDoesNotFit(_("Ingen er vara for seg selv."))
    begins, ends = deputy.from_on, deputy.to_on if deputy.to_on is not None else seat.to_on
    if begins < seat.from_on or (seat.to_on is not None and (ends is None or ends > seat.to_on)):
        raise SeatDoesNotFit(_("Et varamedlem kan ikke sitte lenger enn medlemmet."))
    if _sits(seat.circle, deputy.person, begins, ends, deputy_for=seat):
        raise SeatDoesNotFit(_("{name} har plass der fra før.").format(name=deputy.person))
    return _seat(seat.circle, NewSeat(deputy.person, begins, ends, deputy.represents), deputy_for=seat)


@transaction.atomic
def seat_by_address(
    *,
    circle: Circle,
    email: str,
    name: str,
    from_on: date,
    to_on: date | None = None,
    represents: Organisation | None = None,
    by: User | None,
    at: datetime | None = None,
) -> None:
    """Give a seat to whoever has this address, under the name that the giver writes.

    It gives nothing back, and does the same whether the address has an account, has a seat there already, or gets its
    account now: a circle is no way to find out who has one.
    """
    addresses.stand_in_line()
    person = addresses.holder_of(email)
    if person is None:
        normal = addresses.normal(email)
        person = add_users(users=[User(username=normal, email=normal, name=name)], by=by, at=at)[0]
    _seat_quietly(circle=circle, new=NewSeat(person, from_on, to_on, represents), called=name, by=by, at=at)


@action("seats.given_by_address", of_many=True)
def _seat_quietly(*, circle: Circle, new: NewSeat, called: str, by: User | None, at: datetime | None = None) -> None:
    if not _sits(circle, new.person, new.from_on, new.to_on):
        _seat(circle, new, called=called)


@action("seats.ended", of_many=True)
def end_seat(*, seat: Seat, to_on: date, by: User | None, at: datetime | None = None) -> list[Seat]:
    """Let a seat end, and with it those of its deputies; it opens nothing from the next day on.

    One that would not have begun by then is taken away. Gives those that have ended.
    """
    ended = []
    for row in [*Seat.objects.within(seat.circle).filter(not_over(to_on), deputy_for=seat), seat]:
        touched(row, unit=seat.circle.unit_id, from_on=row.from_on, to_on=(row.to_on, to_on))
        if row.from_on > to_on:
            row.delete()
            continue
        row.to_on = to_on
        row.save(update_fields=["to_on"])
        ended.append(row)
    return ended


def _check_may_be_named(persons: Sequence[User], by: User | None) -> None:
    if by is None:
        return
    allowed = set(may_be_named(by).filter(pk__in=[one.pk for one in persons]).values_list("pk", flat=True))
    if any(person.pk not in allowed for person in persons):
        raise SeatDoesNotFit(_("Den du vil gi plass, hører ikke til enhetene dine. Legg til med e-postadresse."))


def _sits(circle: Circle, person: User, first: date, last: date | None, *, deputy_for: Seat | None = None) -> bool:
    """Whether the person has a seat there on some of these days, of the same sort."""
    rows = Seat.objects.within(circle).filter(person=person, deputy_for=deputy_for)
    return rows.filter(in_force_between(first, last) if last is not None else not_over(first)).exists()


def _seat(circle: Circle, new: NewSeat, *, called: str = "", deputy_for: Seat | None = None) -> Seat:
    row: Seat = Seat.objects.create(
        circle=circle,
        person=new.person,
        called=called,
        from_on=new.from_on,
        to_on=new.to_on,
        deputy_for=deputy_for,
        represents=new.represents,
    )
    facts = {"circle": circle.pk, "deputy_for": deputy_for, "represents": new.represents}
    if not called:  # of one added by address the log tells no more than the giver knows
        facts["person"] = new.person.pk
    said = {key: value for key, value in facts.items() if value is not None}
    touched(row, unit=circle.unit_id, **said, **{name: getattr(row, name) for name in HELD})
    return row
