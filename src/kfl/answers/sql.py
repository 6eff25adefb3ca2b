"""What the rest of this room asks of a database, be it a wave's SQLite file or its schema in PostgreSQL.

Statements are written once, with `?` for values and in the words that both understand.
"""

from collections.abc import Iterable, Iterator, Sequence
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

    def close(self) -> None:
        """Let the connection go."""
