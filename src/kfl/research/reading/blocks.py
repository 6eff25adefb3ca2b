"""The pieces that a report is told in; page and PDF show the same. Texts are translated, numbers written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.utils.safestring import SafeString

from kfl.core import figures


@dataclass(frozen=True)
class Paragraph:
    """A few sentences. A quiet one is a remark."""

    kind: ClassVar[str] = "paragraph"
    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences under one another."""

    kind: ClassVar[str] = "points"
    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    kind: ClassVar[str] = "facts"
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """The head of a column."""

    title: str
    is_number: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of texts; the first of each row is its head."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    @property
    def cells(self) -> list[list[tuple[Column, str]]]:
        """Each text with its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Line:
    """One row of a `Lines`: a value with its interval, both as numbers and in words."""

    title: str
    value: float
    low: float
    high: float
    told: str
    word: str


@dataclass(frozen=True)
class Lines:
    """Values with their intervals on one axis from `low` to `high`; `marks` are where a verdict changes."""

    kind: ClassVar[str] = "lines"
    caption: str
    heads: Sequence[str]  # of title, figure, numbers and word
    low: float
    high: float
    marks: Sequence[float]
    rows: Sequence[Line]
    help: str  # what the axis is

    @property
    def drawn(self) -> list[tuple[Line, SafeString]]:
        """Each row with its figure."""
        axis = figures.Axis(self.low, self.high, 0.1, self.marks[0])
        return [
            (row, figures.dot_interval_row(
                value=row.value, low=row.low, high=row.high, certain=True, axis=axis, title=f"{row.title}: {row.told}"
            ))
            for row in self.rows
        ]  # fmt: skip


Block = Paragraph | Points | Facts | Table | Lines


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    key: str  # its anchor
    title: str
    blocks: Sequence[Block] = ()
    sections: Sequence[Section] = field(default=())
