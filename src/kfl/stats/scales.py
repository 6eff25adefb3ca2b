"""A scale: which items it is made of, which of them are turned, and the codes they may hold."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

from kfl.stats.errors import BadScale


@dataclass(frozen=True)
class ScaleSpec:
    """One scale, as rows of an answer matrix of shape (items, people).

    A turned item counts as ``low + high - code``, so that all items of the scale point one way.

    Raises
    ------
    BadScale
        No items, an item named twice, a negative row, ``turned`` of another length than ``items``,
        or not ``0 <= low < high``.
    """

    key: str
    items: tuple[int, ...]  # rows of the answer matrix
    turned: tuple[bool, ...]  # one for each item
    low: int  # lowest code an item may hold
    high: int  # highest code

    def __post_init__(self) -> None:
        if not self.items:
            raise BadScale(f"scale {self.key!r} has no items")
        if len(set(self.items)) != len(self.items):
            raise BadScale(f"scale {self.key!r} names an item twice")
        if min(self.items) < 0:
            raise BadScale(f"scale {self.key!r} names a negative row")
        if len(self.turned) != len(self.items):
            raise BadScale(f"scale {self.key!r} has {len(self.items)} items but {len(self.turned)} turned marks")
        if not 0 <= self.low < self.high:
            raise BadScale(f"scale {self.key!r} has codes from {self.low} to {self.high}")

    @property
    def unit(self) -> int:
        """L = lcm(1..items): a person's score, however many items were skipped, is a whole number of 1/L."""
        return lcm(*range(1, len(self.items) + 1))

    @property
    def enough(self) -> int:
        """How many items a person must have answered to be scored: half of them, rounded up."""
        return (len(self.items) + 1) // 2
