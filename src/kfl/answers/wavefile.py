"""SQLite as a wave's file needs it: its settings, how a file is made and opened, and how its log is brought into it."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from .wave_tables import NoSuchWave, UnsafeSettings

BUSY_S = 20

SETTINGS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": BUSY_S * 1000}


class SomebodyReads(sqlite3.OperationalError):
    """The write-ahead log cannot be emptied while somebody reads the file."""


class FileConnection(sqlite3.Connection):
    """A connection to one file, in autocommit. Another thread may take it over, but only one may use it at a time."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One immediate transaction: committed at the end, undone when something is raised."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.in_transaction:
                self.execute("ROLLBACK")
            raise

    def snapshot(self) -> AbstractContextManager[None]:
        """Nothing more than reading: a file has one writer, which is the one that reads here."""
        return nullcontext()

    def bring_together(self) -> None:
        """Move all of the write-ahead log into the file and empty it."""
        busy = self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise SomebodyReads("somebody reads the file: it cannot be brought together now")

    def wipe(self, tables: Iterable[str] = ()) -> None:
        """Leave nothing of what was deleted: the file is overwritten at once, its log when it is emptied."""
        self.bring_together()


@contextmanager
def new_database(path: Path, tables: str) -> Iterator[FileConnection]:
    """Make a database that only its owner may read; at the end all of it lies in the one file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = connect(path)
    try:
        connection.executescript(tables)
        yield connection
        connection.bring_together()
    finally:
        connection.close()
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def connect(path: Path) -> FileConnection:
    """Open a file with the settings of RULES E.1 and check that it took them."""
    if not path.exists():
        raise NoSuchWave(path.name)
    if path.stat().st_mode & 0o077:
        raise UnsafeSettings(f"{path.name} is open to others: run chmod 600 on it")
    connection = _connection(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0")  # `writer` says why
        connection.execute("PRAGMA temp_store=MEMORY")  # no answer lies in a temporary file, sealed or not
        if settings(connection) != SETTINGS:
            raise UnsafeSettings(f"{path.name}: {settings(connection)}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> FileConnection:
    """Open a file to read only, without touching how it keeps its log."""
    if not path.exists():
        raise NoSuchWave(path.name)
    connection = _connection(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


def settings(connection: sqlite3.Connection) -> dict[str, object]:
    """The settings that are asserted at open, as the database reports them."""
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS}


def remove_database(path: Path) -> None:
    """Remove a database with its write-ahead log, as far as they are there."""
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)


def _connection(path: Path) -> FileConnection:
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, factory=FileConnection)
