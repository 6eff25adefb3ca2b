"""Whether the portal's database is there, and of this version: said in words before a command trips over it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

NOT_THERE = "there is no database in this data folder yet: kfl migrate makes it, kfl user --new-county fills it"
NOT_THIS_VERSION = "the database is not of this version: run kfl migrate"


def is_there() -> bool:
    """Whether there is a database at all. Asked before connecting, which would make an empty file."""
    from django.db import connection

    return connection.vendor != "sqlite" or _is_file(str(connection.settings_dict["NAME"]))


def migrations_waiting() -> int:
    """How many changes of tables this version has that the database does not."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def why_not() -> str:
    """Why the database cannot be used by this version, in words; empty where it can."""
    if not is_there():
        return NOT_THERE
    return NOT_THIS_VERSION if migrations_waiting() else ""


def in_words(command: str, run: Callable[[], int]) -> int:
    """Run a command; a database that is not there, or of another version, becomes a sentence and exit code 1."""
    from django.db.utils import OperationalError, ProgrammingError

    there = is_there()  # afterwards there may be an empty one, made by the attempt
    try:
        return run()
    except (OperationalError, ProgrammingError):
        reason = why_not() if there else NOT_THERE
        if not reason:
            raise
        print(f"{command}: {reason}", file=sys.stderr)
        return 1


def _is_file(name: str) -> bool:
    return "memory" in name or Path(name).is_file()
