"""The calendar: the dates of all rooms that this person may know of, as a page and as a file."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core import calendar, downloads
from kfl.people.models import User
from kfl.people.requests import reader
from kfl.people.scopes import signed_in

from . import rooms

WHY = "each room gives the dates that this reader may know of"
MONTHS_SHOWN = 6
FILE_BEFORE, FILE_AFTER = timedelta(days=60), timedelta(days=500)
EARLIEST, LATEST = 2000, 2200  # years that somebody may ask for


def entries_of(user: User, first: date, last: date) -> list[calendar.CalendarEntry]:
    """What the rooms have for this person between two days, both included."""
    givers = [room.dates for room in rooms.homes() if hasattr(room, "dates")]
    found = [entry for dates in givers for entry in dates(user, first, last)]
    return calendar.in_order(entry for entry in found if first <= entry.day <= last)


@signed_in(why=WHY)
def page(request: HttpRequest) -> HttpResponse:
    """Half a year by months, from this one or the one that is asked for. For: everybody who has signed in."""
    today = timezone.localdate()
    first = _month(request.GET.get("fra", "")) or today.replace(day=1)
    after = calendar.months_on(first, MONTHS_SHOWN)
    entries = entries_of(reader(request), first, after - timedelta(days=1))
    context = {
        "months": calendar.by_month(entries),
        "first": first,
        "last": after - timedelta(days=1),
        "before": _address(calendar.months_on(first, -MONTHS_SHOWN)),
        "after": _address(after),
        "today": today,
        "has_file": _has_file(reader(request), today, entries),
    }
    return render(request, "web/calendar.html", context)


@signed_in(why=WHY)
def file(request: HttpRequest) -> HttpResponse:
    """The same dates, to be opened in one's own calendar. For: everybody who has signed in."""
    today = timezone.localdate()
    content = calendar.as_file(
        _of_file(reader(request), today),
        name=_("Kultur for læring"),
        address=request.build_absolute_uri("/").rstrip("/"),
        at=timezone.now(),
    )
    name = f"kultur-for-laering-{today.isoformat()}.ics"
    return downloads.attachment(content, name=name, media_type="text/calendar; charset=utf-8")


def _of_file(user: User, today: date) -> list[calendar.CalendarEntry]:
    return entries_of(user, today - FILE_BEFORE, today + FILE_AFTER)


def _has_file(user: User, today: date, shown: list[calendar.CalendarEntry]) -> bool:
    """Whether the file would hold a date; the rooms are asked only where the page does not tell it already."""
    is_told = any(today - FILE_BEFORE <= entry.day <= today + FILE_AFTER for entry in shown)
    return is_told or bool(_of_file(user, today))


def _address(first: date) -> str:
    """The page from this month on; none where it would lie beyond what the page takes."""
    return f"{reverse('web:calendar')}?fra={first:%Y-%m}" if EARLIEST <= first.year <= LATEST else ""


def _month(text: str) -> date | None:
    """The month of `2026-11`; nothing where it is no month."""
    year, _dash, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and text.isascii() and (year + month).isdecimal()):
        return None
    is_one = EARLIEST <= int(year) <= LATEST and 1 <= int(month) <= 12
    return date(int(year), int(month), 1) if is_one else None
