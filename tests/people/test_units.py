"""Units keep their place and their codes through the reform of 2020."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kfl.people import actions, queries
from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, Scheme, Unit

REFORM = date(2020, 1, 1)


@pytest.fixture
def loten(world):
    codes = (
        (Scheme.MUNICIPALITY, "0415", date(1964, 1, 1), date(2019, 12, 31)),
        (Scheme.MUNICIPALITY, "3412", REFORM, None),
    )
    return actions.add_unit(new=actions.NewUnit(Kind.MUNICIPALITY, "Løten", world.region, codes), by=world.erik)


def test_both_codes_lead_to_the_municipality(loten):
    assert queries.unit_by_code("0415") == queries.unit_by_code("3412") == loten


def test_a_code_leads_nowhere_on_a_day_when_it_did_not_hold(loten):
    assert queries.unit_by_code("0415", on=date(2019, 12, 31)) == loten
    with pytest.raises(queries.NoSuchUnit):
        queries.unit_by_code("0415", on=REFORM)
    with pytest.raises(queries.NoSuchUnit):
        queries.unit_by_code("3412", on=date(2019, 12, 31))


def test_the_code_shown_is_that_of_the_day(loten):
    assert queries.code_of(loten, on=date(2016, 11, 1)) == "0415"
    assert queries.code_of(loten, on=date(2026, 11, 1)) == "3412"


def test_path_leads_from_the_root(world):
    path = "".join(f"{unit.pk}/" for unit in (world.county, world.region, world.hamar, world.ask, world.ask_8a))
    assert world.ask_8a.path == path
    assert world.ask_8a.ancestor_ids() == [world.county.pk, world.region.pk, world.hamar.pk, world.ask.pk]


def test_below_holds_the_unit_and_what_hangs_under_it(world):
    assert {unit.name for unit in Unit.objects.within(world.ask)} == {"Ask skole", "8A", "8B"}


def test_a_unit_cannot_end_before_it_begins(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(
            kind=Kind.SCHOOL, name="X", parent=world.hamar, valid_from=REFORM, valid_to=date(2019, 1, 1)
        )


def test_holders_are_those_of_the_day(world):
    on = date(2026, 11, 1)
    assert list(queries.holders("teacher", world.ask, on=on)) == [world.bob]
    RoleAssignment.objects.everywhere(why="test").filter(user=world.bob).update(to_on=date(2026, 10, 31))
    assert not queries.holders("teacher", world.ask, on=on)
