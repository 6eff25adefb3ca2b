"""From a day to a day: asked of rows in SQL and of one row, with the same answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kfl.people.days import VALID, covers, in_force, in_force_between, is_in_force, is_over, not_over
from kfl.people.models import RoleAssignment, UnitCode

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 8, 1), date(2026, 12, 31)
DAYS = [FIRST - timedelta(1), FIRST, FIRST + timedelta(1), LAST - timedelta(1), LAST, LAST + timedelta(1)]


def test_both_days_count_and_without_a_last_day_it_goes_on():
    assert [covers(FIRST, LAST, day) for day in DAYS] == [False, True, True, True, True, False]
    assert [covers(FIRST, None, day) for day in DAYS] == [False, True, True, True, True, True]


@pytest.mark.parametrize("last", [LAST, None])
@pytest.mark.parametrize("day", DAYS)
def test_rows_and_a_row_are_asked_alike(world, day, last):
    row = RoleAssignment.objects.create(user=world.nobody, role="ks", unit=world.county, from_on=FIRST, to_on=last)
    rows = RoleAssignment.objects.everywhere(why="test").filter(user=world.nobody)
    assert rows.filter(in_force(day)).exists() == is_in_force(row, day)
    assert rows.filter(not_over(day)).exists() == (not is_over(row, day))
    through = type(world.nobody).objects.filter(in_force(day, "role_assignments__"), pk=world.nobody.pk)
    assert through.exists() == is_in_force(row, day)


@pytest.mark.parametrize("day", DAYS)
def test_units_and_codes_have_days_of_their_own_names(world, day):
    row = UnitCode.objects.create(unit=world.ask, scheme="kfl", code="x", valid_from=FIRST, valid_to=LAST)
    rows = UnitCode.objects.everywhere(why="test").filter(code="x")
    assert rows.filter(in_force(day, fields=VALID)).exists() == is_in_force(row, day, fields=VALID)


def test_a_time_meets_another_when_they_share_a_day(world):
    row = RoleAssignment.objects.create(user=world.nobody, role="ks", unit=world.county, from_on=FIRST, to_on=LAST)
    rows = RoleAssignment.objects.everywhere(why="test").filter(pk=row.pk)
    for begin in DAYS:
        for end in (day for day in DAYS if day >= begin):
            shares = any(is_in_force(row, begin + timedelta(n)) for n in range((end - begin).days + 1))
            assert rows.filter(in_force_between(begin, end)).exists() == shares, (begin, end)
