"""What earlier waves of a series showed, and change as the difference between what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl import stats

from ..payload import Page, ShownChange, Then

Int = NDArray[np.int64]

NOT_THERE, HIDDEN, NOT_ASKED, CHANGED, SHOWN = range(5)
GAPS = ("not_there", "hidden", "not_asked", "changed", "")

# How a unit is found again: its key in people and, for a grade, which one.
Key = tuple[int, int | None]


@dataclass(frozen=True, eq=False)
class Earlier:
    """One earlier wave as the nodes of this wave see it; arrays of shape (nodes, scales)."""

    state: NDArray[np.int8]
    points: Int
    half: Int


def earlier(
    keys: Sequence[Key],
    scales: Sequence[tuple[str, str]],
    then_scales: Sequence[tuple[str, str]],
    then_pages: dict[Key, Page],
) -> Earlier:
    """Find this wave's nodes and scales, given as (key, digest), in an earlier release."""
    place = {key: (number, digest) for number, (key, digest) in enumerate(then_scales)}
    shape = (len(keys), len(scales))
    state = np.full(shape, NOT_THERE, dtype=np.int8)
    points, half = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    fixed: dict[int, int] = {}
    compared: list[tuple[int, int]] = []
    for number, (key, digest) in enumerate(scales):
        if key not in place:
            fixed[number] = NOT_ASKED
        elif place[key][1] != digest:
            fixed[number] = CHANGED
        else:
            compared.append((number, place[key][0]))
    for number, why in fixed.items():
        state[:, number] = why
    for row, unit in enumerate(keys):
        page = then_pages.get(unit)
        if page is None:
            continue
        for number, other in compared:
            value = page.scales[other].value
            if value is None:
                state[row, number] = HIDDEN
            else:
                state[row, number] = SHOWN
                points[row, number], half[row, number] = value.points, value.half
    return Earlier(state, points, half)


@dataclass(frozen=True, eq=False)
class Changes:
    """Shown now minus what the latest earlier wave showed; arrays of shape (nodes, scales)."""

    wave: Int  # position among the earlier waves, -1 = nothing to compare with
    points: Int
    half: Int
    certain: NDArray[np.bool_]


def changes(points: Int, half: Int, shown: NDArray[np.bool_], waves: Sequence[Earlier]) -> Changes:
    """Change of every node and scale.

    Certain where the 95 % interval of the difference, Holm-adjusted over the scales of the page, excludes 0.
    """
    latest = np.full(points.shape, -1)
    then_points, then_half = np.full(points.shape, np.nan), np.full(points.shape, np.nan)
    for number, then in enumerate(waves):
        there = shown & (then.state == SHOWN)
        latest[there] = number
        then_points[there], then_half[there] = then.points[there], then.half[there]
    found = stats.certain_differences(points, half, then_points, then_half)
    apart = np.where(latest >= 0, found.difference, 0).astype(np.int64)
    width = np.rint(np.where(latest >= 0, found.half_width, 0)).astype(np.int64)
    return Changes(latest, apart, width, found.certain)


def changes_of(found: Changes, scale: int, rows: slice) -> list[ShownChange | None]:
    """One scale's changes at the nodes of a chunk."""
    columns = (found.wave, found.points, found.half, found.certain)
    cells = zip(*(column[rows, scale].tolist() for column in columns), strict=True)
    return [ShownChange(*cell) if cell[0] >= 0 else None for cell in cells]


def traces(waves: Sequence[Earlier], scale: int, rows: slice) -> list[list[Then]]:
    """One scale's earlier results at the nodes of a chunk, oldest first, with a reason where there is none."""
    columns = [
        [
            Then(number, GAPS[state], points, half)
            for state, points, half in zip(
                *(table[rows, scale].tolist() for table in (wave.state, wave.points, wave.half)), strict=True
            )
        ]
        for number, wave in enumerate(waves)
    ]
    return [list(cell) for cell in zip(*columns, strict=True)]
