"""Dates of all rooms in one calendar: as a page by months, and as a file that any calendar opens (RFC 5545).

A room's `home.py` gives its own by `dates(user, first, last)`: entries that this person may know of and whose day lies
between the two, both included. Who may see what is the room's to decide; here they are only put in order and drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.utils import timezone

PRODUCT = "-//Kultur for læring//kfl//NO"


@dataclass(frozen=True)
class CalendarEntry:
    """One date: a moment, a stretch of time, or whole days. Texts are translated already.

    `key` is the same each time the same thing is told of, so that a calendar that has it knows it again: the room's
    name, the row, and which of its dates. `ends` is the last moment, or the last day.
    """

    key: str
    words: str
    starts: date  # a datetime where the hour is known
    ends: date | None = None
    url: str = ""  # the page that tells more, from the root
    place: str = ""

    @property
    def day(self) -> date:
        """The day it begins, where the reader lives."""
        return timezone.localdate(self.starts) if isinstance(self.starts, datetime) else self.starts

    @property
    def has_hour(self) -> bool:
        return isinstance(self.starts, datetime)


@dataclass(frozen=True)
class Month:
    """A month with its entries; `first` is its first day."""

    first: date
    entries: tuple[CalendarEntry, ...]


def in_order(entries: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """By day; within a day whole days first, then by the hour, then by words."""
    return sorted(entries, key=_place)


def by_month(entries: Iterable[CalendarEntry]) -> list[Month]:
    """The months that hold something, in order."""
    grouped = groupby(in_order(entries), key=lambda entry: entry.day.replace(day=1))
    return [Month(first, tuple(own)) for first, own in grouped]


def months_on(first: date, count: int) -> date:
    """The first day of the month that lies `count` months after (before, where it is below nought)."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def as_file(entries: Iterable[CalendarEntry], *, name: str, address: str, at: datetime) -> bytes:
    """The entries as an iCalendar file. `address` is the portal's own, with scheme and host; hours are in UTC."""
    from icalendar import Calendar, Event  # when somebody asks for a file: pages need nothing of it

    host = address.split("://", 1)[-1].split(":", 1)[0]
    calendar = Calendar()
    for property_name, value in (("version", "2.0"), ("prodid", PRODUCT), ("x-wr-calname", name)):
        calendar.add(property_name, value)
    for entry in in_order(entries):
        event = Event()
        event.add("uid", f"{entry.key}@{host}")
        event.add("dtstamp", at.astimezone(UTC))
        event.add("summary", entry.words)
        event.add("dtstart", _as_told(entry.starts))
        if (end := _end(entry)) is not None:
            event.add("dtend", end)
        if entry.place:
            event.add("location", entry.place)
        if entry.url:
            event.add("url", f"{address}{entry.url}")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _place(entry: CalendarEntry) -> tuple[date, time, str, str]:
    starts = entry.starts
    hour = timezone.localtime(starts).time() if isinstance(starts, datetime) else time.min
    return entry.day, hour, entry.words, entry.key


def _as_told(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _end(entry: CalendarEntry) -> date | None:
    """The end as the format has it: of whole days it is the day after the last one."""
    if entry.ends is None:
        return None
    return _as_told(entry.ends) if isinstance(entry.ends, datetime) else entry.ends + timedelta(days=1)
