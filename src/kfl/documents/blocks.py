"""What a document says, as plain values: sections of blocks. Page and PDF show the same.

Texts are translated and numbers written out by whoever makes the blocks; figures come from `kfl.documents.figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from . import figures


@dataclass(frozen=True)
class Paragraph:
    """A few sentences. A quiet one is a remark."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences under one another."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """The head of a column."""

    title: str
    is_number: bool = True


@dataclass(frozen=True)
class TextTable:
    """Rows of texts; the first of each row is its head."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A figure with the words under it; its numbers stand in a table beside it."""

    svg: Markup
    words: str  # for whoever cannot see it
    caption: str = ""


@dataclass(frozen=True)
class Interval:
    """One row of `Intervals`: a value with its interval, both as numbers and in words."""

    title: str
    value: float
    low: float
    high: float
    told: str
    word: str


@dataclass(frozen=True)
class Intervals:
    """Values with their intervals on one axis with a tick each `step`; `marks` are where a verdict changes."""

    caption: str
    heads: Sequence[str]  # of title, figure, numbers and word
    low: float
    high: float
    marks: Sequence[float]
    rows: Sequence[Interval]
    help: str  # what the axis is
    step: float = 0.1

    @property
    def drawn(self) -> list[tuple[Interval, Markup]]:
        """Each row with its figure; what it shows stands beside it in words."""
        axis = figures.Axis(self.low, self.high, self.step, mark=None)
        return [(row, figures.interval_row(axis, row.value, row.low, row.high, marks=self.marks)) for row in self.rows]


Block = Paragraph | Points | Facts | TextTable | Figure | Intervals


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    key: str  # its anchor
    title: str
    blocks: Sequence[Block] = ()
    sections: Sequence[Section] = field(default=())
    new_page: bool = False


@dataclass(frozen=True)
class Document:
    """A whole document, as it is laid out on paper."""

    language: str
    title: str
    lead: str
    sections: Sequence[Section]
    contents: str = ""  # the heading of the list of contents; without one there is no list
    edition: str = ""  # in the middle of each page's foot
