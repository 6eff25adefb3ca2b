"""The order of a series' waves: one rule, so that each wave is earlier or later than any other."""

from __future__ import annotations

from django.db.models import Q

from ..models import Wave


def earlier_than(wave: Wave, *, of: str = "") -> Q:
    """The waves of this one's series that come before it; `of` is the way from a row to its wave ("wave__").

    Two that open at one time stand in the order they were made.
    """
    before = Q(**{f"{of}opens_at__lt": wave.opens_at})
    at_once = Q(**{f"{of}opens_at": wave.opens_at, f"{of}pk__lt": wave.pk})
    return Q(**{f"{of}series": wave.series}) & (before | at_once)


def in_order(*, of: str = "", newest_first: bool = False) -> tuple[str, str]:
    """What to sort rows by, so that their waves stand in the order of the series."""
    sign = "-" if newest_first else ""
    return f"{sign}{of}opens_at", f"{sign}{of}pk"
