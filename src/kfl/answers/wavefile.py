"""One wave's SQLite file: where it lies, its tables, its settings, how it is made and opened."""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from . import bundle as bundles
from .envelopes import Envelope
from .keys import checked_wave_name, sync_folder
from .media import Media, checked_media
from .sql import Connection

BUSY_S = 20
NOISE_BYTES = 64
ALONE, TURNED = "alone", "turned"  # of a closed wave: who is alone is told with a key only (`alone`)

# While a wave is open. `attempts` has a row for each browser session that typed a code: the number of its sheet, drawn
# by lot, the right to write on it, and (sealed, `sealing`) whose it is. `log` is what was saved, handed in, refused or
# taken back, in order and sealed: a sheet is there from its first save, and at close the log is made into rows. `noise`
# is written over where a request must be a write and there is nothing to write. No table has a time in it.
OPEN_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE envelopes (lookup BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE attempts (
    sheet INTEGER PRIMARY KEY, attempt BLOB NOT NULL UNIQUE, session BLOB NOT NULL, lease INTEGER NOT NULL,
    since INTEGER NOT NULL, word BLOB NOT NULL, copied BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX attempts_session ON attempts (session);
CREATE INDEX attempts_word ON attempts (word);
CREATE INDEX attempts_copied ON attempts (copied);
CREATE TABLE log (seq INTEGER PRIMARY KEY, sheet INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX log_sheet ON log (sheet);
CREATE TABLE media (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE noise (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
"""

# The same before and after: `blocks` holds people in bulk (imported sheets; after close, all of them in random order),
# `counts` sheets by group and form: while the wave is open those that ended (handed in, or by a no), after it those
# that hold an answer.
LASTING_TABLES = """
CREATE TABLE counts (
    grp INTEGER NOT NULL, form INTEGER NOT NULL, sheets INTEGER NOT NULL,
    PRIMARY KEY (grp, form)) WITHOUT ROWID;
CREATE TABLE blocks (
    block INTEGER PRIMARY KEY, form INTEGER NOT NULL, people INTEGER NOT NULL, pid BLOB NOT NULL,
    grp BLOB NOT NULL, split BLOB NOT NULL, alone BLOB NOT NULL, answers BLOB NOT NULL);
"""

CLOSED_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE texts (
    number INTEGER PRIMARY KEY, form INTEGER NOT NULL, item TEXT NOT NULL, body TEXT NOT NULL);
"""

SETTINGS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": BUSY_S * 1000}


class State(StrEnum):
    """Where a wave's file is in its life."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Step(StrEnum):
    """The points between which a close can be cut off."""

    MARKED = "marked"  # no more saves; the write-ahead log is in the file
    REWRITTEN = "rewritten"  # the new file is whole and durable beside the old one
    BROUGHT_TOGETHER = "brought together"  # the old file has no files beside it any more
    REPLACED = "replaced"  # the new file bears the name
    KEY_DESTROYED = "key destroyed"
    CLEARED = "cleared"  # no leftovers


class SomebodyReads(sqlite3.OperationalError):
    """The write-ahead log cannot be emptied while somebody reads the file."""


class UnsafeSettings(RuntimeError):
    """The database did not take the settings that keep our promises."""


class NoSuchWave(LookupError):
    """There is no answers file for that wave."""


class WaveNotOpen(RuntimeError):
    """The wave takes no more answers."""


class WaveNotClosed(RuntimeError):
    """Answers can be read from a closed wave only."""


def wave_path(answers_dir: Path, wave: str) -> Path:
    """Where the answers of a wave lie."""
    return answers_dir / f"{checked_wave_name(wave)}.sqlite3"


def wave_names(answers_dir: Path) -> list[str]:
    """All waves that have an answers file, by name."""
    return sorted(path.name.removesuffix(".sqlite3") for path in answers_dir.glob("*.sqlite3"))


def create_wave_file(
    answers_dir: Path, bundle: bundles.Bundle, envelopes: Iterable[Envelope], media: Iterable[Media] = ()
) -> Path:
    """Open a wave: write its frozen bundle and its sealed envelopes into a new answers file.

    Parameters
    ----------
    answers_dir : Path
        The folder of the answers; made when it is missing.
    bundle : Bundle
        The frozen questionnaires; `bundle.wave` names the file.
    envelopes : iterable of Envelope
        One for each code, from `seal_invitation`.
    media : iterable of Media
        The sounds and pictures that items of the bundle name.

    Returns
    -------
    Path
        The file, durable. A running intake finds it by itself.

    Raises
    ------
    FileExistsError
        The wave has a file already.
    WrongBundle
        The bundle contradicts itself, or names media that are not there.
    """
    fill = filling(bundle, envelopes, media)
    answers_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = wave_path(answers_dir, bundle.wave)
    if path.exists():
        raise FileExistsError(path.name)
    unfinished = path.with_suffix(".new")
    remove_database(unfinished)
    with new_database(unfinished, OPEN_TABLES + LASTING_TABLES) as connection, transaction(connection):
        fill(connection)
    os.link(unfinished, path)  # unlike rename, refuses when somebody else was first
    unfinished.unlink()
    sync_folder(answers_dir)
    return path


def filling(
    bundle: bundles.Bundle, envelopes: Iterable[Envelope], media: Iterable[Media]
) -> Callable[[Connection], None]:
    """Who writes a wave's first rows, after the bundle and its media are checked: `WrongBundle`."""
    bundles.check(bundle)
    frozen = checked_media(bundle, media)
    facts = {
        "state": State.OPEN.value,
        "bundle": bundles.encode(bundle).decode(),
        "digest": bundles.digest(bundle),
        "closes_at": bundle.closes_at.isoformat() if bundle.closes_at else None,
    }

    def fill(connection: Connection) -> None:
        connection.executemany("INSERT INTO meta VALUES (?, ?)", list(facts.items()))
        # Sorted by name, so that the rows do not keep the order of the class list.
        rows = sorted((envelope.lookup, envelope.sealed) for envelope in envelopes)
        connection.executemany("INSERT INTO envelopes VALUES (?, ?)", rows)
        connection.execute("INSERT INTO noise VALUES (0, ?)", (secrets.token_bytes(NOISE_BYTES),))
        connection.executemany("INSERT INTO media VALUES (?, ?, ?)", [(m.digest, m.kind, m.body) for m in frozen])

    return fill


def replace(
    path: Path, old: Connection, tables: str, fill: Callable[[Connection], None], after: Callable[[Step], None]
) -> None:
    """Put a new file, as `fill` writes it, in the place of one that `old` is open on (its last use)."""
    new = path.with_suffix(".closing")
    remove_database(new)
    with new_database(new, tables) as connection, transaction(connection):
        fill(connection)
    after(Step.REWRITTEN)
    # The old file's write-ahead log must not be there when the new file takes the name. A reader
    # elsewhere (the count of answers) is short; the busy timeout waits for it.
    checkpoint(old)
    if old.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
        raise UnsafeSettings("the write-ahead log could not be put away")
    old.close()
    after(Step.BROUGHT_TOGETHER)
    os.replace(new, path)
    sync_folder(path.parent)
    after(Step.REPLACED)


@contextmanager
def new_database(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """Make a database that only its owner may read; at the end all of it lies in the one file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = connect(path)
    try:
        connection.executescript(tables)
        yield connection
        checkpoint(connection)
    finally:
        connection.close()
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def connect(path: Path) -> sqlite3.Connection:
    """Open a file with the settings of RULES E.1 and check that it took them.

    The connection is in autocommit; writers use `transaction`. It may be handed to another thread,
    but only one thread at a time may use it.
    """
    if not path.exists():
        raise NoSuchWave(path.name)
    if path.stat().st_mode & 0o077:
        raise UnsafeSettings(f"{path.name} is open to others: run chmod 600 on it")
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
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


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file to read only, without touching how it keeps its log."""
    if not path.exists():
        raise NoSuchWave(path.name)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    return connection


def settings(connection: Connection) -> dict[str, object]:
    """The settings that are asserted at open, as the database reports them."""
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS}


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """One immediate transaction: committed at the end, undone when something is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def checkpoint(connection: Connection) -> None:
    """Move all of the write-ahead log into the file and empty it."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise SomebodyReads("somebody reads the file: it cannot be brought together now")


def state(connection: Connection) -> State:
    """Open, closing or closed."""
    return State(str(meta(connection, "state")))


def meta(connection: Connection, key: str) -> object:
    """One of the wave's own facts: state, bundle, digest or closes_at."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise NoSuchWave(f"the file lacks {key}")
    return row[0]


def has_meta(connection: Connection, key: str) -> bool:
    """Whether the wave has such a fact of its own."""
    return connection.execute("SELECT 1 FROM meta WHERE key = ?", (key,)).fetchone() is not None


def read_bundle(connection: Connection) -> bundles.Bundle:
    """The frozen bundle, checked against its digest."""
    text = meta(connection, "bundle")
    text = text.encode() if isinstance(text, str) else text
    if not isinstance(text, bytes):
        raise bundles.WrongBundle("the bundle is damaged")
    bundle = bundles.decode(text)
    # Of the text as it is written: a bundle from an earlier version lacks the fields that came since.
    if hashlib.sha256(text).hexdigest() != meta(connection, "digest"):
        raise bundles.WrongBundle("the bundle is not the one the wave opened with")
    return bundle


def closes_at(connection: Connection) -> datetime | None:
    """When the wave stops taking new respondents; None = no end set."""
    text = meta(connection, "closes_at")
    return None if text is None else datetime.fromisoformat(str(text))


def remove_database(path: Path) -> None:
    """Remove a database with its write-ahead log, as far as they are there."""
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)


def clear(path: Path) -> None:
    """Remove what an opening or closing that was cut off left beside a wave's file."""
    for name in (path.with_suffix(".new"), path.with_suffix(".closing")):
        remove_database(name)
    if path.parent.exists():
        sync_folder(path.parent)
