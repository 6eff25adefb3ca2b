"""The building-block rule: hide until what is hidden under each shown node is itself a safe group.

What is hidden under a node, taken together - its hidden children and the people who hang directly on it -
follows by subtraction from what is shown. So it must obey the same rule as a shown group, or be empty.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kfl.disclosure.rules import Bool, Int
from kfl.disclosure.tree import Tree


def close(tree: Tree, totals: Int, candidate: Bool, size: Int, unsafe: Callable[[Int], Bool]) -> Bool:
    """Nodes to show: as many candidates as can stand without giving away what is hidden beside them.

    Under each node the smallest shown child is hidden (the first by number when two are as small), with
    its subtree, for as long as the hidden ones together are unsafe. It ends: when all children are hidden,
    together they are the node itself, and a candidate is safe.

    Parameters
    ----------
    tree : Tree
        N nodes.
    totals : int array, shape (N, ...)
        Counts of each node with everything under it.
    candidate : bool array, shape (N,)
        Nodes that are safe by themselves.
    size : int array, shape (N,)
        By which the smallest is chosen.
    unsafe : callable
        From counts of shape (M, ...) to M marks. A group without answers is not unsafe, and a group that
        holds a safe one is safe.

    Returns
    -------
    bool array, shape (N,)
        Shown nodes; everything above a shown node is shown.
    """
    shown = candidate.copy()
    rest = totals - tree.children_sum(np.where(_like(candidate, totals), totals, 0))
    queue = np.flatnonzero(candidate[1:]) + 1
    queue = queue[np.lexsort((queue, size[queue], tree.parent[queue]))]
    place = np.searchsorted(tree.parent[queue], np.arange(len(tree)))
    end = np.searchsorted(tree.parent[queue], np.arange(len(tree)), side="right")

    bad = np.flatnonzero(candidate)
    bad = bad[unsafe(rest[bad])]
    while len(bad := bad[place[bad] < end[bad]]):
        smallest = queue[place[bad]]
        shown[smallest] = False
        rest[bad] += totals[smallest]
        place[bad] += 1
        bad = bad[unsafe(rest[bad])]
    return tree.with_all_above(shown)


def own_blocks(tree: Tree, totals: Int, shown: Bool) -> Int:
    """What each shown node holds outside its shown children: the smallest groups that can be worked out.

    Parameters
    ----------
    tree : Tree
        N nodes.
    totals : int array, shape (N, ...)
        Counts of each node with everything under it.
    shown : bool array, shape (N,)
        From `close`.

    Returns
    -------
    int array, shape (N, ...)
        Zero at hidden nodes.
    """
    visible = np.where(_like(shown, totals), totals, 0)
    return visible - tree.children_sum(visible)


def _like(mask: Bool, values: Int) -> Bool:
    """The mask with as many axes as the values."""
    return mask.reshape(-1, *(1,) * (values.ndim - 1))
