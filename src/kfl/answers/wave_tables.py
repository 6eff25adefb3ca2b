"""A wave's tables, the same in a SQLite file and in PostgreSQL: what is written at the opening, and its own facts."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from . import bundle as bundles
from .envelopes import Envelope
from .media import Media, checked_media
from .sql import Connection

NOISE_BYTES = 64
ALONE, TURNED = "alone", "turned"  # of a closed wave: whoever is alone is found with a key only (`alone`)

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


class State(StrEnum):
    """Where a wave's file is in its life."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class CloseStep(StrEnum):
    """The points between which a close can be cut off."""

    MARKED = "marked"  # no more saves; the write-ahead log is in the file
    REWRITTEN = "rewritten"  # the new file is whole and durable beside the old one
    BROUGHT_TOGETHER = "brought together"  # the old file has no files beside it any more
    REPLACED = "replaced"  # the new file bears the name
    KEY_DESTROYED = "key destroyed"
    CLEARED = "cleared"  # no leftovers


class UnsafeSettings(RuntimeError):
    """The database did not take the settings that keep our promises."""


class NoSuchWave(LookupError):
    """There is no answers file for that wave."""


class WaveNotOpen(RuntimeError):
    """The wave takes no more answers."""


class WaveNotClosed(RuntimeError):
    """Answers can be read from a closed wave only."""


def filling(
    bundle: bundles.Bundle, envelopes: Iterable[Envelope], media: Iterable[Media]
) -> Callable[[Connection], None]:
    """What writes a wave's first rows, after the bundle and its media are checked: `WrongBundle`."""
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
