"""That what was deleted is gone from the disk too."""

from __future__ import annotations

from django.db import connection


def forget_deleted() -> bool:
    """Empty SQLite's write-ahead log, in which deleted rows stand until it is written over.

    The database itself overwrites what is deleted (`secure_delete`). Gives whether the log is empty; a reader that
    does not end within the busy timeout keeps it. Inside a transaction, and on PostgreSQL, nothing is done.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy
