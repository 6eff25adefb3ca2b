"""Sheets that are handed out, as plain values: slips to cut, letters with a slip to send back, letters to fold, forms.

Each has a layout of its own in layouts/; what stands in it is written and translated by the room whose sheet it is.
Pictures are SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .blocks import Section


@dataclass(frozen=True)
class Slip:
    """One slip: whom it is for, where, and a code to type, to scan, and in pictures for whoever cannot read."""

    label: str
    place: str
    code: str
    qr: str
    pictures: str | None = None


@dataclass(frozen=True)
class SlipGroup:
    """Slips that begin on a new page, under a heading and a notice to whoever hands them out."""

    title: str
    notice: str
    slips: Sequence[Slip]


@dataclass(frozen=True)
class Slips:
    """Two columns of slips to cut out."""

    language: str
    title: str
    groups: Sequence[SlipGroup]
    address: str
    address_words: str
    code_words: str
    qr_words: str
    picture_words: str


@dataclass(frozen=True)
class Reply:
    """The lower part of a letter, to tear off and send back: one box to tick, and two lines to write on."""

    title: str
    choice: str
    lines: tuple[str, str]


@dataclass(frozen=True)
class Letter:
    """A letter of a page or so."""

    language: str
    title: str
    place: str
    sections: Sequence[Section]
    reply: Reply


@dataclass(frozen=True)
class FoldedLetter:
    """One of `FoldedLetters`: the name above, the words in the middle, the link below."""

    label: str
    place: str
    heading: str
    sentences: Sequence[str]
    code: str
    qr: str


@dataclass(frozen=True)
class FoldedLetters:
    """A letter a page, whose lower third with the link is folded up over the words and glued."""

    language: str
    title: str
    letters: Sequence[FoldedLetter]
    to: str
    sealed: str
    fold: str
    scan: str
    address: str
    qr_words: str


@dataclass(frozen=True)
class Choice:
    """A box to tick; with a face above it for whoever cannot read."""

    code: int
    label: str
    face: str | None = None


@dataclass(frozen=True)
class Question:
    """A question with its choices, or with a box for a number where it has none."""

    number: int
    text: str
    hint: str = ""
    choices: Sequence[Choice] = ()


@dataclass(frozen=True)
class QuestionGroup:
    """Questions under a heading; `with_help` tells whom to talk to above them."""

    title: str
    questions: Sequence[Question]
    with_help: bool = False


@dataclass(frozen=True)
class TickForm:
    """A form to fill in by hand, with boxes for the code."""

    language: str
    title: str
    place: str
    intro: str
    code_words: str
    code_boxes: Sequence[Sequence[int]]  # rows of groups, as the code is printed
    code_notice: str
    notices: Sequence[str]
    how: str
    help: str
    parts: Sequence[QuestionGroup]
    large: bool = False
