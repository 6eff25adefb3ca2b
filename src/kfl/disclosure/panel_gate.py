"""The last check of a panel before a release: whether what is about to be shown obeys the rule, in one wave's tree.

Written from the rule anew, as `gate` is: it counts sheets that are alike in everything that numbers may tell apart,
gives the numbers every coefficient that makes more of them alike, and looks at what is left. It raises at the first
doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.gate import ReleaseRefused, everything_under, lowest_shown
from kfl.disclosure.panels import PanelWave
from kfl.disclosure.rules import Bool, Int

OTHERS_COEFFICIENTS = (0, 1, -1)


def gate_panel(wave: PanelWave, told: Bool) -> None:
    """Return only if the panel may be shown at these nodes beside all else that the wave tells.

    Parameters
    ----------
    wave : PanelWave
        One of the two waves; each is judged by itself.
    told : bool array, shape (nodes,)
        Where the pages hold a number of the panel; best taken from the pages, not from the decision.

    Raises
    ------
    ReleaseRefused
        With the keys of the scales and the rule that is broken.
    """
    scales = ", ".join(scale.key for scale in wave.scales)
    if told.dtype != np.bool_ or told.shape != (len(wave.tree),):
        raise ReleaseRefused(scales, "the marks of the panel do not fit the tree")
    broken = {"a sensitive scale has a panel": told & any(scale.sensitive for scale in wave.scales)}
    broken["a panel is shown without the scale"] = told & ~wave.shown
    for item in wave.items:
        answered = (wave.codes[item] >= 0) & wave.alone
        for name, side in (("in", wave.member), ("outside", ~wave.member)):
            own = np.bincount(wave.node[answered & side], minlength=len(told))
            broken[f"row {item}: too few are {name} the panel"] = told & (everything_under(wave.tree, own) < wave.k)
    for rule, where in broken.items():
        _refuse(scales, rule, where)
    _check_what_is_left(wave, told, scales)


def _check_what_is_left(wave: PanelWave, told: Bool, scales: str) -> None:
    """Of the sheets that have one lowest panel number above them: nobody is told apart, or at least k are."""
    owner, block = (lowest_shown(wave.tree, marks)[wave.node] for marks in (told, wave.shown))
    here = np.flatnonzero((owner < len(told)) & (block < len(told)))
    if not len(here):
        return
    nowhere = np.zeros(len(told), dtype=bool)
    beside = lowest_shown(wave.tree, nowhere if wave.other_shown is None else wave.other_shown)
    gone = np.zeros(len(told), dtype=bool) if wave.lost is None else wave.lost > 0
    sheets = _Sheets(wave, here, block[here], beside[block[here]] < len(told), gone[block[here]])
    owner_of = np.full(len(told), len(told))  # by block: a number of the panel stands only where the scale does
    owner_of[block[here]] = owner[here]

    def by_owner(table: Int) -> Int:
        return np.bincount(owner_of, weights=table, minlength=len(told) + 1)[:-1].astype(np.int64)

    for item in wave.items:
        answered = sheets.codes[item] >= 0
        few = by_owner(sheets.left(answered & sheets.alone)) < wave.k
        _refuse(scales, f"row {item}: a panel leaves too few", few & (by_owner(sheets.apart(answered)) > 0))
    for scale in wave.scales:
        there = sum(by_owner(sheets.apart(sheets.codes[item] >= 0)) for item in scale.items) > 0
        everybody = np.ones(len(here), dtype=bool)
        for held in (everybody,) if sheets.alone.all() else (everybody, sheets.alone):
            for up, down in (scale.ends(), scale.ends()[::-1]):
                alike = by_owner(sheets.off(held, list(scale.items), up, down)) < 2
                _refuse(scales, "a panel leaves a group at an end of the scale", there & alike)


def _refuse(scales: str, rule: str, broken: Bool) -> None:
    if broken.any():
        raise ReleaseRefused(scales, rule, int(broken.sum()))


class _Sheets:
    """The sheets under panel numbers, and what is left of each block; tables by node, 0 where there is no block."""

    def __init__(self, wave: PanelWave, here: Int, block: Int, covered: Bool, gone: Bool) -> None:
        self.codes, self.alone, self.member = wave.codes[:, here], wave.alone[here], wave.member[here].astype(np.int64)
        self.known = wave.other is not None
        self.other = np.zeros(len(here), dtype=np.int64) if wave.other is None else wave.other[here].astype(np.int64)
        self.block, self.covered, self.gone, self.nodes = block, covered, gone, len(wave.tree)
        self.cell = block * (int(wave.part.max(initial=0)) + 1) + wave.part[here]
        self.cells = int(self.cell.max()) + 1
        self.block_of = np.zeros(self.cells, dtype=np.int64)
        self.block_of[self.cell] = block
        self.coefficients = OTHERS_COEFFICIENTS if covered.any() else OTHERS_COEFFICIENTS[:1]

    def apart(self, answered: Bool) -> Int:
        """1 for each block where some are in the panel and some are not."""
        inside = np.bincount(self.block[answered & (self.member == 1)], minlength=self.nodes) > 0
        outside = np.bincount(self.block[answered & (self.member == 0)], minlength=self.nodes) > 0
        outside[self.block[self.gone]] = True
        return (inside & outside).astype(np.int64)

    def left(self, counted: Bool) -> Int:
        """Fewest people of each block whose coefficient is not that of the block."""
        return self._least([self._left(counted, self.member + d * self.other) for d in self.coefficients])

    def off(self, held: Bool, items: list[int], up: list[int], down: list[int]) -> Int:
        """Fewest answers of each block that keep what is left from standing at an end."""
        return self._least([self._off(held, items, up, down, d) for d in self.coefficients])

    def _least(self, tables: list[Int]) -> Int:
        covered = np.zeros(self.nodes, dtype=bool)
        covered[self.block[self.covered]] = True
        least = np.min(tables, axis=0) if self.known else np.zeros_like(tables[0])
        return np.where(covered, least, tables[0])

    def _left(self, counted: Bool, coefficient: Int) -> Int:
        values = int(coefficient.max()) - int(lowest := coefficient.min()) + 1
        key = self.cell[counted] * values + (coefficient[counted] - lowest)
        people = np.bincount(key, minlength=self.cells * values).reshape(-1, values)
        return self._by_block(people.sum(axis=1) - people.max(axis=1))

    def _off(self, held: Bool, items: list[int], up: list[int], down: list[int], d: int) -> Int:
        coefficient = self.member + d * self.other
        found = []
        for taken in self._values(d):
            off = np.zeros(len(self.block), dtype=np.int64)
            for item, high, low in zip(items, up, down, strict=True):
                given = self.codes[item]
                wrong = np.where(coefficient > taken, given != high, (coefficient < taken) & (given != low))
                off += wrong & (given >= 0) & held
            found.append(np.bincount(self.cell, weights=off, minlength=self.cells))
        return self._by_block(np.min(found, axis=0))

    def _values(self, d: int) -> Iterator[int]:
        yield from sorted({inside + d * other for inside in (0, 1) for other in (0, 1)})

    def _by_block(self, values: NDArray[Any]) -> Int:
        """Sums over the cells of each block; cells without sheets hold 0."""
        return np.bincount(self.block_of, weights=values, minlength=self.nodes).astype(np.int64)
