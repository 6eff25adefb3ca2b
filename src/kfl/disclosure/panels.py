"""Those who answered in both waves beside everybody: at which nodes the panel can be shown without giving away a few.

A panel divides each block in those who are in it and those who are not, as gender does, and in the trees of two
waves at once. Numbers of the panel, of girls and boys, and of another panel of the same wave may be put together:
the girls minus the panel leave girls outside it and boys in it. Whatever coefficients somebody gives them, in each
block, and within it among people who are alike in all else that numbers may tell apart, at the least the smaller of
"in" and "out" is left. So the sum of these over the blocks that one panel covers must be nobody or at least k.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.rules import Bool, Int, JudgedScale
from kfl.disclosure.tree import Tree


class BadPanel(ValueError):
    """Sheets, marks and trees of a panel do not belong together."""


@dataclass(frozen=True, eq=False)
class PanelWave:
    """One of the two waves of a panel: its sheets of scales that share items, and what it has released of them.

    Attributes
    ----------
    tree : Tree
        The wave's frozen tree.
    node : int array, shape (sheets,)
        The node that each hangs on.
    codes : integer array, shape (rows, sheets)
        Answers, -1 = not answered; `scales` name their items by row.
    scales : sequence of JudgedScale
        All scales that share items; they are decided as one.
    part : int array, shape (sheets,)
        What other numbers of the wave may tell apart in a block: gender, and whether the sheet is complete.
    alone : bool array, shape (sheets,)
        Whether the person handed in no other sheet: only those count towards k.
    member : bool array, shape (sheets,)
        Who is in the panel.
    shown : bool array, shape (nodes,)
        Where the wave shows the scales.
    k : int
        Fewest that may stand together in this wave.
    other : bool array, shape (sheets,), or None
        Who is in the wave's other panel, which was shown before; None where that can't be told any more.
    other_shown : bool array, shape (nodes,), or None
        Where that one is shown; None where there is no other.
    lost : int array, shape (nodes,), or None
        By lowest shown node, sheets that the wave's release holds and that were erased since.
    """

    tree: Tree
    node: Int
    codes: NDArray[np.integer[Any]]
    scales: Sequence[JudgedScale]
    part: Int
    alone: Bool
    member: Bool
    shown: Bool
    k: int
    other: Bool | None = None
    other_shown: Bool | None = None
    lost: Int | None = None

    def __post_init__(self) -> None:
        sheets, nodes = len(self.node), len(self.tree)
        by_sheet = (self.part, self.alone, self.member, *([] if self.other is None else [self.other]))
        by_node = (self.shown, *(one for one in (self.other_shown, self.lost) if one is not None))
        if self.codes.ndim != 2 or any(one.shape != (sheets,) for one in (*by_sheet, self.codes[0])):
            raise BadPanel("a column of the sheets has another length")
        if any(one.shape != (nodes,) for one in by_node) or (
            sheets and not 0 <= self.node.min() <= self.node.max() < nodes
        ):
            raise BadPanel("the marks, or the sheets, do not fit the tree")

    @property
    def items(self) -> list[int]:
        """Rows of all items of the scales."""
        return sorted({item for scale in self.scales for item in scale.items})


def decide_panel(later: PanelWave, earlier: PanelWave, pairs: Int, partner: Int) -> Bool:
    """Nodes where the panel may be shown, decided from the lowest level up.

    Parameters
    ----------
    later, earlier : PanelWave
        The two waves; the later one's release is being made, the earlier one's is out.
    pairs : int array, shape (pairs, 2)
        Nodes of the later and of the earlier tree that are the same unit, at levels where a panel is asked for.
    partner : int array, shape (sheets of the later wave,)
        Row of the same person's sheet in the earlier wave; -1 = none.

    Returns
    -------
    bool array, shape (pairs,)
        Not closed upwards: it may stand at a school and not in its municipality. Where a unit could show its panel but
        for a few who are left beside those shown below it, the smallest of these give way.
    """
    shown = _same_people(later, earlier, pairs, partner)
    for wave, at in zip((later, earlier), pairs.T, strict=True):
        shown &= wave.shown[at] & _both_large(wave)[at]
    both = _Both(later, earlier, pairs)
    marked = np.zeros(len(pairs), dtype=bool)
    depth = later.tree.depth[pairs[:, 0]]
    for level in np.unique(depth)[::-1]:
        tried = shown & (depth == level)
        stands = both.stand(marked | tried)
        marked = both.with_room_for(marked | (tried & stands), tried & ~stands)
    # Where the two trees order their nodes alike nothing more falls; else what does leaves its blocks to the one above.
    while not (stands := both.stand(marked) | ~marked).all():
        marked &= stands
    return marked


class _Both:
    """Panels in the trees of both waves: a mark for each pair of nodes."""

    def __init__(self, later: PanelWave, earlier: PanelWave, pairs: Int) -> None:
        self._tree, self._at = later.tree, pairs[:, 0]
        self._left = [(_Left(wave), at) for wave, at in zip((later, earlier), pairs.T, strict=True)]
        own = np.bincount(later.node[later.member], minlength=len(later.tree))
        self._size = later.tree.totals(own)[self._at]

    def stand(self, marked: Bool) -> Bool:
        """For each pair whether a panel there gives away nobody, when it is shown at the marked ones."""
        return np.asarray(np.logical_and.reduce([left.stands(at, marked) for left, at in self._left]))

    def with_room_for(self, marked: Bool, short: Bool) -> Bool:
        """The marks, with those that are short where room can be made for them, and without those that give way."""
        possible = short & self.stand((marked & (self._above(marked, short) < 0)) | short)
        while (still := possible & ~self.stand(marked | possible)).any():
            above = self._above(marked, marked | still)
            below = np.flatnonzero(marked & (above >= 0) & still[above])
            below = below[np.lexsort((self._size[below], above[below]))]
            marked = marked.copy()
            marked[below[np.unique(above[below], return_index=True)[1]]] = False
        return marked | possible

    def _above(self, of: Bool, among: Bool) -> Int:
        """For each pair of `of` the nearest one of `among` above it, -1 = none."""
        place = np.full(len(self._tree), -1)
        place[self._at[among]] = np.flatnonzero(among)
        nearest = self._tree.nearest(place >= 0)
        parent = self._tree.parent[self._at]
        node = np.where(parent >= 0, nearest[np.maximum(parent, 0)], -1)
        return np.where(of & (node >= 0), place[np.maximum(node, 0)], -1)


def _same_people(later: PanelWave, earlier: PanelWave, pairs: Int, partner: Int) -> Bool:
    """Whether the panel under both nodes of a pair is the same persons: else it is no split of the earlier number."""
    mark = np.random.default_rng(len(partner)).integers(1, 2**40, len(partner))
    members = np.flatnonzero(later.member)
    if (partner[members] < 0).any() or earlier.member.sum() != len(members):
        raise BadPanel("the two waves do not hold the same panel")
    totals = []
    for wave, rows in ((later, members), (earlier, partner[members])):
        own = np.zeros((len(wave.tree), 2), dtype=np.int64)
        np.add.at(own, wave.node[rows], np.stack([np.ones(len(rows), dtype=np.int64), mark[members]], axis=1))
        totals.append(wave.tree.totals(own))
    return np.asarray((totals[0][pairs[:, 0]] == totals[1][pairs[:, 1]]).all(axis=1))


def _both_large(wave: PanelWave) -> Bool:
    """Where each item has at least k in the panel and k outside it; shape (nodes,)."""
    enough = np.ones(len(wave.tree), dtype=bool)
    for item in wave.items:
        counted = wave.alone & (wave.codes[item] >= 0)
        for side in (wave.member, ~wave.member):
            own = np.bincount(wave.node[counted & side], minlength=len(wave.tree))
            enough &= wave.tree.totals(own) >= wave.k
    return enough


class _Left:
    """What is left of each block at the least, whatever else is subtracted from the panel."""

    def __init__(self, wave: PanelWave) -> None:
        self.wave = wave
        block = wave.tree.nearest(wave.shown)[wave.node]
        seen = block >= 0
        self.blocks, place = np.unique(block[seen], return_inverse=True)
        self._seen = seen
        covered = np.zeros(len(wave.tree), dtype=bool)
        if wave.other_shown is not None:
            covered = wave.tree.nearest(wave.other_shown) >= 0
        self._covered = covered[self.blocks]
        self._signs = _SIGNS if self._covered.any() else _SIGNS[:1]
        self._parts = int(wave.part.max(initial=0)) + 1
        lost = np.zeros(len(wave.tree), dtype=np.int64) if wave.lost is None else wave.lost
        self._lost = lost[self.blocks] > 0
        other = np.zeros(len(wave.node), dtype=bool) if wave.other is None else wave.other
        inside = (other * 2 + wave.member) * self._parts + wave.part
        self._index = inside[seen] * len(self.blocks) + place
        everybody = np.ones(len(wave.node), dtype=bool)
        both = [everybody] if wave.alone.all() else [everybody, wave.alone]
        by_item = [self._answers(item) for item in wave.items]
        self.mixed, self.people = (np.stack(table, axis=1) for table in zip(*by_item, strict=True))  # (blocks, items)
        # By scale: (blocks, 1) whether anybody is told apart, and (blocks, ends and sets) answers off the end.
        self.off_ends = []
        for scale in wave.scales:
            columns = [wave.items.index(item) for item in scale.items]
            mixed = np.asarray(self.mixed[:, columns].any(axis=1, keepdims=True))
            self.off_ends.append((mixed, self._off_ends(scale, both)))

    def stands(self, at: Int, marked: Bool) -> Bool:
        """For each node whether a panel there gives away nobody, when it is shown at the marked ones."""
        marks = np.zeros(len(self.wave.tree), dtype=bool)
        marks[at[marked]] = True
        owner: Int = self.wave.tree.nearest(marks)[self.blocks]
        unsafe = (_by_owner(owner, self.mixed, len(marks)) > 0) & (
            _by_owner(owner, self.people, len(marks)) < self.wave.k
        )
        few = np.asarray(unsafe.any(axis=1))
        for mixed, off in self.off_ends:
            there = _by_owner(owner, mixed, len(marks)) > 0
            few |= (there & (_by_owner(owner, off, len(marks)) <= 1)).any(axis=1)
        return np.asarray(~few[at])

    def _answers(self, item: int) -> tuple[Bool, Int]:
        """By block: whether some are in the panel and some are not, and how many who count are left at the least."""
        answered = np.asarray(self.wave.codes[item] >= 0)
        cells = counted = self._cells(answered)
        if not self.wave.alone.all():
            counted = self._cells(answered & self.wave.alone)
        inside, outside = (cells[:, which].sum(axis=(0, 1)) > 0 for which in (1, 0))
        people = counted.sum(axis=(0, 1))
        left = [people - np.stack(same).max(axis=0) for same in _classes(counted, self._signs)]
        return np.asarray(inside & (outside | self._lost)), self._least(left)

    def _off_ends(self, scale: JudgedScale, both: Sequence[Bool]) -> Int:
        columns = []
        for held in both:
            off = []
            for end in scale.ends():
                pairs = zip(scale.items, end, strict=True)
                beside = [(self.wave.codes[item] >= 0) & (self.wave.codes[item] != code) for item, code in pairs]
                off.append(self._cells(np.sum(beside, axis=0) * held))
            for up, down in (off, off[::-1]):
                least = [np.stack(list(_beyond(up, down, sign))).min(axis=0) for sign in self._signs]
                columns.append(self._least(least))
        return np.stack(columns, axis=1)

    def _least(self, by_sign: list[Int]) -> Int:
        """The smallest over the coefficients of the other panel, where it can be used; 0 where nobody knows it."""
        by_block = [one.sum(axis=0) for one in by_sign]
        known: Int = np.minimum.reduce(by_block)
        least = known if self.wave.other is not None else np.zeros_like(known)
        return np.where(self._covered, least, by_block[0])

    def _cells(self, many: NDArray[Any]) -> Int:
        """So many of each sheet, by other panel, panel, part and block; shape (2, 2, parts, blocks)."""
        shape = (2, 2, self._parts, len(self.blocks))
        found = np.bincount(self._index, weights=many[self._seen], minlength=int(np.prod(shape)))
        return found.astype(np.int64).reshape(shape)


_SIGNS = (0, 1, -1)  # of the other panel's coefficient beside 1 for the panel: no other value makes more people alike


def _classes(cells: Int, signs: Sequence[int]) -> Iterator[list[Int]]:
    """For each coefficient of the other panel, the people who then have one coefficient; arrays (parts, blocks)."""
    for sign in signs:
        yield [
            sum(
                (cells[other, inside] for other in (0, 1) for inside in (0, 1) if sign * other + inside == value),
                np.zeros(cells.shape[2:], dtype=np.int64),
            )
            for value in range(min(sign, 0), max(sign, 0) + 2)
        ]  # fmt: skip


def _beyond(up: Int, down: Int, sign: int) -> Iterator[Int]:
    """Answers that keep what is left from its end, for each value that is subtracted; arrays (parts, blocks)."""
    for value in range(min(sign, 0), max(sign, 0) + 2):
        found = np.zeros(up.shape[2:], dtype=np.int64)
        for other in (0, 1):
            for inside in (0, 1):
                left = sign * other + inside - value
                if left:
                    found += (up if left > 0 else down)[other, inside]
        yield found


def _by_owner(owner: Int, values: NDArray[Any], nodes: int) -> Int:
    """Sums over the blocks of each owner; those without one belong to no panel."""
    there = owner >= 0
    columns = values[there].T.astype(np.float64)  # exact below 2**53
    sums = [np.bincount(owner[there], weights=column, minlength=nodes) for column in columns]
    return np.stack(sums, axis=1).astype(np.int64)
