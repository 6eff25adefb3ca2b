"""Every change has a line; a line that is touched is noticed."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from kfl.people import actions, audit
from kfl.people.models import AuditLine, Kind, Unit

LINES = AuditLine.plumbing


def test_an_action_writes_who_what_and_which(world):
    before = LINES.count()
    new = actions.NewUnit(Kind.GROUP, "9C", world.ask)
    actions.add_unit(new=new, by=world.erik)
    line = LINES.latest("pk")
    assert LINES.count() == before + 1
    assert (line.what, line.by) == ("units.added", world.erik)


def test_an_action_that_fails_leaves_neither_change_nor_line(world):
    lines, units = LINES.count(), Unit.plumbing.count()
    wrong = [actions.NewUnit(Kind.GROUP, "9C", world.ask), actions.NewUnit(Kind.SCHOOL, "X", world.ask)]
    with pytest.raises(actions.UnitDoesNotFit, match="X"):
        actions.add_units(units=wrong, by=world.erik)
    assert (LINES.count(), Unit.plumbing.count()) == (lines, units)


def test_an_action_without_its_person_is_refused(world):
    with pytest.raises(KeyError):
        actions.add_units(units=[])
    with pytest.raises(TypeError, match="needs by="):
        actions.add_units(units=[], by="erik")


def test_a_role_at_the_wrong_kind_of_unit_is_refused(world):
    with pytest.raises(actions.RoleDoesNotFit, match="owner"):
        actions.give_roles(roles=[(world.nobody, "owner", world.ask, date(2026, 1, 1), None)], by=world.erik)
    with pytest.raises(actions.RoleDoesNotFit, match="king"):
        actions.give_roles(roles=[(world.nobody, "king", world.ask, date(2026, 1, 1), None)], by=world.erik)


@pytest.mark.parametrize("field", ["what", "which", "detail", "at"])
def test_an_edited_line_breaks_the_chain(world, field):
    first = LINES.earliest("pk")
    assert audit.verify_chain() is None
    other = {"what": "x", "which": "Unit 0", "detail": {"a": 1}, "at": timezone.now()}[field]
    LINES.filter(pk=first.pk).update(**{field: other})
    assert audit.verify_chain() == first.pk


def test_a_removed_line_breaks_the_chain(world):
    second = LINES.order_by("pk")[1]
    following = LINES.order_by("pk")[2]
    second.delete()
    assert audit.verify_chain() == following.pk
