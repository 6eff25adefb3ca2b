"""Nobody both reads a unit's results and handles its adults' codes: by one role, or by two of one person."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from kfl.people import actions, scopes
from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, Unit
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
        actions.give_roles(roles=roles, by=None)
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
