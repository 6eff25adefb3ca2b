"""Gathering what is wrong with the rows of a list, so that the whole of it is read before anything is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kfl.tables import Problem, Row, WrongFile

T = TypeVar("T")


class WrongCell(ValueError):
    """A cell does not hold what it should; the text says what."""


class Faults:
    """What is wrong with a list so far."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.found: list[Problem] = []

    def add(self, number: int | None, column: str | None, reason: str) -> None:
        """Say what is wrong with a row, by its number, or with the whole list."""
        self.found.append(Problem(number, column, reason))

    def read(self, row: Row, column: str, reader: Callable[[str], T], default: T) -> T:
        """The cell's value, or `default` when something is wrong with it."""
        try:
            return reader(row[column])
        except WrongCell as fault:
            self.add(row.number, column, str(fault))
            return default

    def refuse(self) -> None:
        """Raise `WrongFile` when anything is wrong."""
        if self.found:
            raise WrongFile(self.name, self.found)
