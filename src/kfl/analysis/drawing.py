"""The report's small figures as SVG; colours come from its style sheet by class, the numbers stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

MOST_BARS = 28
WIDTH, HEIGHT = 320, 96
ROW_WIDTH, ROW_HEIGHT = 180, 18
EDGE = 6


@dataclass(frozen=True)
class Axis:
    """Points from `low` to `high` over the width of a row's figure."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies, in units of the figure; outside the axis at its edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(EDGE + share * (ROW_WIDTH - 2 * EDGE), 1)


def axis_over(means: Sequence[float]) -> Axis:
    """An axis from 400 to 600, wider by whole fifties where means need it, but never beyond 300 and 700.

    Parameters
    ----------
    means : sequence of float
        Points to be shown; ends of intervals may lie outside.

    Returns
    -------
    Axis
    """
    low = min([400.0, *(50 * float(np.floor(mean / 50)) for mean in means)])
    high = max([600.0, *(50 * float(np.ceil(mean / 50)) for mean in means)])
    return Axis(max(low, 300.0), min(high, 700.0))


def interval(axis: Axis, mean: float, low: float | None, high: float | None, mark: float | None) -> Markup:
    """One group's mean with its interval, and a line at the whole file's mean.

    Parameters
    ----------
    axis : Axis
        The same for all rows of a table.
    mean : float
        In points.
    low, high : float or None
        The interval, where there is one.
    mark : float or None
        The whole file's mean.

    Returns
    -------
    Markup
        Hidden from screen readers: the numbers stand in the same row.
    """
    middle = ROW_HEIGHT / 2
    parts = []
    if mark is not None:
        parts.append(f'<line class="mark" x1="{axis.at(mark)}" x2="{axis.at(mark)}" y1="0" y2="{ROW_HEIGHT}"/>')
    if low is not None and high is not None:
        parts.append(f'<line class="span" x1="{axis.at(low)}" x2="{axis.at(high)}" y1="{middle}" y2="{middle}"/>')
    parts.append(f'<circle class="dot" cx="{axis.at(mean)}" cy="{middle}" r="4"/>')
    body = "".join(parts)
    return Markup(
        f'<svg class="interval" viewBox="0 0 {ROW_WIDTH} {ROW_HEIGHT}" width="{ROW_WIDTH}" height="{ROW_HEIGHT}"'
        f' aria-hidden="true">{body}</svg>'
    )


def shares_bar(shares: Sequence[float]) -> Markup:
    """The share of each code as one divided bar.

    Parameters
    ----------
    shares : sequence of float
        0 to 1, from the lowest code.

    Returns
    -------
    Markup
        Hidden from screen readers: the numbers stand in the same row.
    """
    parts, x = [], 0.0
    for place, share in enumerate(shares):
        tone = round(1 + 4 * place / max(len(shares) - 1, 1))
        parts.append(f'<rect class="tone-{tone}" x="{x:.2f}" width="{100 * share:.2f}" y="0" height="12"/>')
        x += 100 * share
    body = "".join(parts)
    return Markup(
        f'<svg class="shares" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{body}</svg>'
    )


def histogram(counts: NDArray[np.int64], low: int, high: int, mean: float, title: str) -> Markup:
    """How many persons have which score.

    Parameters
    ----------
    counts : int64 array, shape (steps,)
        Persons by score, in equal steps from the lowest code to the highest.
    low, high : int
        Lowest and highest code.
    mean : float
        Of the scores; gets a line.
    title : str
        For screen readers; says what the figure shows.

    Returns
    -------
    Markup
    """
    bars = together(counts)
    tallest = max(int(bars.max()), 1)
    room, width = HEIGHT - 20, WIDTH / len(bars)
    parts = []
    for place, count in enumerate(bars.tolist()):
        tall = room * count / tallest
        x = place * width + width * 0.08
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{room - tall:.1f}" width="{width * 0.84:.1f}" height="{tall:.1f}"/>'
        )
    parts.append(f'<line class="base" x1="0" x2="{WIDTH}" y1="{room}" y2="{room}"/>')
    half = WIDTH / len(bars) / 2

    def at(score: float) -> float:
        return half + (score - low) / (high - low) * (WIDTH - 2 * half)

    parts.append(f'<line class="mark" x1="{at(mean):.1f}" x2="{at(mean):.1f}" y1="0" y2="{room}"/>')
    for code in range(low, high + 1):
        parts.append(f'<text x="{at(code):.1f}" y="{HEIGHT - 5}" text-anchor="middle">{code}</text>')
    body = "".join(parts)
    words = escape(title)
    return Markup(
        f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">'
        f"<title>{words}</title>{body}</svg>"
    )


def together(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Neighbouring steps taken together until there are few enough bars to see.

    Parameters
    ----------
    counts : int64 array, shape (steps,)
        Persons by step.

    Returns
    -------
    int64 array
        The same persons in at most `MOST_BARS` bars; the last may span fewer steps.
    """
    size = -(-len(counts) // MOST_BARS)
    return np.add.reduceat(counts, np.arange(0, len(counts), size))
