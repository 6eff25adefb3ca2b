"""The pieces that a page of results is told in. Made by `reading`, shown by templates."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from markupsafe import Markup

from kfl.analysis.judgements import Judgement

from ..payload import NodeBeside, Reliability, ScaleResult, ScaleText, Then, Value
from . import result_words
from .trust import judged


@dataclass(frozen=True)
class Sentence:
    """One line of "Kort fortalt"."""

    mark: str
    text: str
    key: str = ""  # what it is about, for what other rooms offer beside it


@dataclass(frozen=True)
class ItemShares:
    """One question with the shares of its answers."""

    key: str
    text: str
    turned: bool
    n: int
    shares: list[Share]
    bar: Markup


@dataclass(frozen=True)
class Share:
    """How many in a hundred gave one answer; from `low` to `high` where the release says how sure that is."""

    share: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class ScaleShares:
    """A scale with the shares of its answers."""

    title: str
    labels: list[str]
    legend: Markup
    items: list[ItemShares]
    half: int | None  # how many per cent points a share here can be off at the most


@dataclass(frozen=True)
class NotShown:
    """Scales whose shares are hidden for one reason."""

    titles: list[str]
    why: str
    nearest: NodeBeside | None


@dataclass(frozen=True)
class ScaleRow:
    """One scale at this node, as the page tells it."""

    scale: ScaleText
    result: ScaleResult
    title: str
    about: str
    why: str  # why it is hidden, or ""
    nearest: NodeBeside | None
    above: NodeBeside | None
    mark: str
    told: str  # the difference in words
    figure: Markup | str
    reliability: Reliability | None = None
    best: int | None = None  # a small group's points drawn towards the level above

    @property
    def value(self) -> Value | None:
        return self.result.value

    @property
    def asked(self) -> list[str]:
        return [result_words.said(item.text) for item in self.scale.items]

    @property
    def strength(self) -> bool | None:
        """True for a certain strength, False for a certain challenge."""
        above = self.result.above
        if above is None or not above.certain or abs(above.apart) < result_words.WORTH_NOTICE:
            return None
        return result_words.is_good(self.scale, above.apart)

    @property
    def apart(self) -> str:
        """A certain difference in points and in words; an uncertain one is not told in points."""
        above = self.result.above
        if above is None or self.mark not in {result_words.UP, result_words.DOWN}:
            return ""
        points = result_words.give_or_take(abs(above.apart), above.apart_half)
        return _("{points} poeng, {size}").format(points=points, size=result_words.size(above.apart))

    @property
    def above_told(self) -> str:
        """The level above with how sure it is."""
        above = self.result.above
        return result_words.give_or_take(above.points, above.half) if above else ""

    @property
    def top_told(self) -> str:
        """The whole wave with how sure it is."""
        return "" if self.result.top is None else result_words.give_or_take(self.result.top, self.result.top_half)

    @property
    def is_weak(self) -> bool:
        """Whether the questions hang too loosely together for the number to be read alone."""
        return judged(self.reliability) is Judgement.WEAK

    @property
    def is_warned(self) -> bool:
        """Whether that is said beside the number, and needs no saying again."""
        return self.is_weak and self.value is not None

    @property
    def holds(self) -> str:
        """How well the questions hang together, as a sentence."""
        return str(result_words.HOLDS[judged(self.reliability)][1])

    @property
    def holds_word(self) -> str:
        return str(result_words.HOLDS[judged(self.reliability)][0])

    @property
    def best_matters(self) -> bool:
        """Whether a certain difference looks a size smaller once the group's size is thought of."""
        certain = self.mark in {result_words.UP, result_words.DOWN}
        return (
            certain
            and self.value is not None
            and self.best is not None
            and (abs(self.value.points - self.best) >= result_words.WORTH_NOTICE)
        )

    @property
    def between(self) -> str:
        """Girls against boys, in words."""
        between = self.result.between
        if between is None:
            return ""
        told = between.points, between.certain
        return f"{result_words.mark(*told)} {result_words.between_word(*told)}"


@dataclass(frozen=True)
class Past:
    """One scale through the waves."""

    row: ScaleRow
    then: list[tuple[str, Then, str]]  # wave, result, why there is none
    mark: str
    told: str
    figure: Markup | str

    @property
    def change_points(self) -> str:
        """With its sign, as one writes it."""
        change = self.row.result.change
        return result_words.signed(change.points) if change else ""


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
