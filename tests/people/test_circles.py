"""Circles and seats: who sits where, from when to when, for whom, and that nobody finds out who has an account."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from kfl.people.circles import actions
from kfl.people.circles.actions import CircleDoesNotFit, NewSeat, SeatDoesNotFit
from kfl.people.circles.queries import circles_of, may_be_named, who_sits
from kfl.people.models import AuditLine, Circle, Seat, User
from kfl.people.roles import Permission
from tests.factories import a_user

TODAY = date(2026, 11, 30)
LATER, EARLIER = TODAY + timedelta(30), TODAY - timedelta(30)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def body(world) -> Circle:
    return actions.make_circle(kind="forum_body", name="Fagutvalget", unit=world.county, by=world.erik)


def seated(circle, on=TODAY) -> list[str]:
    return [one.seat.shown_name for one in who_sits(circle, on=on)]


def give(circle, person, from_on=TODAY, to_on=None, by=None) -> Seat:
    return actions.give_seats(circle=circle, seats=[NewSeat(person, from_on, to_on)], by=by)[0]


def test_a_circle_hangs_where_its_kind_may(world, body):
    assert body.unit == world.county
    for kind, unit in (("forum_body", world.ask), ("no such kind", world.county)):
        with pytest.raises(CircleDoesNotFit):
            actions.make_circle(kind=kind, name="X", unit=unit, by=world.erik)


def test_two_circles_of_a_unit_bear_different_names(world, body):
    with pytest.raises(IntegrityError):
        actions.make_circle(kind="forum_body", name=body.name, unit=world.county, by=world.erik)


def test_members_are_named_within_ones_own_units(world, body):
    assert set(may_be_named(world.erik)) == {world.alice, world.bob, world.charlie, world.dina, world.erik, world.frida}
    assert not may_be_named(world.dina).exists()
    give(body, world.alice, by=world.erik)
    with pytest.raises(SeatDoesNotFit, match="e-postadresse"):
        give(body, world.nobody, by=world.erik)
    assert seated(body) == ["Alice"]


def test_a_seat_holds_from_its_first_day_to_its_last(world, body):
    give(body, world.alice, TODAY, LATER)
    days = (TODAY - timedelta(1), TODAY, LATER, LATER + timedelta(1))
    assert [seated(body, day) for day in days] == [[], ["Alice"], ["Alice"], []]
    assert [circles_of(world.alice, on=day) for day in days] == [[], [body], [body], []]


def test_nobody_sits_twice_in_a_circle_at_a_time(world, body):
    give(body, world.alice, TODAY, LATER)
    for first, last in ((EARLIER, TODAY), (EARLIER, None), (LATER, None)):
        with pytest.raises(SeatDoesNotFit, match="fra før"):
            give(body, world.alice, first, last)
    give(body, world.alice, LATER + timedelta(1))
    give(body, world.alice, EARLIER, TODAY - timedelta(1))


def test_a_deputy_stands_beside_the_member_and_goes_with_the_seat(world, body):
    seat = give(body, world.alice, EARLIER)
    deputy = actions.deputise(seat=seat, deputy=NewSeat(world.bob, TODAY), by=world.erik)
    coming = actions.deputise(seat=seat, deputy=NewSeat(world.dina, LATER), by=world.erik)
    (found,) = who_sits(body, on=TODAY)
    assert (found.seat, found.deputies) == (seat, (deputy,))
    ended = actions.end_seat(seat=seat, to_on=TODAY, by=world.erik)
    assert {row.pk for row in ended} == {seat.pk, deputy.pk}
    assert not Seat.objects.everywhere(why="a test").filter(pk=coming.pk).exists(), "it would never have begun"
    assert who_sits(body, on=TODAY + timedelta(1)) == []
    assert circles_of(world.bob, on=TODAY + timedelta(1)) == []


def test_a_deputy_that_ends_leaves_the_member(world, body):
    seat = give(body, world.alice, EARLIER)
    deputy = actions.deputise(seat=seat, deputy=NewSeat(world.bob, EARLIER), by=None)
    actions.end_seat(seat=deputy, to_on=TODAY, by=None)
    (found,) = who_sits(body, on=LATER)
    assert (found.seat, found.deputies) == (seat, ())


def test_what_a_deputy_cannot_be(world, body):
    seat = give(body, world.alice, TODAY, LATER)
    deputy = actions.deputise(seat=seat, deputy=NewSeat(world.bob, TODAY), by=None)
    assert deputy.to_on == LATER, "no longer than the seat"
    for of, new, why in (
        (deputy, NewSeat(world.dina, TODAY), "ikke selv"),
        (seat, NewSeat(world.alice, TODAY), "seg selv"),
        (seat, NewSeat(world.dina, TODAY, LATER + timedelta(1)), "lenger"),
        (seat, NewSeat(world.dina, EARLIER), "lenger"),
        (seat, NewSeat(world.bob, TODAY), "fra før"),
    ):
        with pytest.raises(SeatDoesNotFit, match=why):
            actions.deputise(seat=of, deputy=new, by=None)
    with pytest.raises(SeatDoesNotFit, match="enhetene dine"):
        actions.deputise(seat=seat, deputy=NewSeat(world.nobody, TODAY), by=world.erik)


def test_by_address_known_and_unknown_are_met_alike(world, body):
    known = a_user("Kari Kjent")
    told = []
    for email in (known.email, "ukjent@skole.example", known.username):
        before = Seat.objects.everywhere(why="a test").count()
        told.append(
            actions.seat_by_address(circle=body, email=email, name="Medlem Medlemsen", from_on=TODAY, by=world.erik)
        )
        assert Seat.objects.everywhere(why="a test").count() == before + (email != known.username)
    assert told == [None, None, None]
    assert seated(body) == ["Medlem Medlemsen", "Medlem Medlemsen"], "never the account's own name"
    made = User.objects.get(email="ukjent@skole.example")
    assert not made.has_usable_password()
    assert circles_of(made) == circles_of(known) == [body]


def test_by_address_one_who_sits_there_already_is_not_told_of(world, body):
    give(body, world.alice)
    told = actions.seat_by_address(circle=body, email=world.alice.email, name="En til", from_on=TODAY, by=world.erik)
    assert told is None
    assert seated(body) == ["Alice"]


def test_the_log_tells_who_gave_which_seat_and_of_an_address_no_account(world, body):
    give(body, world.alice, by=world.erik)
    named = AuditLine.plumbing.latest("pk")
    assert (named.what, named.by, named.unit) == ("seats.given", world.erik, world.county)
    assert named.detail["rows"][0]["person"] == world.alice.pk
    known = a_user("Kari Kjent")
    actions.seat_by_address(circle=body, email=known.email, name="M", from_on=TODAY, by=world.erik)
    line = AuditLine.plumbing.latest("pk")
    assert line.what == "seats.given_by_address"
    assert set(line.detail["rows"][0]) == {"row", "circle", "from_on", "to_on"}


def test_the_log_tells_old_and_new_of_an_end(world, body):
    seat = give(body, world.alice)
    actions.end_seat(seat=seat, to_on=LATER, by=world.erik)
    assert AuditLine.plumbing.latest("pk").detail["rows"][0]["to_on"] == [None, LATER.isoformat()]
    actions.change_circle(circle=body, name="Utvalget", published_on=TODAY, by=world.erik)
    (told,) = AuditLine.plumbing.latest("pk").detail["rows"]
    assert told["name"] == ["Fagutvalget", "Utvalget"]


def test_a_circle_that_is_published_shows_its_seats_and_takes_it_back(world, body):
    seat = give(body, world.alice)
    view = Permission.CIRCLE_VIEW
    assert seat not in Seat.objects.visible_to(world.nobody, view)
    actions.change_circle(circle=body, name=body.name, published_on=TODAY, by=world.erik)
    assert seat in Seat.objects.visible_to(world.nobody, view)
    actions.change_circle(circle=body, name=body.name, published_on=None, by=world.erik)
    assert seat not in Seat.objects.visible_to(world.nobody, view)
