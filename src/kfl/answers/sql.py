"""What the rest of this room asks of a database, be it a wave's SQLite file or its schema in PostgreSQL.

Statements are written once, with `?` for values and in the words that both understand.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol


class Unreachable(OSError):
    """The database does not answer, or broke off. What it was asked for may or may not have come about."""


class Rows(Protocol):
    """What came of one statement."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection in autocommit. Only one thread at a time may use it."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows:
        """Carry out one statement."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Rows:
        """Carry out one statement for each row of values."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun and not ended."""

    def transaction(self) -> AbstractContextManager[None]:
        """One transaction, the only one that changes the wave meanwhile: committed at the end, undone by an error."""

    def snapshot(self) -> AbstractContextManager[None]:
        """What is read within belongs to one moment."""

    def bring_together(self) -> None:
        """Have all that was written in one place, where it is in two."""

    def wipe(self, tables: Iterable[str] = ()) -> None:
        """Leave as little as may be of what was deleted (from these tables; without them, from all of the wave's)."""

    def close(self) -> None:
        """Let the connection go."""


@dataclass(frozen=True)
class Setting:
    """Something that our promises about stored answers rest on, as it is in force now."""

    name: str
    value: object
    holds: bool
    is_vital: bool = False  # as long as it does not hold, nobody reads or writes answers there
