"""Figures as SVG, drawn here and readable everywhere: in a page, in dark mode, on paper, in a PDF.

Each function takes plain numbers and gives an `<svg>` with a title for screen readers. Across, everything is in
per cent of the width, so a figure fits a phone and a poster without distortion; down, it is in pixels. Colours come
from the style sheet by class; the attributes beside them are for where no style sheet is (the PDF). What a figure
says by colour it also says by shape. The same numbers always stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INK, SOFT, FAINT, BLUE, PAPER = "#292c30", "#5b5d60", "#bbbcbd", "#0062ba", "#ffffff"
TONES = ("#ddeaf6", "#afcee9", "#2a7cc5", "#004f96", "#002c54")
EDGE = 4.0  # per cent kept free at each side, so that a dot at the end is whole
ROOM_FOR_TEXT = 0.11  # a bar's part carries its number from this share up


class NothingToDraw(ValueError):
    """The numbers leave nothing to draw, or do not fit one another."""


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high` with a tick each `step` and one marked value."""

    low: float = 400
    high: float = 600
    step: float = 50
    mark: float | None = 500

    def __post_init__(self) -> None:
        if not (self.low < self.high and self.step > 0):
            raise NothingToDraw(f"an axis needs low < high and a step above 0, not {self}")

    def at(self, value: float) -> float:
        """Where a value lies, in per cent of the width; outside the axis it lies at the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(EDGE + share * (100 - 2 * EDGE), 3)

    def ticks(self) -> list[float]:
        """The values with a tick, both ends included where they fall on one."""
        count = int((self.high - self.low) / self.step + 1e-9)
        return [self.low + i * self.step for i in range(count + 1)]

    def covering(self, values: Sequence[float]) -> Axis:
        """This axis widened by whole steps until every value lies on it."""
        low, high = self.low, self.high
        while values and min(values) < low:
            low -= self.step
        while values and max(values) > high:
            high += self.step
        return Axis(low, high, self.step, self.mark)


POINTS = Axis()


@dataclass(frozen=True)
class TrendPoint:
    """One measurement in a row of them; `value` None = not measured or hidden; a break starts a new line."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    break_before: bool = False


def _svg(parts: Sequence[str], *, height: int, title: str, kind: str) -> SafeString:
    body = "".join(parts)  # every text in it was escaped where it entered
    return mark_safe(
        f'<svg class="figure figure-{kind}" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}"'
        f' role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{body}</svg>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str, stroke: str, width: float = 1) -> str:
    return f'<line class="{css}" x1="{x1}%" y1="{y1}" x2="{x2}%" y2="{y2}" stroke="{stroke}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, css: str, *, fill: str = INK, anchor: str = "middle", size: int = 12) -> str:
    return (
        f'<text class="{css}" x="{x}%" y="{y}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">'
        f"{escape(text)}</text>"
    )


def _at(x: float, y: float, drawing: str) -> str:
    """A small drawing round (0, 0), laid at a per cent of the width."""
    return f'<svg x="{x}%" y="{y}" width="1" height="1" overflow="visible">{drawing}</svg>'


def _dot(x: float, y: float, *, certain: bool) -> str:
    css, fill = ("fig-dot", BLUE) if certain else ("fig-ring", PAPER)
    return f'<circle class="{css}" cx="{x}%" cy="{y}" r="6" fill="{fill}" stroke="{BLUE}" stroke-width="2.5"/>'


def _diamond(x: float, y: float) -> str:
    path = f'<path class="fig-above" d="M0 -5.5L5.5 0L0 5.5L-5.5 0Z" fill="{PAPER}" stroke="{SOFT}" stroke-width="2"/>'
    return _at(x, y, path)


def _arrow(x: float, y: float, *, right: bool) -> str:
    d = "M-4 -6L6 0L-4 6Z" if right else "M4 -6L-6 0L4 6Z"
    return _at(x, y, f'<path class="fig-dot" d="{d}" fill="{BLUE}"/>')


def _ticks(axis: Axis, height: float) -> list[str]:
    return [
        _line(axis.at(tick), 0, axis.at(tick), height, "fig-mark" if tick == axis.mark else "fig-tick",
              SOFT if tick == axis.mark else FAINT, 1.5 if tick == axis.mark else 1)
        for tick in axis.ticks()
    ]  # fmt: skip


def points_axis(axis: Axis = POINTS, *, title: str) -> SafeString:
    """The head of a column of `dot_interval_row`s: the numbers of the axis."""
    texts = [_text(axis.at(tick), 14, f"{tick:g}", "fig-axis-text", fill=SOFT) for tick in axis.ticks()]
    return _svg(texts, height=18, title=title, kind="axis")


def dot_interval_row(
    *,
    value: float,
    low: float,
    high: float,
    above: float | None = None,
    above_half: float | None = None,
    certain: bool = False,
    title: str,
    axis: Axis = POINTS,
) -> SafeString:
    """One row of a profile: own value with its interval, and the level above as a diamond with its own.

    A certain difference has a filled dot, an uncertain one a ring. What lies outside the axis is an arrow at its
    edge. `title` says it all in words.
    """
    if not low <= value <= high:
        raise NothingToDraw(f"the value {value} lies outside its own interval {low}–{high}")
    height, y, y_above = 32, 11.0, 25.0  # two lanes: the dot never hides the level above
    parts = _ticks(axis, height)
    if high >= axis.low and low <= axis.high:
        parts.append(_line(axis.at(low), y, axis.at(high), y, "fig-interval", BLUE, 3))
    if above is not None:
        if above_half is not None:
            low_above, high_above = axis.at(above - above_half), axis.at(above + above_half)
            parts.append(_line(low_above, y_above, high_above, y_above, "fig-interval-above", SOFT, 1.5))
        parts.append(_diamond(axis.at(above), y_above))
    if axis.low <= value <= axis.high:
        parts.append(_dot(axis.at(value), y, certain=certain))
    else:
        parts.append(_arrow(axis.at(value), y, right=value > axis.high))
    return _svg(parts, height=height, title=title, kind="dots")


def tones(count: int) -> list[int]:
    """Which of the five tones (1 light – 5 dark) each of `count` answers gets, spread over the whole range.

    With more than five answers two neighbours may share a tone; the line between them and their order tell them apart.
    """
    if not 1 <= count <= 10:
        raise NothingToDraw(f"a stacked bar has one to ten answers, not {count}")
    return [3] if count == 1 else [round(1 + 4 * i / (count - 1)) for i in range(count)]


def bar_legend(labels: Sequence[str]) -> SafeString:
    """The key of a `stacked_bar`: the answers in order, each with its tone."""
    items = "".join(
        f'<li><span class="swatch fig-tone-{tone}"></span>{escape(label)}</li>'
        for label, tone in zip(labels, tones(len(labels)), strict=True)
    )
    return mark_safe(f'<ul class="legend">{items}</ul>')


def stacked_bar(shares: Sequence[float], labels: Sequence[str], *, title: str = "") -> SafeString:
    """How the answers to one item fall, in whole per cents as the release gives them; light to dark in answer order."""
    if len(shares) != len(labels):
        raise NothingToDraw(f"{len(shares)} shares but {len(labels)} labels")
    total = sum(shares)
    if total <= 0:
        raise NothingToDraw("no answers to show")
    parts, x = [], 0.0
    for share, tone in zip(shares, tones(len(shares)), strict=True):
        width = 100 * share / total
        parts.append(
            f'<rect class="fig-tone-{tone}" x="{x:.3f}%" y="1" width="{width:.3f}%" height="26"'
            f' fill="{TONES[tone - 1]}" stroke="{SOFT}"/>'
        )
        if share / total >= ROOM_FOR_TEXT:
            css = ("fig-on-light", "fig-on-light", "fig-on-dark", "fig-on-dark", "fig-on-darkest")[tone - 1]
            fill = PAPER if tone >= 3 else INK
            parts.append(_text(round(x + width / 2, 3), 19, f"{share:g}", css, fill=fill, size=13))
        x += width
    said = ", ".join(f"{label} {share:g} %" for label, share in zip(labels, shares, strict=True))
    return _svg(parts, height=28, title=f"{title}: {said}" if title else said, kind="stack")


def trend(points: Sequence[TrendPoint], *, title: str, axis: Axis = POINTS) -> SafeString:
    """Measurements in time, each a dot with its interval; no line is drawn across a break or a missing one."""
    if not points:
        raise NothingToDraw("a trend without measurements")
    known = [v for p in points for v in (p.value, p.low, p.high) if v is not None]
    axis = axis.covering(known)
    top, bottom, height = 16.0, 150.0, 190

    def down(value: float) -> float:
        return round(bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top), 1)

    gap = 100 / len(points)
    across = [round(gap * (i + 0.5), 3) for i in range(len(points))]
    parts = []
    for tick in axis.ticks():
        css, ink = ("fig-mark", SOFT) if tick == axis.mark else ("fig-tick", FAINT)
        parts.append(_line(0, down(tick), 100, down(tick), css, ink))
        parts.append(_text(0, down(tick) - 3, f"{tick:g}", "fig-axis-text", fill=SOFT, anchor="start"))
    for i, (before, after) in enumerate(zip(points, points[1:], strict=False)):
        if after.break_before:
            middle = round((across[i] + across[i + 1]) / 2, 3)
            parts.append(_line(middle, top, middle, bottom, "fig-break", SOFT, 1.5))
        elif before.value is not None and after.value is not None:
            parts.append(_line(across[i], down(before.value), across[i + 1], down(after.value), "fig-line", BLUE, 2))
    for x, point in zip(across, points, strict=True):
        if point.low is not None and point.high is not None:
            parts.append(_line(x, down(point.low), x, down(point.high), "fig-interval", BLUE, 3))
        if point.value is not None:
            parts.append(_dot(x, down(point.value), certain=True))
        for line, words in enumerate(point.label.split(" ", 1)):  # "T2" above "november 2018"
            parts.append(_text(x, bottom + 18 + 14 * line, words, "fig-axis-text", fill=SOFT))
    return _svg(parts, height=height, title=title, kind="trend")
