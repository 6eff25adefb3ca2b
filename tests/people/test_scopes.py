"""Who may see which units: the refusal stands beside the success."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from kfl.people import actions, scopes
from kfl.people.models import Enrolment, Pupil, RoleAssignment, Unit, UnitCode
from kfl.people.roles import Permission
from kfl.people.scoping import NoReader
from tests.factories import a_user

RESULTS = Permission.RESULTS_VIEW


def names(user, permission=RESULTS, **kwargs) -> set[str]:
    return {unit.name for unit in scopes.units_where(user, permission, **kwargs)}


def test_teacher_sees_own_class_and_the_levels_above(world):
    assert names(world.bob) == {"8A", "Ask skole", "Hamar", "Hedmarken", "Hedmark"}
    assert world.bjork_8a not in scopes.units_where(world.bob, RESULTS)


def test_principal_sees_own_classes_and_not_the_other_school(world):
    assert names(world.alice) == {"8A", "8B", "Ask skole", "Hamar", "Hedmarken", "Hedmark"}
    assert world.bjork not in scopes.units_where(world.alice, RESULTS)


def test_owner_sees_own_municipality_only(world):
    assert names(world.dina) == {"8A", "8B", "Ask skole", "Hamar", "Hedmarken", "Hedmark"}
    assert not scopes.may(world.dina, RESULTS, world.stange)


def test_secretariat_sees_municipalities_but_no_school_results(world):
    assert names(world.erik) == {"Hedmark", "Hedmarken", "Hamar", "Stange"}


def test_levels_above_come_with_results_and_not_with_code_sheets(world):
    assert names(world.bob, Permission.CODES_PRINT) == {"8A"}


@pytest.mark.parametrize("who", ["nobody", "anonymous"])
def test_one_without_a_role_sees_nothing(world, who):
    user = AnonymousUser() if who == "anonymous" else world.nobody
    assert not names(user)


def test_a_role_that_has_ended_gives_nothing_from_the_next_day(world):
    held = RoleAssignment.objects.everywhere(why="test").get(user=world.alice)
    actions.end_role(assignment=held, to_on=date(2020, 6, 30), by=world.erik)
    assert names(world.alice, on=date(2020, 6, 30))
    assert not names(world.alice, on=date(2020, 7, 1))
    assert not names(world.alice)


def test_an_inactive_account_sees_nothing(world):
    world.alice.is_active = False
    world.alice.save()
    assert not names(world.alice)


def test_a_unit_whose_key_begins_alike_is_not_below(world):
    """Paths end with a slash, so that unit 1 is not above unit 12."""
    for unit in Unit.objects.everywhere(why="test"):
        assert unit.path.endswith(f"{unit.pk}/")
    assert not scopes.may(world.alice, RESULTS, world.bjork_8a)


def test_stranger_meets_404_as_for_what_is_not_there(world):
    assert scopes.get_visible_or_404(Unit, world.alice, RESULTS, pk=world.ask.pk) == world.ask
    for pk in (world.bjork.pk, 999_999, "x"):
        with pytest.raises(Http404):
            scopes.get_visible_or_404(Unit, world.alice, RESULTS, pk=pk)


@pytest.mark.parametrize("model", [Unit, UnitCode, Pupil, Enrolment, RoleAssignment])
@pytest.mark.parametrize("question", ["all", "count", "first"])
def test_a_query_without_a_reader_refuses_to_run(world, model, question):
    with pytest.raises(NoReader):
        getattr(model.objects, question)()
    with pytest.raises(NoReader):
        model.objects.filter(pk=1)
    with pytest.raises(NoReader):
        model.objects.everywhere(why="")


def test_pupils_are_seen_once_by_those_of_their_class(world):
    seen = Pupil.objects.visible_to(world.bob, Permission.CODES_PRINT)
    assert seen.count() == 14
    assert Pupil.objects.visible_to(world.charlie, Permission.CODES_PRINT).count() == 20


GIVE, FOLLOW = Permission.RATING_GIVE, Permission.RATING_FOLLOW


def test_ratings_are_given_in_the_very_group_where_the_role_is_held(world):
    assert names(world.bob, GIVE) == {"8A"}
    everywhere = a_user("Ove", "teacher", world.ask)
    assert not names(everywhere, GIVE), "a teacher of the school at large is nobody's contact teacher"
    assert names(world.alice, GIVE) == set()
    assert names(world.alice, FOLLOW) == {"8A", "8B"}
    for user in (world.bob, everywhere, world.alice, world.dina, world.erik):
        for permission in (GIVE, FOLLOW):
            keeps = scopes.keeper(user, permission)
            for unit in Unit.objects.everywhere(why="test"):
                told = names(user, permission)
                inside = unit in scopes.units_where(user, permission)
                assert scopes.may(user, permission, unit) == inside, (user, unit, told)
                assert keeps(unit.path, unit.kind, unit.pk, None) == inside, (user, unit, told)
