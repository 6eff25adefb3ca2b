"""Which columns a list must have, and which it may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .faults import Fault, Problem, fault
from .values import folded

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Columns:
    """The columns a list must have, and those it may have; capitals do not count."""

    needed: tuple[str, ...]
    allowed: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.needed + self.allowed

    def knows(self, name: str) -> bool:
        """Whether a name in a file is one of them."""
        return folded(name) in self.known

    def problems(self, header: Sequence[str], row: int) -> Iterator[Problem]:
        """Columns of a header that are unknown, and those that it lacks."""
        for name in dict.fromkeys(header):
            if name and name not in self.known:
                yield fault(Fault.UNKNOWN_COLUMN, row, name[:_LONGEST_SHOWN], names=", ".join(self.known))
        for name in self.needed:
            if name not in header:
                yield fault(Fault.MISSING_COLUMN, row, name)
