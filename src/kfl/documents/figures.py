"""Figures as SVG, drawn here and readable everywhere: in a page, in dark mode, on paper, in a PDF.

Each function takes plain numbers and gives an `<svg>` with a title for screen readers, or hidden from them where it
has no title since the words stand beside it. Across, everything is in per cent of the width, so a figure fits a phone
and a poster without distortion; down, it is in pixels. Colours come from the page's style sheet by class; the
attributes beside them are for where no style sheet is (the PDF). What a figure says by colour it also says by shape.
The same numbers always stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

from markupsafe import Markup, escape

INK, SOFT, FAINT, BLUE, PAPER = "#292c30", "#5b5d60", "#bbbcbd", "#0062ba", "#ffffff"
TONES = ("#ddeaf6", "#afcee9", "#2a7cc5", "#004f96", "#002c54")
MOST_BARS = 28  # of a histogram
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
        """The axis widened by whole steps until every value lies on it."""
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


def _svg(parts: Sequence[str], *, height: int, title: str, kind: str) -> Markup:
    body = "".join(parts)  # every text in it was escaped where it entered
    said = (
        f' role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>' if title else ' aria-hidden="true">'
    )
    return Markup(
        f'<svg class="figure figure-{kind}" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}"'
        f"{said}{body}</svg>"
    )


def on_paper(svg: str, *, width: int, face: str) -> str:
    """The same figure as a picture of its own, for a PDF: with a width, and set in the document's letters."""
    return str(svg).replace(' width="100%"', f' width="{width}" font-family="{face}"', 1)


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


def points_axis(axis: Axis = POINTS, *, title: str) -> Markup:
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
) -> Markup:
    """One row of a profile: own value with its interval, and the level above as a diamond with its own.

    A certain difference has a filled dot, an uncertain one a ring. What lies outside the axis is an arrow at its
    edge. `title` says it all in words.
    """
    if not low <= value <= high:
        raise NothingToDraw(f"the value {value} lies outside its own interval {low}–{high}")
    height, y, y_above = 32, 11.0, 25.0  # two lanes: the dot never hides the level above
    parts = _ticks(axis, height)
    parts += _interval(axis, low, high, y)
    if above is not None:
        if above_half is not None:
            low_above, high_above = axis.at(above - above_half), axis.at(above + above_half)
            parts.append(_line(low_above, y_above, high_above, y_above, "fig-interval-above", SOFT, 1.5))
        parts.append(_diamond(axis.at(above), y_above))
    parts.append(_mean(axis, value, y, certain=certain))
    return _svg(parts, height=height, title=title, kind="dots")


def dot_legend(*, certain: str = "", uncertain: str = "", above: str = "", interval: str = "") -> Markup:
    """The key of `dot_interval_row`s, with a word for each shape; one without a word is left out."""
    y = 8.0
    line = _line(0, y, 100, y, "fig-interval", BLUE, 3)
    shapes = [
        (certain, [line, _dot(50, y, certain=True)]),
        (uncertain, [line, _dot(50, y, certain=False)]),
        (above, [_diamond(50, y)]),
        (interval, [line]),
    ]
    items = "".join(
        f"<li>{_svg(parts, height=16, title='', kind='key')}{escape(words)}</li>" for words, parts in shapes if words
    )
    return Markup(f'<ul class="legend">{items}</ul>')


def interval_row(
    axis: Axis, value: float, low: float | None, high: float | None, *, marks: Sequence[float] = (), title: str = ""
) -> Markup:
    """A value with its interval in one low row of a table, and the axis's mark.

    With marks of its own it has a line at each of these, and a faint one at each tick.
    """
    y = 10.0
    faint = [tick for tick in axis.ticks() if not any(isclose(tick, mark) for mark in marks)] if marks else []
    dark = marks or ([axis.mark] if axis.mark is not None else [])
    parts = [_line(axis.at(tick), 0, axis.at(tick), 2 * y, "fig-tick", FAINT) for tick in faint]
    parts += [_line(axis.at(mark), 0, axis.at(mark), 2 * y, "fig-mark", SOFT, 1.5) for mark in dark]
    if low is not None and high is not None:
        parts += _interval(axis, low, high, y)
    return _svg([*parts, _mean(axis, value, y, certain=True)], height=20, title=title, kind="row")


def _interval(axis: Axis, low: float, high: float, y: float) -> list[str]:
    if high < axis.low or low > axis.high:
        return []  # wholly outside, it is not drawn at the edge
    return [_line(axis.at(low), y, axis.at(high), y, "fig-interval", BLUE, 3)]


def _mean(axis: Axis, value: float, y: float, *, certain: bool) -> str:
    if axis.low <= value <= axis.high:
        return _dot(axis.at(value), y, certain=certain)
    return _arrow(axis.at(value), y, right=value > axis.high)


def tones(count: int) -> list[int]:
    """Which of the five tones (1 light – 5 dark) each of `count` answers gets, spread over the whole range.

    With more than five answers two neighbours may share a tone; the line between them and their order tell them apart.
    """
    if not 1 <= count <= 10:
        raise NothingToDraw(f"a stacked bar has one to ten answers, not {count}")
    return [3] if count == 1 else [round(1 + 4 * i / (count - 1)) for i in range(count)]


def bar_legend(labels: Sequence[str]) -> Markup:
    """The key of a `stacked_bar`: the answers in order, each with its tone."""
    items = "".join(
        f'<li><span class="swatch fig-tone-{tone}"></span>{escape(label)}</li>'
        for label, tone in zip(labels, tones(len(labels)), strict=True)
    )
    return Markup(f'<ul class="legend">{items}</ul>')


def stacked_bar(shares: Sequence[float], labels: Sequence[str], *, title: str = "") -> Markup:
    """How the answers to one item fall, in whole per cents as the release gives them; light to dark in answer order."""
    if len(shares) != len(labels):
        raise NothingToDraw(f"{len(shares)} shares but {len(labels)} labels")
    parts = []
    for share, tone, x, width in _parts_of(shares):
        parts.append(_part(tone, x, width, top=1, height=26))
        if width >= 100 * ROOM_FOR_TEXT:
            css = ("fig-on-light", "fig-on-light", "fig-on-dark", "fig-on-dark", "fig-on-darkest")[tone - 1]
            fill = PAPER if tone >= 3 else INK
            parts.append(_text(round(x + width / 2, 3), 19, f"{share:g}", css, fill=fill, size=13))
    said = ", ".join(f"{label} {share:g} %" for label, share in zip(labels, shares, strict=True))
    return _svg(parts, height=28, title=f"{title}: {said}" if title else said, kind="stack")


def bar_row(shares: Sequence[float]) -> Markup:
    """The same bar in one low row of a table, where the numbers stand in the row itself."""
    return _svg([_part(tone, x, width, top=1, height=12) for _s, tone, x, width in _parts_of(shares)],
                height=14, title="", kind="bar")  # fmt: skip


def _parts_of(shares: Sequence[float]) -> Iterator[tuple[float, int, float, float]]:
    """Each share with its tone, where its part begins and how wide it is, in per cent of the bar."""
    total, x = sum(shares), 0.0
    if total <= 0:
        raise NothingToDraw("no answers to show")
    for share, tone in zip(shares, tones(len(shares)), strict=True):
        width = 100 * share / total
        yield share, tone, x, width
        x += width


def _part(tone: int, x: float, width: float, *, top: float, height: float) -> str:
    return (
        f'<rect class="fig-tone-{tone}" x="{x:.3f}%" y="{top}" width="{width:.3f}%" height="{height}"'
        f' fill="{TONES[tone - 1]}" stroke="{SOFT}"/>'
    )


def histogram(counts: Sequence[int], low: int, high: int, mean: float, *, title: str) -> Markup:
    """How many have which score, in equal steps from `low` to `high`; the mean has a line."""
    bars = together(counts)
    if not bars or max(bars) <= 0 or low >= high:
        raise NothingToDraw("nobody has a score")
    width, room, height = 100 / len(bars), 90.0, 110
    half = width / 2
    tall = [room * count / max(bars) for count in bars]
    parts = [
        f'<rect class="fig-bar" x="{round((place + 0.08) * width, 3)}%" y="{round(room - up, 1)}"'
        f' width="{round(0.84 * width, 3)}%" height="{round(up, 1)}" fill="{TONES[2]}"/>'
        for place, up in enumerate(tall)
    ]

    def at(score: float) -> float:
        return round(half + (score - low) / (high - low) * (100 - width), 3)

    parts.append(_line(0, room, 100, room, "fig-tick", FAINT))
    parts.append(_line(at(mean), 0, at(mean), room, "fig-mark", SOFT, 1.5))
    parts += [_text(at(code), room + 15, str(code), "fig-axis-text", fill=SOFT) for code in range(low, high + 1)]
    return _svg(parts, height=height, title=title, kind="histogram")


def together(counts: Sequence[int]) -> list[int]:
    """Neighbouring steps taken together until there are few enough bars to see; the last may span fewer steps."""
    size = max(1, -(-len(counts) // MOST_BARS))
    return [sum(counts[start : start + size]) for start in range(0, len(counts), size)]


def trend(points: Sequence[TrendPoint], *, title: str, axis: Axis = POINTS) -> Markup:
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
