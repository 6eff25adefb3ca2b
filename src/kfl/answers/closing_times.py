"""Until when a wave takes new respondents: one time for all, and later ones for parts of the tree.

Kept in the wave's own facts as runs of node numbers with a time, so that a municipality is a handful of numbers.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from .sql import Connection

KEY = "extended"


class LaterClosing(msgspec.Struct, frozen=True):
    """The nodes from `first` to `last` take respondents until a later time."""

    first: int
    last: int
    closes_at: datetime


_extensions = msgspec.json.Decoder(list[LaterClosing])


def runs(groups: Iterable[int]) -> list[tuple[int, int]]:
    """Node numbers as runs of numbers that follow each other."""
    found: list[tuple[int, int]] = []
    for group in sorted(set(groups)):
        if found and found[-1][1] == group - 1:
            found[-1] = (found[-1][0], group)
        else:
            found.append((group, group))
    return found


def read(connection: Connection) -> list[LaterClosing]:
    """Every extension of the wave."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    return [] if row is None else _extensions.decode(row[0])


def add(connection: Connection, groups: Iterable[int], closes_at: datetime) -> None:
    """Give these nodes more time, within the caller's transaction."""
    more = [LaterClosing(first, last, closes_at) for first, last in runs(groups)]
    text = msgspec.json.encode([*read(connection), *more]).decode()
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (KEY, text)
    )


def latest(usual: datetime | None, extensions: list[LaterClosing], group: int | None = None) -> datetime | None:
    """When a node (without one: the last of them) stops taking new respondents; None = no end set."""
    if usual is None:
        return None
    times = [one.closes_at for one in extensions if group is None or one.first <= group <= one.last]
    return max([usual, *times])
