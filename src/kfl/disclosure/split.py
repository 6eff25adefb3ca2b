"""Girls and boys apart: at which nodes that can be shown without giving away a few of either.

Where a split is shown, the girls (and boys, and those with blank gender) of the blocks under it that are
not split further down can be worked out together. Subtracting blocks from them leaves, in each block, at
the least the smaller side. So the sum of the smaller sides must be 0 or at least k: the S(v) of the rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kfl.disclosure.rules import Bool, Int, JudgedScale, over_codes, too_few
from kfl.disclosure.tree import Tree

from .release_blocks import own_blocks

BLANK, GIRLS, BOYS = range(3)  # places on the parts axis of the counts

Placed = tuple[JudgedScale, list[int]]  # a scale, and where its items stand on the items axis


def decide_split(tree: Tree, own: Sequence[Int], shown: Bool, scales: Sequence[Placed], k: int) -> Bool:
    """Nodes where girls and boys may be shown apart, decided from the lowest level up.

    Parameters
    ----------
    tree : Tree
        N nodes.
    own : sequence of int array, shape (N, 3, items, codes)
        People who hang directly on each node: blank, girls, boys. First all; last (it may be the same) those
        who count towards k.
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
    totals = [tree.totals(over_codes(one)) for one in own]
    both = shown & (totals[-1][:, [GIRLS, BOYS]] >= k).all(axis=(1, 2))

    blocks = [own_blocks(tree, one, shown) for one in totals]
    touched, counted = _touched(blocks[0]), _touched(blocks[-1])
    ends = np.stack(
        [
            np.concatenate([_ends(tree, one, shown, there, *placed) for one, there in zip(own, blocks, strict=True)], 1)
            for placed in scales
        ],
        axis=1,
    )
    blank_blocks = too_few(blocks[0][:, BLANK], k, blocks[-1][:, BLANK]).astype(np.int64)

    split = np.zeros(len(tree), dtype=bool)
    for level in reversed(tree.levels):
        few = too_few(touched[level], k, counted[level]).any(axis=-1)
        answers, off_low, off_high = np.moveaxis(ends[level], -1, 0)
        at_an_end = ((answers > 0) & (np.minimum(off_low, off_high) <= 1)).any(axis=(-1, -2))
        split[level] = both[level] & ~few & ~at_an_end & (blank_blocks[level] == 0)
        if level[0] == 0:
            break
        # What is split stands on its own; the rest is left to the node above.
        left = level[~split[level]]
        for carried in (touched, counted, ends, blank_blocks):
            tree.add_to_parents(carried, carried, left)
    return split


def _touched(n: Int) -> Int:
    """Fewest people of each block that a split can single out, by item; shape (N, 4, items).

    Smaller of girls and boys; then girls, boys, blank against all others. With blank gender in a block the
    first alone is not enough: three girls and eight blank give min(girls, boys) = 0, yet the girls stand out.
    """
    others = n.sum(axis=1, keepdims=True) - n
    smaller = np.minimum(n[:, GIRLS], n[:, BOYS])[:, None]
    return np.concatenate([smaller, np.minimum(n, others)], axis=1)


def _ends(tree: Tree, own: Int, shown: Bool, n: Int, scale: JudgedScale, columns: list[int]) -> Int:
    """Answers, answers off the low end and off the high end, of each group that a split lets one work out.

    Shape (N, 6, 3): each part and its complement, for the items where a block holds both. A block of one
    part only is known by itself, so it takes nothing away from the others.
    """
    ends = [own[:, :, columns, end] for end in scale.ends()]
    low, high = (own_blocks(tree, tree.totals(end), shown) for end in ends)
    answered = n[:, :, columns]
    groups = []
    for part in (BLANK, GIRLS, BOYS):
        beside = [other for other in (BLANK, GIRLS, BOYS) if other != part]
        alone, against = answered[:, part], answered[:, beside[0]] + answered[:, beside[1]]
        mixed = (alone > 0) & (against > 0)
        for off in (answered, answered - low, answered - high):
            groups.append(over_codes(np.where(mixed, off[:, part], 0)))
            groups.append(over_codes(np.where(mixed, off[:, beside[0]] + off[:, beside[1]], 0)))
    by_part = np.stack(groups, axis=-1).reshape(len(n), 3, 3, 2)
    return np.asarray(by_part.swapaxes(2, 3).reshape(len(n), 6, 3))
