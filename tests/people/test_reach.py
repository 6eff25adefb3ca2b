"""Who reaches a row: asked in SQL and asked of one row at a time, the answer is the same."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kfl.people import actions, scopes
from kfl.people.circles.circle_kinds import CIRCLE_KINDS
from kfl.people.kinds import Kind
from kfl.people.models import (
    AuditLine,
    Circle,
    Enrolment,
    Organisation,
    Pupil,
    RoleAssignment,
    Seat,
    Unit,
    UnitCode,
)
from kfl.people.reach import AtUnit, HangsOnNothing, Member, Own, Public, Reached
from kfl.people.roles import KEPT_APART, ROLES, Grant, Permission
from kfl.people.scoping import NoReader
from tests.factories import a_unit, a_user

TODAY = date(2026, 11, 30)
TABLES = [Unit, UnitCode, RoleAssignment, Pupil, Enrolment, AuditLine, Circle, Seat, Organisation]
WHY = "a test"


def every(model) -> list:
    return list(model.objects.everywhere(why=WHY))


@pytest.fixture
def place(world) -> SimpleNamespace:
    """The world, with a kindergarten, a pupil of two classes, circles, and log lines with and without a unit."""
    lia = a_unit(Kind.KINDERGARTEN, "Lia barnehage", world.hamar)
    world.blue = a_unit(Kind.DEPARTMENT, "Blå", lia)
    moving = world.ask_8a.enrolments.first().pupil
    moves = [(moving, group, 8, date(2026, 1, 1), None) for group in (world.ask_8b, world.bjork_8a)]
    Enrolment.objects.bulk_create([Enrolment(pupil=p, group=g, grade=n, from_on=f, to_on=t) for p, g, n, f, t in moves])
    world.circles = [
        Circle.objects.create(kind="forum_body", name=f"Organ {n}", unit=unit, published_on=day)
        for n, (unit, day) in enumerate(
            [(world.county, None), (world.region, TODAY), (world.region, TODAY + timedelta(1)), (world.county, None)]
        )
    ]
    world.circles[3].kind = "unknown"
    world.circles[3].save()
    Organisation.objects.create(number="100000008")
    world.asked = a_user("Asked")
    for day in ALL_DAYS:
        at = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        for unit in [None, *(getattr(world, name) for name in UNITS)]:
            AuditLine.plumbing.create(at=at, what="x", which="x", unit=unit, digest="x")
    Seat.objects.create(circle=world.circles[2], person=world.nobody, from_on=date(2020, 1, 1))
    world.rows = {model: every(model) for model in TABLES}
    prefetch_related_objects(world.rows[Pupil], "enrolments__group")
    return world


ALL_DAYS = [date(2020, 1, 1), TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]
DAYS = st.sampled_from(ALL_DAYS)
UNITS = {
    "county": Kind.COUNTY,
    "region": Kind.REGION,
    "hamar": Kind.MUNICIPALITY,
    "ask": Kind.SCHOOL,
    "ask_8a": Kind.GROUP,
    "bjork_8a": Kind.GROUP,
    "blue": Kind.DEPARTMENT,
}
PAIRS = [(role, unit) for role, means in ROLES.items() for unit, kind in UNITS.items() if kind in means.kinds]
HELD = st.tuples(st.sampled_from(PAIRS), DAYS, st.none() | DAYS)
SEATS = st.lists(st.tuples(st.integers(0, 3), DAYS, st.none() | DAYS), max_size=3)


@given(roles=st.lists(HELD, min_size=2, max_size=6), seats=SEATS, day=DAYS)
@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is small already, and a smaller one is dear
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_rows_and_a_row_are_answered_alike(place, roles, seats, day):
    with transaction.atomic(), time_machine.travel(TODAY):
        _hold(place, roles, seats)
        tables = place.rows | {model: every(model) for model in (RoleAssignment, Seat)}
        for permission in Permission:
            reached = scopes.reached(place.asked, permission, on=day)
            for model, rows in tables.items():
                seen = list(model.objects.visible_to(place.asked, permission, on=day).values_list("pk", flat=True))
                assert sorted(seen) == sorted(row.pk for row in rows if reached.covers(row)), (model, reached)
            if permission not in KEPT_APART:
                _kept_alike(place, permission)
        transaction.set_rollback(True)


def _hold(place, roles, seats) -> None:
    """What one asks for, on days that may be over or to come; what fits nowhere is left out."""
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(user=place.asked, role=role, unit=getattr(place, unit), from_on=first, to_on=last)
            for (role, unit), first, last in roles
            if last is None or last >= first
        ]
    )
    Seat.objects.bulk_create(
        [
            Seat(circle=place.circles[n], person=place.asked, from_on=first, to_on=last)
            for n, first, last in seats
            if last is None or last >= first
        ]
    )


def _kept_alike(place, permission) -> None:
    """The log's own time stands in for the day a wave opened."""
    manager, was = AuditLine.objects, AuditLine.objects.ties
    reached, keeps = scopes.reached_or_kept(place.asked, permission), scopes.keeper(place.asked, permission)
    try:
        manager.ties = dataclasses.replace(was, moment="at")
        seen = set(manager.kept_for(place.asked, permission).values_list("pk", flat=True))
        rows = place.rows[AuditLine]
        assert seen == {row.pk for row in rows if reached.covers(row)}
        at_units = [row for row in rows if row.unit]
        assert seen == {row.pk for row in at_units if keeps(row.unit.path, row.unit.kind, row.unit.pk, row.at)}
    finally:
        manager.ties = was


VIEW = Permission.CIRCLE_VIEW


def seen_circles(user, on=TODAY) -> set[str]:
    return {circle.name for circle in Circle.objects.visible_to(user, VIEW, on=on)}


def test_a_seat_opens_its_own_circle_on_its_days_and_nothing_else(place):
    assert seen_circles(place.asked) == {"Organ 1"}, "what is published"
    Seat.objects.create(circle=place.circles[0], person=place.asked, from_on=TODAY, to_on=TODAY)
    assert seen_circles(place.asked) == {"Organ 0", "Organ 1"}
    assert seen_circles(place.asked, TODAY - timedelta(1)) == set()
    assert "Organ 0" not in seen_circles(place.asked, TODAY + timedelta(1))
    for permission in set(Permission) - {VIEW}:
        assert not scopes.has_permission(place.asked, permission)


def test_a_seat_in_a_circle_of_no_known_kind_opens_nothing(place):
    Seat.objects.create(circle=place.circles[3], person=place.asked, from_on=TODAY)
    assert "Organ 3" not in seen_circles(place.asked)


def test_what_is_published_is_read_from_its_day_on(place):
    assert seen_circles(place.asked, TODAY - timedelta(1)) == set()
    assert seen_circles(place.asked, TODAY + timedelta(1)) == {"Organ 1", "Organ 2"}


def test_ones_own_seat_is_seen_after_its_last_day_and_the_circle_no_more(place):
    seat = Seat.objects.create(circle=place.circles[0], person=place.asked, from_on=TODAY, to_on=TODAY)
    later = TODAY + timedelta(9)
    assert seat in Seat.objects.visible_to(place.asked, VIEW, on=later)
    assert seat not in Seat.objects.visible_to(place.nobody, VIEW, on=later)
    assert "Organ 0" not in seen_circles(place.asked, later)


def test_an_inactive_account_reaches_nothing(place):
    place.asked.is_active = False
    assert seen_circles(place.asked) == set()
    assert scopes.reached(place.asked, VIEW) == Reached()


def test_a_table_that_says_nothing_is_reached_by_nobody(place):
    grant = Grant(Permission.UNIT_EDIT)
    for one in (AtUnit(grant, "1/"), Member(frozenset({1})), Own(1), Public(TODAY)):
        with pytest.raises(HangsOnNothing):
            one.q(type(place.nobody))
        with pytest.raises(HangsOnNothing):
            one.covers(place.nobody)


def test_rows_without_a_moment_are_kept_for_nobody(place):
    actions.give_roles(roles=[(place.asked, "owner", place.hamar, TODAY, TODAY)], by=None)
    with time_machine.travel(TODAY + timedelta(1)), pytest.raises(HangsOnNothing):
        list(Unit.objects.kept_for(place.asked, Permission.RESULTS_VIEW))


def test_within_a_unit_is_all_at_it_and_below(place):
    assert set(Enrolment.objects.within(place.ask)) == {
        row for row in every(Enrolment) if row.group in (place.ask_8a, place.ask_8b)
    }
    assert set(Unit.objects.within(place.ask, place.blue)) == {place.ask, place.ask_8a, place.ask_8b, place.blue}
    assert not Unit.objects.within().exists()


def test_within_another_row_is_what_points_at_it(place):
    seat = every(Seat)[0]
    assert list(Seat.objects.within(seat.circle)) == [seat]
    assert list(Seat.objects.within(place.nobody)) == [seat]
    assert not Seat.objects.within(place.alice).exists()
    assert list(RoleAssignment.objects.within(place.alice)) == list(place.alice.role_assignments.all())


def test_rows_that_the_caller_has_are_met_as_they_stand(place):
    seat = every(Seat)[0]
    Seat.objects.bulk_update([Seat(pk=seat.pk, called="Nytt navn")], ["called"])
    assert seat.called == ""
    assert Seat.objects.as_stored([seat])[seat.pk].called == "Nytt navn"
    assert list(Seat.objects.within(seat)) == [seat]
    assert Seat.objects.as_stored([]) == {}


def test_within_goes_the_way_that_is_named(place):
    line = AuditLine.plumbing.create(at=timezone.now(), by=place.alice, what="x", which="x", unit=place.ask, digest="x")
    assert line in AuditLine.objects.within(place.alice, by="by")
    assert line not in AuditLine.objects.within(place.bob, by="by")
    with pytest.raises(NoReader, match="to another table"):
        AuditLine.objects.within(place.alice, by="unit")


def test_within_refuses_what_it_cannot_answer(place):
    with pytest.raises(NoReader, match="not stored"):
        Seat.objects.within(Circle())
    with pytest.raises(NoReader, match="several tables"):
        Seat.objects.within(place.nobody, place.circles[0])
    with pytest.raises(NoReader, match="no single foreign key"):
        Circle.objects.within(place.nobody)
    with pytest.raises(NoReader, match="hangs on no unit"):
        Organisation.objects.within(place.ask)


def test_the_page_of_rights_says_what_is_reached_without_a_role(client, db):
    page = client.get("/roller/").content.decode()
    for key in (*CIRCLE_KINDS, "own", "published"):
        assert f'id="{key}"' in page
    assert page.count("se hvem som er med i organer, fellesskap og grupper, og det de har") == 4  # three, and a role
