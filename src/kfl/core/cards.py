"""What a room puts on somebody's home page and in the page head (each room's `home.py`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """An address and the words that lead there."""

    url: str
    label: str


@dataclass(frozen=True)
class Card:
    """One thing to do or know now. Texts are translated already; the first action is the main button."""

    heading: str
    lines: tuple[str, ...] = ()
    actions: tuple[Link, ...] = ()
    order: int = 50  # low stands first
    note: str = ""  # one quiet last line
