"""A query compiled once gives what the ORM gives each time."""

from __future__ import annotations

import pytest
from django.db.models import F, Q

from kfl.core.prepared_sql import NotPreparable, PreparedQuery
from kfl.people.models import RoleAssignment, Unit


def named(*, name: str, parent: int):
    return Unit.plumbing.filter(Q(name=name) | Q(parent=parent)).order_by("pk").values_list("pk", "name", "valid_from")


def test_rows_are_those_of_the_queryset_for_every_value(world):
    prepared = PreparedQuery(named, name="(name)", parent=32001)
    for name in ("Ask skole", "Bjørk skole", 'O\'Hara % "x"', ""):
        for parent in (world.ask.pk, world.county.pk, 0):
            assert prepared.rows(name=name, parent=parent) == list(named(name=name, parent=parent))
    assert prepared.rows(name="Ask skole", parent=0)[0][1] == "Ask skole"


def test_dates_and_moments_come_as_python_has_them(world):
    def roles(*, user: int):
        return RoleAssignment.plumbing.filter(user=user).values_list("from_on", "to_on", "user__date_joined")

    assert PreparedQuery(roles, user=32001).rows(user=world.alice.pk) == list(roles(user=world.alice.pk))


def test_examples_must_differ_and_stand_in_the_query(world):
    with pytest.raises(NotPreparable, match="alike"):
        PreparedQuery(named, name="x", parent="x")
    unused = PreparedQuery(lambda *, name: Unit.plumbing.filter(name=F("name")).values_list("pk"), name="(name)")
    with pytest.raises(NotPreparable, match="name"):
        unused.rows(name="Ask skole")
