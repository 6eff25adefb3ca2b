"""The pieces that a page of results is told in. Made by `reading`, shown by templates."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from . import words
from .payload import Place, ScaleResult, ScaleText, Then, Value


@dataclass(frozen=True)
class Sentence:
    """One line of "Kort fortalt"."""

    mark: str
    text: str


@dataclass(frozen=True)
class Item:
    """One question with the shares of its answers."""

    text: str
    turned: bool
    n: int
    shares: list[int]
    bar: SafeString


@dataclass(frozen=True)
class Asked:
    """A scale with the shares of its answers."""

    title: str
    labels: list[str]
    legend: SafeString
    items: list[Item]


@dataclass(frozen=True)
class NotShown:
    """Scales whose shares are hidden for one reason."""

    titles: list[str]
    why: str
    nearest: Place | None


@dataclass(frozen=True)
class Row:
    """One scale at this node, as the page tells it."""

    scale: ScaleText
    result: ScaleResult
    title: str
    about: str
    why: str  # why it is hidden, or ""
    nearest: Place | None
    above: Place | None
    mark: str
    told: str  # the difference in words
    figure: SafeString | str

    @property
    def value(self) -> Value | None:
        return self.result.value

    @property
    def asked(self) -> list[str]:
        return [words.said(item.text) for item in self.scale.items]

    @property
    def strength(self) -> bool | None:
        """True for a certain strength, False for a certain challenge."""
        above = self.result.above
        return words.is_good(self.scale, above.apart) if above and above.certain and above.apart else None


@dataclass(frozen=True)
class Past:
    """One scale through the waves."""

    row: Row
    then: list[tuple[str, Then, str]]  # wave, result, why there is none
    mark: str
    told: str
    figure: SafeString | str

    @property
    def change_points(self) -> str:
        """With its sign, as one writes it."""
        change = self.row.result.change
        if change is None:
            return ""
        return f"+{change.points}" if change.points > 0 else f"−{-change.points}" if change.points < 0 else "0"


@dataclass(frozen=True)
class ReferenceRow:
    """What one scale's points are measured with."""

    title: str
    mu: float | None
    sigma: float | None
    wave: str
    n: int | None


@dataclass(frozen=True)
class Talk:
    """Questions about one scale."""

    title: str
    questions: list[str]
