"""Where answers lie: a folder with a SQLite file a wave (`folder`), or a database with a schema a wave (`database`).

A *place* holds all waves; *where* is one wave's file or schema. Nobody asks which of the two it is.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from . import wave_tables
from .bundle import Bundle
from .database import Database
from .envelopes import Envelope
from .folder import Folder
from .media import Media
from .sheets import Sheet
from .sql import Connection, Setting, Unreachable
from .wave_tables import CloseStep, State
from .writer import Writer

SETTING = "KFL_ANSWERS_DATABASE"

# What it looks like when a wave cannot be had just now.
CANNOT_NOW = (sqlite3.OperationalError, Unreachable)


class Where(Protocol):
    """Where the answers of one wave lie, or would."""

    @property
    def is_shared(self) -> bool:
        """Whether several processes may take answers of the wave, so that what one remembers another may change."""

    def exists(self) -> bool:
        """Whether the wave has answers."""

    def connect(self) -> Connection:
        """A connection for whoever holds the wave; `NoSuchWave`, `UnsafeSettings`."""

    def connect_to_read(self) -> Connection:
        """A connection that can change nothing, for any process at any time; `NoSuchWave`."""

    def writer(self, forget: Callable[[], None], drop: Callable[[Sheet], None]) -> Writer:
        """What commits the wave's writes. `forget` all, or `drop` one sheet, where memory is not what is stored."""

    def replace(
        self, old: Connection, tables: str, fill: Callable[[Connection], None], after: Callable[[CloseStep], None]
    ) -> None:
        """Put fresh tables, as `fill` writes them, in the place of those that `old` is open on (its last use)."""

    def remove(self) -> None:
        """Remove the wave's answers, as far as they are there, and what `clear` removes."""

    def clear(self) -> None:
        """Remove what an opening or closing that was cut off left."""


class Lock(Protocol):
    """What one process has at a time; the system drops it when that process dies."""

    def take(self) -> bool:
        """Try to take it; False when another holds it."""

    def drop(self) -> None:
        """Give it back."""


class Place(Protocol):
    """Where the answers of all waves lie."""

    @property
    def folder(self) -> Path:
        """Where the tombstones lie, and the sockets by which processes that take answers can be asked."""

    @property
    def is_shared(self) -> bool:
        """As of each wave (`Where`)."""

    def of(self, wave: str) -> Where:
        """Where the answers of a wave lie, or would."""

    def names(self) -> dict[str, int]:
        """All waves that have answers, each with a number that changes when another takes its name."""

    def create(self, bundle: Bundle, envelopes: Iterable[Envelope], media: Iterable[Media] = ()) -> Where:
        """Open a wave: write its frozen bundle and its sealed envelopes. A running intake finds it by itself.

        Parameters
        ----------
        bundle : Bundle
            The frozen questionnaires; `bundle.wave` names the wave.
        envelopes : iterable of Envelope
            One for each code, from `seal_invitation`.
        media : iterable of Media
            The sounds and pictures that items of the bundle name.

        Raises
        ------
        FileExistsError
            The wave is there already.
        WrongBundle
            The bundle contradicts itself, or names media that are not there.
        """

    def held(self, wave: str, *, wait_s: float = ...) -> AbstractContextManager[None]:
        """Be alone among those who import, erase or close; `WaveBusy` where that does not come about in time."""

    def lock(self, wave: str | None = None) -> Lock:
        """What a process must hold to take answers of a wave (without one: any answers at all)."""

    def new_socket(self) -> str:
        """The name, in the folder, of the socket by which this process can be asked if it takes answers."""

    def settings(self) -> list[Setting]:
        """Whether what is acknowledged there stays, looked up where it is in force."""


def at(folder: Path) -> Place:
    """The place that the environment names: the database in `KFL_ANSWERS_DATABASE`, else the folder itself."""
    url = os.environ.get(SETTING, "")
    return Database(url, folder) if url else Folder(folder)


@contextmanager
def connected(where: Where) -> Iterator[Connection]:
    """A connection for whoever holds the wave; closed afterwards."""
    connection = where.connect()
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(where: Where) -> Iterator[Connection]:
    """A connection that can change nothing; closed afterwards."""
    connection = where.connect_to_read()
    try:
        yield connection
    finally:
        connection.close()


def wave_state(place: Place, wave: str) -> State:
    """The state of a wave by name; `NoSuchWave` when it has no answers."""
    with reading(place.of(wave)) as connection:
        return wave_tables.state(connection)


def wave_bundle(place: Place, wave: str) -> Bundle:
    """The frozen bundle of a wave by name."""
    with reading(place.of(wave)) as connection:
        return wave_tables.read_bundle(connection)
