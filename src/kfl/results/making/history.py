"""What earlier waves of a series showed at this wave's nodes, as it stands on their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..payload import Page, Then
from .computed import Float
from .sheet_arrays import Int
from .variance_levels import INNER

NOT_THERE, HIDDEN, NOT_ASKED, CHANGED, SHOWN = range(5)
GAPS = ("not_there", "hidden", "not_asked", "changed", "")

# How a unit is found again: its key in people and, for a grade, which one.
Key = tuple[int, int | None]


@dataclass(frozen=True, eq=False)
class Earlier:
    """One earlier wave as the nodes of this wave see it; arrays of shape (nodes, scales)."""

    state: NDArray[np.int8]
    n: Int
    points: Int
    half: Int
    d: Float  # (inner, nodes, scales) shares of the blocks below, as its pages hold them
    parent: Int  # (nodes,) the node of this wave that each hung under then, -1 = none of them, or not there
    invited: Int  # (nodes,) then, 0 = not there


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
    n, points, half = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    d = np.zeros((INNER, *shape))
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
    parent, invited = np.full(len(keys), -1), np.zeros(len(keys), dtype=np.int64)
    row_of = {page.node: row for row, unit in enumerate(keys) if (page := then_pages.get(unit)) is not None}
    for row, unit in enumerate(keys):
        page = then_pages.get(unit)
        if page is None:
            continue
        invited[row] = page.invited
        parent[row] = next((row_of[above.number] for above in reversed(page.trail) if above.number in row_of), -1)
        for number, other in compared:
            result = page.scales[other]
            value = result.value
            if value is None:
                state[row, number] = HIDDEN
            else:
                state[row, number] = SHOWN
                n[row, number], points[row, number], half[row, number] = value.n, value.points, value.half
                d[:, row, number] = result.d
    return Earlier(state, n, points, half, d, parent, invited)


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
