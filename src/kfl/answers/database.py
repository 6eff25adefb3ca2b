"""Answers in a PostgreSQL database of their own: a schema for each wave, which bears its name.

Any number of processes take answers there; commits look at the wave's state and at the sheets' versions
(`shared_writer`), and whoever must be alone takes a lock in the database. Beside it there is a folder, as with SQLite,
for what must not lie in it: the tombstones, which a restored database would else take back too.
"""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from . import postgres
from .bundle import Bundle
from .envelopes import Envelope
from .keys import BadWaveName, checked_wave_name
from .media import Media
from .ownership import WAIT_S, WaveBusy
from .postgres import SchemaConnection
from .sheets import Sheet
from .sql import Connection as AnyConnection
from .sql import Setting, Unreachable
from .wave_tables import LASTING_TABLES, OPEN_TABLES, CloseStep, NoSuchWave, filling
from .writer import Writer

LONGEST_NAME = 61  # a schema's name has 63 characters at most

_PREFIX = "w_"
_WITHOUT_CHECKSUMS = "data_checksums"  # to be mended, but nothing that was acknowledged is lost for the lack of them


@dataclass(frozen=True)
class Schema:
    """One wave's schema."""

    database: "Database"
    wave: str
    is_shared: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The schema's name."""
        if len(checked_wave_name(self.wave)) > LONGEST_NAME:
            raise BadWaveName(f"on PostgreSQL a wave's name has at most {LONGEST_NAME} characters")
        return _PREFIX + self.wave

    def exists(self) -> bool:
        """Whether the wave has a schema."""
        return self.wave in self.database.names()

    def connect(self) -> SchemaConnection:
        """A connection with the settings of PROMISES 6.2 checked.

        Raises
        ------
        NoSuchWave
            The wave has no schema.
        UnsafeSettings
            The server would acknowledge what it may lose.
        Unreachable
            The server does not answer.
        """
        return self._connection(reads_only=False)

    def connect_to_read(self) -> SchemaConnection:
        """A connection that can change nothing, for any process at any time."""
        return self._connection(reads_only=True)

    def writer(self, forget: Callable[[], None], drop: Callable[[Sheet], None]) -> Writer:
        """What commits this process's writes, each only if its sheet is as the process believes."""
        from .shared_writer import SharedWriter  # it loads numpy, which those who only read a wave's facts do without

        return SharedWriter(self.connect(), forget, drop)

    def create(self, fill: Callable[[AnyConnection], None]) -> None:
        """Make the schema with what `fill` writes, all of it or nothing; `FileExistsError` when there is one."""
        import psycopg

        with self.database.apart() as connection, connection.transaction(locking=False):
            try:
                _make(connection, self.name, OPEN_TABLES + LASTING_TABLES)
            except psycopg.errors.DuplicateSchema:
                raise FileExistsError(self.wave) from None
            fill(connection)

    def replace(
        self, old: AnyConnection, tables: str, fill: Callable[[AnyConnection], None], after: Callable[[CloseStep], None]
    ) -> None:
        """Put a new schema, as `fill` writes it, in the place of this one.

        All of it is one transaction: until that is committed nothing has changed.
        """
        working = f"new_{self.wave}"
        with self.database.apart() as connection, connection.transaction(locking=False):
            _make(connection, working, tables)
            fill(connection)
            after(CloseStep.REWRITTEN)
            connection.execute(f'DROP SCHEMA "{self.name}" CASCADE')
            connection.execute(f'ALTER SCHEMA "{working}" RENAME TO "{self.name}"')
            after(CloseStep.BROUGHT_TOGETHER)
        after(CloseStep.REPLACED)

    def remove(self) -> None:
        """Drop the schema with all that is in it, if it is there."""
        with self.database.apart() as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{self.name}" CASCADE')

    def clear(self) -> None:
        """Nothing: what was cut off was undone by the server."""

    def _connection(self, *, reads_only: bool) -> SchemaConnection:
        connection = SchemaConnection(self.database.url, self.name, reads_only=reads_only)
        try:
            if connection.execute("SELECT to_regnamespace(?)", (f'"{self.name}"',)).fetchone()[0] is None:
                raise NoSuchWave(self.wave)
        except BaseException:
            connection.close()
            raise
        return connection


@dataclass(frozen=True)
class Database:
    """The database of all waves' schemas, and the folder beside it."""

    url: str = field(repr=False)  # may hold a password
    folder: Path
    is_shared: ClassVar[bool] = True

    def of(self, wave: str) -> Schema:
        """The schema of a wave, there or not."""
        return Schema(self, wave)

    def names(self) -> dict[str, int]:
        """Every wave that has a schema, by name, with the schema's number: one that takes the name has another."""
        with self.apart() as connection:
            rows = connection.execute(
                r"SELECT nspname, oid::bigint FROM pg_namespace WHERE nspname LIKE 'w\_%'"
                " AND has_schema_privilege(oid, 'USAGE')"
            ).fetchall()
        return dict(sorted((name.removeprefix(_PREFIX), number) for name, number in rows))

    def create(self, bundle: Bundle, envelopes: Iterable[Envelope], media: Iterable[Media] = ()) -> Schema:
        """Open a wave in a new schema; `FileExistsError`, and `WrongBundle` as `wave_tables.filling` says."""
        schema = self.of(bundle.wave)
        schema.create(filling(bundle, envelopes, media))
        return schema

    @contextmanager
    def held(self, wave: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
        """Keep others from closing, importing or erasing meanwhile; `WaveBusy` where they do so for too long."""
        import psycopg

        with self.apart() as connection:
            connection.execute("SELECT set_config('lock_timeout', ?, false)", (f"{round(wait_s * 1000)}ms",))
            try:
                connection.execute("SELECT pg_advisory_lock(hashtextextended(?, 0))", (f"kfl answers {wave}",))
            except Unreachable as problem:
                if isinstance(problem.__cause__, psycopg.errors.LockNotAvailable):
                    raise WaveBusy(wave) from problem
                raise
            yield

    def lock(self, wave: str | None = None) -> "Unneeded":
        """None is needed: commits look themselves at what others did."""
        return Unneeded()

    def new_socket(self) -> str:
        """A name of this process's own, since others may take answers beside it."""
        return f"owner-{os.getpid()}-{secrets.token_hex(4)}.sock"

    def settings(self) -> list[Setting]:
        """What the server does with what it has acknowledged, and that nobody but the owner may connect to it.

        A database that was put back has lost the latter.
        """
        try:
            now, others = postgres.settings(self.url), postgres.who_else_may_connect(self.url)
        except Unreachable:
            return [Setting("answers postgresql", "does not answer", holds=False, is_vital=True)]
        found = [
            Setting(
                f"answers postgresql {name}", value, value in postgres.SETTINGS.get(name, {"on"}),
                is_vital=name != _WITHOUT_CHECKSUMS,
            )
            for name, value in now.items()
        ]  # fmt: skip
        words = f"{', '.join(others)}: REVOKE ALL ON DATABASE … FROM {', '.join(others)}" if others else "nobody"
        return [*found, Setting("others who may connect to the answers", words, not others)]

    @contextmanager
    def apart(self) -> Iterator[SchemaConnection]:
        """A connection to no wave in particular."""
        connection = SchemaConnection(self.url, "pg_catalog")
        try:
            yield connection
        finally:
            connection.close()


class Unneeded:
    """The lock where any number may go in at once."""

    def take(self) -> bool:
        """Always."""
        return True

    def drop(self) -> None:
        """Nothing to give back."""


def _make(connection: SchemaConnection, schema: str, sqlite_tables: str) -> None:
    connection.execute(f'CREATE SCHEMA "{schema}"')
    connection.execute("SELECT set_config('search_path', ?, true)", (f'"{schema}"',))
    for statement in postgres.tables(sqlite_tables).split(";\n"):
        if statement.strip():
            connection.execute(statement)
