"""When a mail that nobody waits for may go: in the daytime, not on Sundays and holidays, by the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
_LONGEST_WAIT_DAYS = 30
# Days from Easter Sunday: Maundy Thursday, Good Friday, Easter, Ascension, Whitsun.
_MOVABLE = (-3, -2, 0, 1, 39, 49, 50)
_FIXED = ((1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31))


class NeverAllowed(ValueError):
    """The hours leave no time to send in."""


@dataclass(frozen=True)
class Hours:
    """From which hour until which, and whether Sundays and holidays too. Local time in Norway."""

    start: int = 7
    end: int = 20
    on_holidays: bool = False

    def next_allowed(self, moment: datetime) -> datetime:
        """This moment if it is allowed, else the first that is; in UTC.

        Raises
        ------
        NeverAllowed
            The hours are not 0 <= start < end <= 24.
        """
        if not 0 <= self.start < self.end <= 24:
            raise NeverAllowed(f"{self.start}-{self.end}")
        first = moment.astimezone(OSLO).date()
        for days in range(_LONGEST_WAIT_DAYS):
            day = first + timedelta(days=days)
            if not self.on_holidays and is_holiday(day):
                continue
            # Compared in UTC: two moments of one zone would be compared by their clocks, wrong when those change.
            begins, ends = _at(day, self.start), _at(day, self.end)
            if moment < ends:
                return max(moment.astimezone(UTC), begins)
        raise NeverAllowed("only holidays")


def is_holiday(day: date) -> bool:
    """Sundays, public holidays, Christmas Eve and New Year's Eve."""
    movable = {easter(day.year) + timedelta(days=days) for days in _MOVABLE}
    return day.isoweekday() == 7 or (day.month, day.day) in _FIXED or day in movable


def easter(year: int) -> date:
    """Easter Sunday (the Gregorian computus: golden number, epact, the Sunday after the full moon)."""
    golden, century = year % 19, year // 100
    leap_centuries, moon_shift = century // 4, (8 * century + 13) // 25
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    # The two exceptions that keep the full moon within its month.
    full_moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full_moon + 2 - century + leap_centuries) % 7
    return date(year, 3, 28) + timedelta(days=full_moon - weekday)


def _at(day: date, hour: int) -> datetime:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), tzinfo=OSLO).astimezone(UTC)
