"""The calendar has each room's dates for this person, and only those."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from kfl.core.calendar import CalendarEntry
from kfl.web import calendar_pages
from kfl.web import rooms as rooms_of_portal

NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # the first of December in Norway


class Room:
    """A room with these dates for Alice."""

    def __init__(self, *entries: CalendarEntry) -> None:
        self.entries, self.asked = entries, []

    def navigation(self, user):
        return []

    def cards(self, user, on):
        return []

    def dates(self, user, first, last):
        self.asked.append((first, last))
        return list(self.entries) if user.username == "alice" else []


class RoomWithoutDates:
    def navigation(self, user):
        return []


OPENS = CalendarEntry("wave:t2:opens", "T2 åpner", datetime(2026, 12, 7, 7, tzinfo=UTC), url="/svar-her/")
SEMINAR = CalendarEntry("seminar:1", "Samling", date(2027, 2, 1), date(2027, 2, 2), place="Hamar")
OLD = CalendarEntry("wave:t1:opens", "T1 åpner", datetime(2026, 11, 30, 22, tzinfo=UTC))


@pytest.fixture
def room(monkeypatch) -> Room:
    made = Room(SEMINAR, OPENS, OLD)
    monkeypatch.setattr(rooms_of_portal, "homes", lambda: [RoomWithoutDates(), made])
    return made


def page(client, **query: str) -> str:
    return client.get(reverse("web:calendar"), query).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_page_has_half_a_year_by_the_norwegian_month(client, world, room):
    client.force_login(world.alice)
    shown = page(client)
    assert room.asked == [(date(2026, 12, 1), date(2027, 5, 31))]
    assert shown.index("Desember 2026") < shown.index("T2 åpner") < shown.index("Februar 2027") < shown.index("Samling")
    assert "Mandag 7. desember" in shown
    assert "kl. 08.00" in shown
    assert "Mandag 1. februar – tirsdag 2. februar" in shown
    assert "T1 åpner" not in shown  # the room gave more than it was asked for
    assert 'href="/kalender/?fra=2026-06"' in shown
    assert 'href="/kalender/?fra=2027-06"' in shown


@time_machine.travel(NOW, tick=False)
def test_another_person_has_other_dates(client, world, room):
    client.force_login(world.bob)
    assert "Ingen datoer her" in page(client)
    assert "T2" not in client.get(reverse("web:calendar-file")).content.decode()


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("2026-06", date(2026, 6, 1)),
        ("2027-12", date(2027, 12, 1)),
        ("2026-13", date(2026, 12, 1)),
        ("2026-00", date(2026, 12, 1)),
        ("0001-01", date(2026, 12, 1)),
        ("9999-12", date(2026, 12, 1)),
        ("²026-12", date(2026, 12, 1)),
        ("nå", date(2026, 12, 1)),
    ],
)
def test_one_may_turn_to_another_month_and_nonsense_is_this_one(client, world, room, asked, first):
    client.force_login(world.alice)
    page(client, fra=asked)
    assert room.asked[0][0] == first


@pytest.mark.parametrize(("asked", "words"), [("2200-12", "Senere"), ("2000-01", "Tidligere")])
def test_turning_ends_where_the_page_does(client, world, room, asked, words):
    client.force_login(world.alice)
    assert f">{words}</a>" not in page(client, fra=asked)


@time_machine.travel(NOW, tick=False)
def test_the_file_opens_in_a_calendar(client, world, room):
    client.force_login(world.alice)
    reply = client.get(reverse("web:calendar-file"))
    events = Calendar.from_ical(reply.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["T1 åpner", "T2 åpner", "Samling"]
    assert str(events[1]["url"]) == "http://testserver/svar-her/"
    assert reply["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply["Content-Disposition"] == 'attachment; filename="kultur-for-laering-2026-12-01.ics"'
    assert "no-store" in reply["Cache-Control"]


@time_machine.travel(NOW, tick=False)
def test_a_file_is_offered_only_where_it_would_hold_a_date(client, world, room):
    address = reverse("web:calendar-file")
    client.force_login(world.alice)
    assert address in page(client)
    client.force_login(world.bob)
    assert address not in page(client)


def test_nobody_has_a_calendar_without_signing_in(client, db):
    for name in ("calendar", "calendar-file"):
        assert client.get(reverse(f"web:{name}")).status_code == 302


def test_what_no_room_dates_is_no_entry(world, monkeypatch):
    monkeypatch.setattr(rooms_of_portal, "homes", lambda: [RoomWithoutDates()])
    assert calendar_pages.entries_of(world.alice, date(2026, 1, 1), date(2026, 12, 31)) == []
