"""The order of names in lists and tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TypeVar

Row = TypeVar("Row")

_AFTER_Z = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})  # by code point, å would come before æ


def alphabetical(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts names as people do: å last, and numbers by size, so that 8A comes before 10A."""
    text = name.casefold().translate(_AFTER_Z)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)


def in_name_order(rows: Iterable[Row], of: Callable[[Row], str] = attrgetter("name")) -> list[Row]:
    """Rows in the order in which people look for their names, which no database keeps; equal names by key."""
    return sorted(rows, key=lambda row: (alphabetical(of(row)), getattr(row, "pk", 0)))
