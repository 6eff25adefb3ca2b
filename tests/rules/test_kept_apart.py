"""Nobody both reads a unit's results and handles its adults' codes: by one role, or by two of one person."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import product

import pytest

from kfl.people import actions, scopes
from kfl.people.circles.circle_kinds import CIRCLE_KINDS
from kfl.people.kinds import Kind
from kfl.people.models import Circle, RoleAssignment, Seat, Unit
from kfl.people.roles import KEPT_APART, PLACES, ROLES, Permission
from kfl.questionnaires.formats import BY_LINK, CHILDREN
from kfl.surveys.codes.rights import INFORMANTS
from tests.factories import a_unit, a_user

ADULTS, RESULTS = Permission.ADULT_CODES_PRINT, Permission.RESULTS_VIEW
LONG_AGO, LAST_YEAR, NEXT_YEAR = date(2010, 1, 1), date(2025, 6, 30), date(2099, 8, 1)


def test_no_role_holds_both_for_the_same_kinds_of_unit():
    both = [
        role.key
        for role in ROLES.values()
        if (codes := role.grant(ADULTS)) and (results := role.grant(RESULTS)) and codes.kinds & results.kinds & PLACES
    ]
    assert both == []
    assert {role.key for role in ROLES.values() if role.grant(ADULTS)} == {"office", "secretariat"}


def test_adults_codes_are_shut_out_by_results_and_are_a_right_of_their_own():
    assert KEPT_APART == {ADULTS: RESULTS}
    assert INFORMANTS[ADULTS] == BY_LINK
    assert INFORMANTS[Permission.CODES_PRINT] == CHILDREN


@pytest.fixture
def places(world):
    """One unit of each kind, and those beside them."""
    lia = a_unit(Kind.KINDERGARTEN, "Lia barnehage", world.hamar)
    blue = a_unit(Kind.DEPARTMENT, "Blå", lia)
    return [world.county, world.region, world.hamar, world.stange, world.ask, world.ask_8a, world.ask_8b, lia, blue]


def _pairs(places):
    hands_out = [(role, at) for role in ROLES.values() if role.grant(ADULTS) for at in places if at.kind in role.kinds]
    reads = [(role, at) for role in ROLES.values() if role.grant(RESULTS) for at in places if at.kind in role.kinds]
    return list(product(hands_out, reads))


@pytest.mark.parametrize(
    ("from_on", "to_on"), [(LONG_AGO, None), (LONG_AGO, LAST_YEAR), (NEXT_YEAR, None)], ids=["now", "once", "later"]
)
def test_two_roles_of_one_person_never_give_both(world, places, from_on, to_on):
    """Whoever held a role when a wave opened keeps its results; whoever gets one reads those that come."""
    units = list(Unit.objects.everywhere(why="a test"))
    user, refused, given = a_user("To roller"), 0, 0
    for (office, here), (other, there) in _pairs(places):
        RoleAssignment.objects.everywhere(why="a test").filter(user=user).delete()
        roles = [(user, office.key, here, LONG_AGO, None), (user, other.key, there, from_on, to_on)]
        actions.give_roles(roles=roles[:1] if (office, here) == (other, there) else roles, by=None)
        day = from_on if to_on is None else to_on
        reads = {unit.pk for unit in scopes.units_where(user, RESULTS, on=day)}
        told = f"{office.key} at {here} and {other.key} at {there}"
        listed = {unit.pk for unit in scopes.units_where(user, ADULTS)}
        for unit in units:
            may = scopes.may(user, ADULTS, unit)
            assert may == (unit.pk in listed), told
            if unit.kind in PLACES:
                at_or_above = {unit.pk, unit.parent_id} if unit.is_leaf_kind else {unit.pk}
                assert not (may and at_or_above & reads), f"{told}: {unit}"
            given += may
            refused += (
                office.grant(ADULTS).kinds.issuperset({unit.kind}) and unit.path.startswith(here.path) and not may
            )
    assert given, "the office hands out nothing at all"
    assert refused, "no pair of roles was ever refused"


def test_what_is_kept_apart_is_never_kept_beyond_the_role(world):
    with pytest.raises(ValueError, match="never kept"):
        scopes.keeper(world.alice, ADULTS)


def test_no_seat_gives_both_and_none_what_a_role_has_to_be_given_for():
    for kind in CIRCLE_KINDS.values():
        assert not {ADULTS, RESULTS} <= kind.permissions, kind.key
        assert ADULTS not in kind.permissions, kind.key


@pytest.fixture
def reading_circle(monkeypatch):
    """A kind of circle that is given results one day."""
    reads = dataclasses.replace(CIRCLE_KINDS["forum_body"], permissions=frozenset({Permission.CIRCLE_VIEW, RESULTS}))
    monkeypatch.setitem(CIRCLE_KINDS, "forum_body", reads)
    monkeypatch.setattr(scopes, "SEATS_GIVE", scopes.SEATS_GIVE | {RESULTS})


SPANS = pytest.mark.parametrize(
    ("from_on", "to_on"), [(LONG_AGO, None), (LONG_AGO, LAST_YEAR), (NEXT_YEAR, None)], ids=["now", "once", "later"]
)


@SPANS
@pytest.mark.parametrize("as_deputy", [False, True], ids=["member", "deputy"])
@pytest.mark.parametrize("seat_first", [False, True], ids=["role first", "seat first"])
@pytest.mark.usefixtures("reading_circle")
def test_a_seat_that_gives_results_shuts_out_adults_codes_like_a_role(world, from_on, to_on, as_deputy, seat_first):
    user = a_user("Med plass")
    circle = Circle.objects.create(kind="forum_body", name="Organ", unit=world.region)

    def sit() -> None:
        member = Seat.objects.create(circle=circle, person=world.nobody, from_on=LONG_AGO) if as_deputy else None
        Seat.objects.create(circle=circle, person=user, deputy_for=member, from_on=from_on, to_on=to_on)

    def hold() -> None:
        actions.give_roles(roles=[(user, "office", world.ask, LONG_AGO, None)], by=None)

    for step in (sit, hold) if seat_first else (hold, sit):
        step()
    assert not scopes.may(user, ADULTS, world.ask)
    assert not scopes.units_where(user, ADULTS).exists()
    assert scopes.may(user, Permission.CODES_PRINT, world.ask), "the pupils' slips remain"
    roles = RoleAssignment.objects.everywhere(why="a test").filter(user=user).select_related("unit")
    assert scopes.loses_at(roles, ADULTS, world.ask, on=date(2026, 11, 30))
    assert scopes.held_by_nobody([world.ask], ADULTS, on=date(2026, 11, 30)) == [world.ask]


@pytest.mark.usefixtures("reading_circle")
def test_a_seat_elsewhere_shuts_out_nothing_here(world):
    user = a_user("Med plass")
    actions.give_roles(roles=[(user, "office", world.ask, LONG_AGO, None)], by=None)
    circle = Circle.objects.create(kind="forum_body", name="Organ", unit=world.stange)
    Seat.objects.create(circle=circle, person=user, from_on=LONG_AGO)
    assert scopes.may(user, ADULTS, world.ask)
    assert not scopes.held_by_nobody([world.ask], ADULTS, on=date(2026, 11, 30))


def test_a_seat_that_gives_no_results_shuts_out_nothing(world):
    user = a_user("Med plass")
    actions.give_roles(roles=[(user, "office", world.ask, LONG_AGO, None)], by=None)
    circle = Circle.objects.create(kind="forum_body", name="Organ", unit=world.region)
    Seat.objects.create(circle=circle, person=user, from_on=LONG_AGO)
    assert scopes.may(user, ADULTS, world.ask)
