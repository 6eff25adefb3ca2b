"""One set of sheets beside another over nearly the same: whether the numbers of both together single out a few.

Every number of a release is a sum over its blocks. So of two releases any combination is constant where a block of the
one meets a block of the other; where each such cell holds k sheets or none, nobody is singled out. A smaller cell is
let be only where it is the whole block of both, and the same rules hide it in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.tree import Tree

Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Hung:
    """Sheets on their wave's tree, and for each set behind a number which sheets it holds.

    Attributes
    ----------
    tree : Tree
        The wave's frozen tree.
    node : integer array, shape (sheets,)
        The node that each hangs on.
    partner : integer array, shape (sheets,)
        The same sheet's row in the other wave; -1 = it has none.
    sets : bool array, shape (sets, sheets)
        One row for each number; in the other wave the same row is the number that it could be subtracted from.
    """

    tree: Tree
    node: Ints
    partner: Ints
    sets: Bools

    def lacking(self, other: Hung) -> Bools:
        """Which sheets of each set are not in the other wave's set."""
        return self.sets & ~(other.sets[:, self.partner] & (self.partner >= 0))

    def by_node(self, sets: Bools) -> Ints:
        """How many sheets of each set hang on each node itself; shape (nodes, sets)."""
        return np.stack([np.bincount(self.node[row], minlength=len(self.tree)) for row in sets], axis=1)


def few_are_told_apart(old: Hung, new: Hung, k: int, *, alike: bool) -> bool:
    """Whether numbers of both waves together may be about 1 to k − 1 sheets.

    Parameters
    ----------
    old, new : Hung
        With the same sets in one order.
    k : int
        The smallest number that may be told apart.
    alike : bool
        Whether the same rules decide in both what is hidden: the same scales and thresholds.

    Returns
    -------
    bool
    """
    if not len(old.node) or not len(new.node):
        return False
    for one, other in ((old, new), (new, old)):
        if few_are_missing(one.tree, one.by_node(one.sets), one.by_node(one.lacking(other)), k):
            return True
    return any(_cells_are_small(old, new, number, k, alike=alike) for number in range(len(old.sets)))


def _cells_are_small(old: Hung, new: Hung, number: int, k: int, *, alike: bool) -> bool:
    mine, theirs = _finest_blocks(old, number, k), _finest_blocks(new, number, k)
    here, there = old.sets[number], new.sets[number]
    both = np.flatnonzero(here & (old.partner >= 0) & there[old.partner])
    pairs = np.stack([mine[both], theirs[old.partner[both]]], axis=1)
    shown = (pairs >= 0).all(axis=1)
    cells, size = np.unique(pairs[shown], axis=0, return_counts=True)
    whole, whole_there = (
        np.bincount(block[held & (block >= 0)], minlength=1) for block, held in ((mine, here), (theirs, there))
    )
    small = size < k
    parts = (size != whole[cells[:, 0]]) | (size != whole_there[cells[:, 1]])
    if (small & parts).any() or _part_is_left_over(old, new, number, mine, whole, k):
        return True
    if _part_is_left_over(new, old, number, theirs, whole_there, k):
        return True
    return bool(small.any()) and not (alike and _same_families(old, new, number, both, k))


def _part_is_left_over(hung: Hung, other: Hung, number: int, block: Ints, whole: Ints, k: int) -> bool:
    """Whether of some block 1 to k − 1 sheets are in this wave only, and others are not."""
    lacking = hung.sets[number] & ~((hung.partner >= 0) & other.sets[number][hung.partner])
    gone = np.bincount(block[lacking & (block >= 0)], minlength=len(whole))
    return bool(((gone > 0) & (gone < k) & (gone < whole)).any())


def _finest_blocks(hung: Hung, number: int, k: int) -> Ints:
    """By sheet, the lowest node over it with k or more of the set, -1 = none: no way of hiding has finer blocks."""
    total = hung.tree.totals(np.bincount(hung.node[hung.sets[number]], minlength=len(hung.tree)))
    block = np.where(total >= k, np.arange(len(total)), -1)
    for node in range(1, len(total)):
        if block[node] < 0:
            block[node] = block[hung.tree.parent[node]]
    found: Ints = block[hung.node]
    return found


def _same_families(old: Hung, new: Hung, number: int, both: Ints, k: int) -> bool:
    """Whether the nodes that can be shown hold the same sheets in both trees, of those that are in both waves."""
    mark = np.random.default_rng(len(both)).integers(1, 2**62, len(both))
    families = []
    for hung, rows in ((old, both), (new, old.partner[both])):
        total = hung.tree.totals(np.bincount(hung.node[hung.sets[number]], minlength=len(hung.tree)))
        marks = np.zeros(len(hung.tree), dtype=np.int64)
        np.add.at(marks, hung.node[rows], mark)
        families.append(set(hung.tree.totals(marks)[total >= k].tolist()) - {0})
    return families[0] == families[1]


def few_are_missing(tree: Tree, direct: Ints, missing: Ints, k: int) -> bool:
    """Whether a block may hold 1 to k − 1 of what is missing from the other set.

    Which nodes are shown is not asked: each with k sheets may be, and what hangs below a node under smaller ones, or
    on it directly, is its hidden rest. A rest of fewer than k is released only together with a sibling.

    Parameters
    ----------
    tree : Tree
        Parents stand before their children.
    direct : integer array, shape (nodes, sets)
        Sheets that hang on each node itself.
    missing : integer array, shape (nodes, sets)
        How many of them the other set lacks.
    k : int
        The smallest number that may be told apart.

    Returns
    -------
    bool
    """
    total, gone = direct.copy(), missing.copy()
    rest, rest_gone = direct.copy(), missing.copy()
    next_to_equal = np.zeros(direct.shape, dtype=bool)
    found = False
    for node in range(len(direct) - 1, -1, -1):
        small, few = total[node] < k, (gone[node] > 0) & (gone[node] < k)
        few_in_rest = (rest_gone[node] > 0) & (rest_gone[node] < k)
        found |= bool((~small & few).any() or (few_in_rest & ((rest[node] >= k) | next_to_equal[node])).any())
        above = int(tree.parent[node])
        if above >= 0:
            total[above] += total[node]
            gone[above] += gone[node]
            rest[above] += np.where(small, total[node], 0)
            rest_gone[above] += np.where(small, gone[node], 0)
            next_to_equal[above] |= ~small & (gone[node] == 0)
    return found
