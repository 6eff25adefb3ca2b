"""`within` believes a row that came through a door and is still the one that came; each attack is refused."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest
from django.core.cache import caches

from kfl.people.found import is_found, is_found_itself
from kfl.people.models import Circle, Enrolment, Pupil, RoleAssignment, Seat, Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_of, get_visible_or_404, seats_of, units_where
from kfl.people.scoping import NoReader

VIEW = Permission.RESULTS_VIEW
WHY = "system: a test"


@pytest.fixture
def ask(world) -> Unit:
    return get_visible_or_404(Unit, world.alice, VIEW, pk=world.ask.pk)


def edited(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


def stored(**values) -> Unit:
    row = Unit(**values)
    row._state.adding = False
    row._state.db = "default"
    return row


def with_state_of(row, other):
    row._state = other._state
    return row


def refreshed(row, **values):
    edited(row, **values).refresh_from_db()
    return row


def through_the_cache(row):
    caches["default"].set("a-unit", row)
    return caches["default"].get("a-unit")


ATTACKS = {
    "a key without a row": lambda world, ask: Unit(pk=world.county.pk),
    "an empty path": lambda world, ask: Unit(pk=ask.pk, path=""),
    "another's path": lambda world, ask: Unit(pk=ask.pk, path=world.county.path),
    "a row that says it is stored": lambda world, ask: stored(pk=world.county.pk, path=world.county.path),
    "a row made by from_db": lambda world, ask: Unit.from_db("default", ["id", "path"], [ask.pk, ""]),
    "not stored": lambda world, ask: Unit(name="Ny", path=world.county.path),
    "plumbing": lambda world, ask: Unit.plumbing.get(pk=world.county.pk),
    "the base manager": lambda world, ask: Unit._base_manager.get(pk=world.county.pk),
    "raw SQL": lambda world, ask: Unit.plumbing.raw("SELECT * FROM people_unit WHERE parent_id IS NULL")[0],
    "through plumbing": lambda world, ask: RoleAssignment.plumbing.select_related("unit").first().unit,
    "led to lazily by plumbing": lambda world, ask: RoleAssignment.plumbing.first().unit,
    "key changed": lambda world, ask: edited(ask, pk=world.county.pk),
    "key and path changed": lambda world, ask: edited(ask, pk=world.county.pk, path=world.county.path),
    "path emptied": lambda world, ask: edited(ask, path=""),
    "path changed": lambda world, ask: edited(ask, path=world.county.path),
    "key changed and read again": lambda world, ask: refreshed(ask, pk=world.county.pk),
    "pickled": lambda world, ask: pickle.loads(pickle.dumps(ask)),
    "kept in the cache": lambda world, ask: through_the_cache(ask),
    "copied and changed": lambda world, ask: edited(copy.copy(ask), pk=world.county.pk, path=world.county.path),
    "another's state": lambda world, ask: with_state_of(Unit(pk=world.county.pk, path=world.county.path), ask),
    "deferred and changed": lambda world, ask: edited(
        Unit.objects.visible_to(world.alice, VIEW).only("name").get(pk=ask.pk), path=""
    ),
    "deferred and another's key": lambda world, ask: edited(
        Unit.objects.visible_to(world.alice, VIEW).only("name").get(pk=ask.pk), pk=world.county.pk
    ),
    "the parent of what was found": lambda world, ask: ask.parent,
    "the parent fetched in one": lambda world, ask: (
        Unit.objects.visible_to(world.alice, VIEW).select_related("parent").get(pk=ask.pk).parent
    ),
    "seen from below": lambda world, ask: get_visible_or_404(Unit, world.bob, VIEW, pk=world.ask.pk),
    "the county seen from below": lambda world, ask: get_visible_or_404(Unit, world.bob, VIEW, pk=world.county.pk),
    "seen from below, its path not fetched": lambda world, ask: (
        Unit.objects.visible_to(world.bob, VIEW).only("name").get(pk=world.county.pk)
    ),
    "the place where a role is held": lambda world, ask: assignments_of(world.alice)[0].unit,
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_unit_that_was_not_found_opens_nothing(world, ask, attack):
    row = ATTACKS[attack](world, ask)
    for model in (Unit, Pupil, Enrolment, RoleAssignment):
        with pytest.raises(NoReader):
            model.objects.within(row)
        with pytest.raises(NoReader):
            model.objects.within(get_visible_or_404(Unit, world.alice, VIEW, pk=world.ask.pk), row)


def test_a_state_of_another_table_with_the_same_key_is_not_believed(world):
    user = User.objects.create(pk=world.ask.pk + 100_000, username="x")
    circle = Circle.objects.create(pk=user.pk, kind="forum_body", name="Organ", unit=world.ask)
    stranger = Circle(pk=circle.pk)
    stranger._state = user._state
    with pytest.raises(NoReader):
        Seat.objects.within(stranger)
    assert not Seat.objects.within(circle).exists()


def test_a_unit_that_is_gone_opens_nothing(world):
    made = Unit.objects.create(kind="school", name="Ny", parent=world.hamar, path=f"{world.hamar.path}x/")
    group = Unit.objects.everywhere(why=WHY).get(pk=made.pk)
    assert Unit.objects.within(group).get() == made
    Unit.plumbing.filter(pk=made.pk).delete()
    with pytest.raises(NoReader, match="does not lie"):
        Unit.objects.within(group)


FOUND = {
    "by its reader": lambda world, ask: ask,
    "in a list": lambda world, ask: next(iter(units_where(world.alice, VIEW).filter(kind="school"))),
    "one at a time": lambda world, ask: next(units_where(world.alice, VIEW).filter(pk=ask.pk).iterator()),
    "by the system": lambda world, ask: Unit.objects.everywhere(why=WHY).get(pk=ask.pk),
    "within another": lambda world, ask: Unit.objects.within(ask).get(pk=ask.pk),
    "with its path left out": lambda world, ask: units_where(world.alice, VIEW).defer("path").get(pk=ask.pk),
    "copied": lambda world, ask: copy.copy(ask),
    "read again": lambda world, ask: refreshed(ask, path=""),
}


@pytest.mark.parametrize("way", FOUND)
def test_a_unit_that_was_found_opens_what_lies_at_and_under_it(world, ask, way):
    row = FOUND[way](world, ask)
    assert {unit.name for unit in Unit.objects.within(row)} == {"Ask skole", "8A", "8B"}


def test_what_a_found_row_leads_to_is_found_as_part_of_it(world):
    circle = Circle.objects.create(kind="forum_body", name="Organ", unit=world.ask)
    Seat.objects.create(circle=circle, person=world.bob, from_on=date(2020, 1, 1))
    lazily = Seat.objects.everywhere(why=WHY).get().circle
    at_once = Seat.objects.everywhere(why=WHY).select_related("circle").get().circle
    before = Circle.objects.everywhere(why=WHY).prefetch_related("seats").get().seats.all()[0]
    for row in (lazily, at_once, before, seats_of(world.bob)[0].circle):
        assert (is_found(row), is_found_itself(row)) == (True, False)
        assert Seat.objects.within(row).exists()


def test_what_is_made_is_its_makers(world):
    made = Unit(kind="school", name="Ny", parent=world.hamar, path=f"{world.hamar.path}x/")
    assert not is_found(made)
    made.save()
    assert is_found_itself(made)
    assert Unit.objects.within(made).get() == made
