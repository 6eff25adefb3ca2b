"""One at a time: whoever does the same kind of thing within a transaction waits until the other's has ended.

What is read after `stand_in_line` is what the one before has left behind. SQLite's writers stand in line already.
"""

from __future__ import annotations

from enum import IntEnum

from django.db import connection


class OneAtATime(IntEnum):
    """What one at a time does; the numbers are PostgreSQL's, and mean nothing else."""

    AUDIT = 4711
    ADDRESSES = 4712
    LISTS = 4713
    RELEASES = 4714


def stand_in_line(line: OneAtATime) -> None:
    """Wait for whoever is before, until the end of the transaction that this is called within."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(line)])
