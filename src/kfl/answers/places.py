"""Where answers lie: a folder with a SQLite file a wave, or a PostgreSQL database with a schema a wave.

The one module that tells the two apart. A *place* holds all waves; *where* is one wave's file or schema.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from . import postgres, wavefile
from .bundle import Bundle
from .envelopes import Envelope
from .media import Media
from .postgres import Database, Schema
from .sheets import Sheet
from .sql import Connection, Unreachable
from .wavefile import State, Step
from .writer import Writer

SETTING = "KFL_ANSWERS_DATABASE"

Place = Path | Database
Where = Path | Schema

# What it looks like when a wave cannot be had just now.
CANNOT_NOW = (sqlite3.OperationalError, Unreachable)


def at(folder: Path) -> Place:
    """The place that the environment names: the database in `KFL_ANSWERS_DATABASE`, else the folder itself."""
    url = os.environ.get(SETTING, "")
    return Database(url, folder) if url else folder


def folder(place: Place) -> Path:
    """The folder of a place; beside a database it holds the tombstones alone."""
    return place if isinstance(place, Path) else place.folder


def of(place: Place, wave: str) -> Where:
    """Where the answers of a wave lie, or would."""
    return wavefile.wave_path(place, wave) if isinstance(place, Path) else Schema(place, wave)


def names(place: Place) -> dict[str, int]:
    """All waves that have answers, each with a number that changes when another takes its name (0 where none can)."""
    if isinstance(place, Path):
        return dict.fromkeys(wavefile.wave_names(place), 0)
    return {found.wave: found.number for found in postgres.found(place)}


def exists(where: Where) -> bool:
    """Whether a wave has answers."""
    return where.exists() if isinstance(where, Path) else postgres.exists(where)


def is_shared(where: Where) -> bool:
    """Whether several processes may take answers of one wave."""
    return not isinstance(where, Path)


def connect_to_read(where: Where) -> Connection:
    """A connection that can change nothing, for any process at any time."""
    if isinstance(where, Path):
        return wavefile.connect_to_read(where)
    return postgres.connect(where, reads_only=True)


@contextmanager
def connected(where: Where) -> Iterator[Connection]:
    """A connection for who holds the wave; closed afterwards."""
    connection = wavefile.connect(where) if isinstance(where, Path) else postgres.connect(where)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(where: Where) -> Iterator[Connection]:
    """A connection that can change nothing; closed afterwards."""
    connection = connect_to_read(where)
    try:
        yield connection
    finally:
        connection.close()


def transaction(connection: Connection) -> AbstractContextManager[None]:
    """One transaction, the only one that changes the wave meanwhile: committed at the end, undone when it raises."""
    if isinstance(connection, postgres.Connection):
        return postgres.transaction(connection)
    return wavefile.transaction(connection)


def snapshot(connection: Connection) -> AbstractContextManager[None]:
    """What is read within belongs to one moment. A SQLite file has one writer, which is the one that reads here."""
    return postgres.snapshot(connection) if isinstance(connection, postgres.Connection) else nullcontext()


def wipe(connection: Connection) -> None:
    """Leave as little as may be of what was deleted."""
    if isinstance(connection, postgres.Connection):
        postgres.wipe(connection)
    else:
        wavefile.checkpoint(connection)


def bring_together(connection: Connection) -> None:
    """Have all that was written in one place, where it is in two."""
    if not isinstance(connection, postgres.Connection):
        wavefile.checkpoint(connection)


def writer(where: Where, forget: Callable[[], None], drop: Callable[[Sheet], None]) -> Writer:
    """Who commits a wave's writes. `forget` all, or `drop` one sheet, when memory is not what the place holds."""
    if isinstance(where, Path):
        return Writer(where, forget)
    from .shared_writer import SharedWriter

    return SharedWriter(where, forget, drop)


def create(place: Place, bundle: Bundle, envelopes: Iterable[Envelope], media: Iterable[Media] = ()) -> Where:
    """Open a wave: write its frozen bundle and its sealed envelopes.

    Parameters
    ----------
    place : Path or Database
        A folder is made when it is missing.
    bundle : Bundle
        The frozen questionnaires; `bundle.wave` names the wave.
    envelopes : iterable of Envelope
        One for each code, from `seal_invitation`.
    media : iterable of Media
        The sounds and pictures that items of the bundle name.

    Returns
    -------
    Path or Schema
        Where it lies, durable. A running intake finds it by itself.

    Raises
    ------
    FileExistsError
        The wave is there already.
    WrongBundle
        The bundle contradicts itself, or names media that are not there.
    """
    if isinstance(place, Path):
        return wavefile.create_wave_file(place, bundle, envelopes, media)
    schema = Schema(place, bundle.wave)
    postgres.create(schema, wavefile.OPEN_TABLES + wavefile.LASTING_TABLES, wavefile.filling(bundle, envelopes, media))
    return schema


def replace(
    where: Where, old: Connection, tables: str, fill: Callable[[Connection], None], after: Callable[[Step], None]
) -> None:
    """Put fresh tables, as `fill` writes them, in the place of a wave's."""
    if isinstance(where, Path):
        wavefile.replace(where, old, tables, fill, after)
    else:
        postgres.replace(where, tables, fill, after)


def remove(where: Where) -> None:
    """Remove a wave's answers, as far as they are there, and what an opening or closing that was cut off left."""
    if isinstance(where, Path):
        wavefile.remove_database(where)
        clear(where)
    else:
        postgres.remove(where)


def clear(where: Where) -> None:
    """Remove what an opening or closing that was cut off left."""
    if isinstance(where, Path):
        wavefile.clear(where)


def wave_state(place: Place, wave: str) -> State:
    """The state of a wave by name; `NoSuchWave` when it has no answers."""
    with reading(of(place, wave)) as connection:
        return wavefile.state(connection)


def wave_bundle(place: Place, wave: str) -> Bundle:
    """The frozen bundle of a wave by name."""
    with reading(of(place, wave)) as connection:
        return wavefile.read_bundle(connection)
