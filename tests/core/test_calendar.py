"""Entries in order, by month, and as a file that a calendar program reads back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from kfl.core import calendar
from kfl.core.calendar import CalendarEntry

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
OPENS = CalendarEntry("wave:t2:opens", "T2 åpner", datetime(2026, 11, 2, 7, tzinfo=UTC), url="/kartlegging/t2/")
LATE = CalendarEntry(
    "wave:t2:late", "T2 stenger", datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
)  # after midnight in Norway
SEMINAR = CalendarEntry(
    "seminar:3", "Samling; del 1, «hvor er vi?»\nMed mat", date(2026, 11, 2), date(2026, 11, 3), place="Hamar"
)


def test_a_day_has_whole_days_first_then_hours():
    assert calendar.in_order([LATE, OPENS, SEMINAR]) == [SEMINAR, OPENS, LATE]


def test_months_are_those_of_the_readers_clock():
    assert [(month.first, month.entries) for month in calendar.by_month([LATE, OPENS, SEMINAR])] == [
        (date(2026, 11, 1), (SEMINAR, OPENS)),
        (date(2026, 12, 1), (LATE,)),
    ]


@pytest.mark.parametrize(
    ("first", "count", "then"),
    [
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
        (date(2026, 11, 17), 2, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 11, 1), -12, date(2025, 11, 1)),
    ],
)
def test_months_are_counted_over_the_year(first, count, then):
    assert calendar.months_on(first, count) == then


def read(*entries: CalendarEntry) -> dict[str, dict[str, object]]:
    content = calendar.as_file(entries, name="Kultur for læring", address="https://kfl.example.no:8443", at=AT)
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    events = Calendar.from_ical(content).walk("VEVENT")
    return {str(event["uid"]): event for event in events}


def test_the_file_says_the_same_to_a_calendar_program():
    found = read(OPENS, SEMINAR, LATE)
    opens, seminar = found["wave:t2:opens@kfl.example.no"], found["seminar:3@kfl.example.no"]
    assert opens.decoded("dtstart") == OPENS.starts
    assert (str(opens["url"]), "dtend" in opens) == ("https://kfl.example.no:8443/kartlegging/t2/", False)
    assert (str(seminar["summary"]), str(seminar["location"])) == (SEMINAR.words, "Hamar")
    assert (seminar.decoded("dtstart"), seminar.decoded("dtend")) == (date(2026, 11, 2), date(2026, 11, 4))


def test_the_same_entries_give_the_same_file_whatever_their_order():
    both = [calendar.as_file(order, name="K", address="http://a", at=AT) for order in ([OPENS, LATE], [LATE, OPENS])]
    assert both[0] == both[1]


def test_hours_are_in_utc_whatever_clock_they_were_given_by():
    from zoneinfo import ZoneInfo

    (event,) = read(CalendarEntry("a", "b", datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Europe/Oslo")))).values()
    assert event["dtstart"].to_ical() == b"20260701T070000Z"
