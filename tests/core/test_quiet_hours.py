"""Mail that nobody waits for goes in the daytime by the clock on the wall, also when that clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.core.mail.hours import OSLO, Hours, NeverAllowed, easter, is_holiday


def local(*parts):
    return datetime(*parts, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (local(2026, 11, 24, 12), local(2026, 11, 24, 12)),
        (local(2026, 11, 24, 6, 59), local(2026, 11, 24, 7)),
        (local(2026, 11, 24, 19, 59), local(2026, 11, 24, 19, 59)),
        (local(2026, 11, 24, 20), local(2026, 11, 25, 7)),
        (local(2026, 11, 28, 21), local(2026, 11, 30, 7)),  # from Saturday night to Monday
        (local(2026, 4, 1, 20), local(2026, 4, 4, 7)),  # from Wednesday to Easter Eve
        (local(2026, 4, 5, 10), local(2026, 4, 7, 7)),  # from Easter Sunday past Monday
        (local(2026, 5, 16, 22), local(2026, 5, 18, 7)),  # 17 May is a Sunday
        (local(2026, 12, 23, 20, 30), local(2026, 12, 28, 7)),  # Christmas and a Sunday
        # Clocks change at 2 o'clock on 29 March and at 3 on 25 October, both Sundays; the nights around them:
        (local(2026, 3, 28, 20), local(2026, 3, 30, 7)),
        (local(2026, 10, 24, 20), local(2026, 10, 26, 7)),
    ],
)
def test_the_first_allowed_moment(asked, allowed):
    found = Hours().next_allowed(asked)
    assert found == allowed.astimezone(UTC)
    assert Hours().next_allowed(found) == found


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_the_day_of_the_change_seven_is_seven(day):
    """Where Sundays are allowed: an hour earlier or later in UTC than the day before."""
    hours = Hours(on_holidays=True)
    found = [hours.next_allowed(local(d.year, d.month, d.day, 4)) for d in (day - timedelta(days=1), day)]
    assert [one.astimezone(OSLO).hour for one in found] == [7, 7]
    assert found[1] - found[0] == timedelta(hours=23 if day.month == 3 else 25)


def test_midnight_is_an_end_and_an_hour_that_does_not_exist_begins_with_the_next():
    assert Hours(0, 24, True).next_allowed(local(2026, 10, 25, 23, 59)) == local(2026, 10, 25, 23, 59)
    found = Hours(2, 3, True).next_allowed(local(2026, 3, 29, 1))
    assert found.astimezone(OSLO).date() >= date(2026, 3, 29)


@pytest.mark.parametrize(("start", "end"), [(7, 7), (20, 7), (-1, 5), (5, 25)])
def test_hours_that_leave_no_time_are_refused(start, end):
    with pytest.raises(NeverAllowed):
        Hours(start, end).next_allowed(local(2026, 11, 24, 12))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.integers(0, 23))
def test_never_earlier_never_in_quiet_hours_never_on_a_holiday(moment, start):
    hours = Hours(start, 24 if start > 20 else start + 3)
    found = hours.next_allowed(moment)
    there = found.astimezone(OSLO)
    assert found >= moment
    # 2 to 5 on the night of the change has an hour less or more; every other window is as it says.
    assert start <= there.hour < hours.end or (there.date().month in {3, 10} and start < 4)
    assert not is_holiday(there.date())


@pytest.mark.parametrize(
    "day",
    [(1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25),
     (2049, 4, 18), (2076, 4, 19)],
)  # fmt: skip
def test_easter_of_years_one_can_look_up(day):
    assert easter(day[0]) == date(*day)
