"""The pieces that a page of results is told in. Made by `reading`, shown by templates."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from markupsafe import Markup

from kfl.analysis.judgements import Judgement

from ..payload import Certainty, NodeBeside, Reliability, ScaleResult, ScaleText, ShownChange, Then, Value, Versus
from . import panel_words, result_words
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
    """How many in a hundred gave one answer, and from `low` to `high` how sure that is."""

    share: int
    low: int
    high: int


@dataclass(frozen=True)
class ScaleShares:
    """A scale with the shares of its answers."""

    title: str
    labels: list[str]
    legend: Markup
    items: list[ItemShares]
    half: int  # how many per cent points a share here can be off at the most


@dataclass(frozen=True)
class NotShown:
    """Scales whose shares are hidden for one reason."""

    titles: list[str]
    why: str
    nearest: NodeBeside | None


@dataclass(frozen=True)
class Against:
    """The rest of a level above, and what is said of the difference."""

    place: NodeBeside
    found: Versus

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def number(self) -> int:
        return self.place.number

    @property
    def rest(self) -> str:
        """The number compared with, and how sure it is."""
        return result_words.give_or_take(self.found.rest, self.found.rest_half)

    @property
    def mark(self) -> str:
        return result_words.mark(self.found.apart, self.found.certainty)

    @property
    def told(self) -> str:
        return result_words.difference_word(self.found.apart, self.found.certainty, self.name)

    @property
    def is_certain(self) -> bool:
        return self.mark in {result_words.UP, result_words.DOWN}

    @property
    def is_told(self) -> bool:
        """Whether it is certain or likely."""
        return self.mark != result_words.ALIKE

    @property
    def apart(self) -> str:
        """A difference that is told, in points and in words; of another one no points are told."""
        if not self.is_told:
            return ""
        points = result_words.give_or_take(abs(self.found.apart), self.found.half)
        return _("{points} poeng, {size}").format(points=points, size=result_words.size(self.weight))

    @property
    def apart_told(self) -> str:
        """With its sign, whether it is told in words or not."""
        return f"{result_words.signed(self.found.apart)} ± {self.found.half}"

    @property
    def best(self) -> str:
        """The best estimate of the difference, with its sign."""
        return "" if self.found.best is None else result_words.signed(self.found.best)

    @property
    def weight(self) -> int:
        """The best estimate of the difference."""
        return result_words.weight(self.found)


@dataclass(frozen=True)
class ScaleRow:
    """One scale at this node, as the page tells it."""

    scale: ScaleText
    result: ScaleResult
    title: str
    about: str
    why: str  # why it is hidden, or ""
    nearest: NodeBeside | None
    above: Against | None
    top: Against | None
    figure: Markup | str
    reliability: Reliability | None = None

    @property
    def value(self) -> Value | None:
        return self.result.value

    @property
    def asked(self) -> list[str]:
        return [result_words.said(item.text) for item in self.scale.items]

    @property
    def lines_with_points(self) -> list[str]:
        """The same for the table: every level compared with where something can be told, with points."""
        if not any(one.is_told for one in self.against):
            return self.lines
        return [
            f"{one.mark} {one.told}: {one.apart}" if one.is_told else f"{one.mark} {one.told}" for one in self.against
        ]

    @property
    def strength(self) -> bool | None:
        """True for a certain strength, False for a certain challenge."""
        above = self.above
        if above is None or not above.is_certain or abs(above.weight) < result_words.WORTH_NOTICE:
            return None
        return result_words.is_good(self.scale, above.weight)

    @property
    def against(self) -> list[Against]:
        """The levels that it is compared with."""
        return [one for one in (self.above, self.top) if one]

    @property
    def lines(self) -> list[str]:
        """What is said of the differences, each with its mark; once where nothing can be told apart."""
        told = [f"{one.mark} {one.told}" for one in self.against if one.is_told]
        if not told and self.against:
            alike = _("ikke til å skille")
            told = [f"{result_words.ALIKE} {alike}"]
        return told

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
    def between(self) -> str:
        """Girls against boys, in words."""
        between = self.result.between
        if between is None:
            return ""
        step = Certainty.CERTAIN if between.certain else Certainty.NONE
        mark = result_words.mark(between.points, step)
        points = f"{result_words.signed(between.points)} ± {between.half}"
        return f"{mark} {points}: {result_words.between_word(between)}"


@dataclass(frozen=True)
class Past:
    """One scale through the waves."""

    row: ScaleRow
    then: list[tuple[str, Then, str]]  # wave, result, why there is none
    mark: str
    told: str
    figure: Markup | str
    measure: str  # why no change is called certain; "" where nothing speaks against it

    @property
    def change(self) -> ShownChange | None:
        return self.row.result.change

    @property
    def is_told(self) -> bool:
        """Whether the change is certain or likely."""
        return self.mark not in {"", result_words.ALIKE}

    @property
    def is_certain(self) -> bool:
        return self.mark in {result_words.UP, result_words.DOWN}

    @property
    def change_points(self) -> str:
        """With its sign, as one writes it."""
        return result_words.signed(self.change.points) if self.change else ""

    @property
    def best(self) -> str:
        """The best estimate of the change, with its sign."""
        change = self.change
        return result_words.signed(change.best) if change and change.best is not None else ""

    @property
    def panel(self) -> str:
        """Those who answered in two waves, in a sentence."""
        result = self.row.result
        titles = {then.wave: title for title, then, _why in self.then}
        wave = titles.get(result.panel.wave, "") if result.panel else ""
        return panel_words.told(result.panel, result.panel_hidden, wave)


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
