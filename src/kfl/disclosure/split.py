"""Girls and boys apart: at which nodes that can be shown without giving away a few of either.

Where a split is shown, the girls (and boys, and those with blank gender) of the blocks under it that are
not split further down can be worked out together. Subtracting blocks from them leaves, in each block, at
the least the smaller side. So the sum of the smaller sides must be 0 or at least k: the S(v) of the rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kfl.disclosure.blocks import own_blocks
from kfl.disclosure.rules import Bool, Int, Scale, too_few
from kfl.disclosure.tree import Tree

BLANK, GIRLS, BOYS = range(3)  # places on the parts axis of the counts

Placed = tuple[Scale, list[int]]  # a scale, and where its items stand on the items axis


def decide_split(tree: Tree, totals: Int, shown: Bool, scales: Sequence[Placed], k: int) -> Bool:
    """Nodes where girls and boys may be shown apart, decided from the lowest level up.

    Parameters
    ----------
    tree : Tree
        N nodes.
    totals : int array, shape (N, 3, items, codes)
        People of each node with all under it: blank, girls, boys.
    shown : bool array, shape (N,)
        Nodes that are shown at all.
    scales : sequence of (Scale, columns)
        All scales made of these items.
    k : int
        Fewest that may stand together.

    Returns
    -------
    bool array, shape (N,)
        Not closed upwards: a class may be split where its school is not.
    """
    n = totals.sum(axis=-1)
    both = shown & (n[:, GIRLS] >= k).all(axis=-1) & (n[:, BOYS] >= k).all(axis=-1)

    blocks = own_blocks(tree, totals, shown)
    touched, broken = _touched(blocks)
    broken |= too_few(blocks.sum(axis=-1)[:, BLANK], k)
    ends = np.stack([_ends(blocks, *placed) for placed in scales], axis=1)
    bad_blocks = broken.astype(np.int64)

    split = np.zeros(len(tree), dtype=bool)
    for level in reversed(tree.levels):
        few = too_few(touched[level], k).any(axis=-1)
        answers, off_low, off_high = np.moveaxis(ends[level], -1, 0)
        at_an_end = ((answers > 0) & (np.minimum(off_low, off_high) <= 1)).any(axis=(-1, -2))
        split[level] = both[level] & ~few & ~at_an_end & (bad_blocks[level] == 0)
        # What is split already stands on its own; the rest is left to the node above.
        left = level[~split[level] & (tree.parent[level] >= 0)]
        for carried in (touched, ends, bad_blocks):
            np.add.at(carried, tree.parent[left], carried[left])
    return split
