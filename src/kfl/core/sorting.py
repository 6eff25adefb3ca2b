"""The order of names in lists and tables."""

from __future__ import annotations

import re

_NORWEGIAN = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def as_read(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: as a Norwegian reads it, numbers by size, so that 8A comes before 10A."""
    text = name.casefold().translate(_NORWEGIAN)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)
