"""The frozen tree of a form in a wave: county over municipality over school over grade over class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.rules import Bool, Int


class BadTree(ValueError):
    """Not one tree with its root first and every parent before its children."""


class Tree:
    """Nodes 0..N-1 with the root first and parents before children; children never overlap.

    Parameters
    ----------
    parent : integer array, shape (nodes,)
        Number of each node's parent; -1 for the root, which is node 0.

    Raises
    ------
    BadTree
        See the class of that name.
    """

    def __init__(self, parent: NDArray[np.integer[Any]]) -> None:
        if parent.ndim != 1 or not len(parent) or not np.issubdtype(parent.dtype, np.integer):
            raise BadTree("parent must be a list of whole numbers, one for each node")
        self.parent: Int = parent.astype(np.int64)
        self.parent.flags.writeable = False
        below = self.parent[1:]
        if self.parent[0] != -1 or (below < 0).any() or (below >= np.arange(1, len(parent))).any():
            raise BadTree("node 0 must be the only root, and parents must come before their children")
        self.depth: Int = np.zeros(len(parent), dtype=np.int64)
        while True:  # one round for each level
            deeper = self.depth[below] + 1
            if (deeper == self.depth[1:]).all():
                break
            self.depth[1:] = deeper
        order = np.lexsort((self.parent, self.depth))
        #: Nodes of each level, siblings side by side.
        self.levels: list[Int] = np.split(order, np.flatnonzero(np.diff(self.depth[order])) + 1)

    def __len__(self) -> int:
        return len(self.parent)

    def totals(self, own: NDArray[np.integer[Any]]) -> Int:
        """Each node with everything under it.

        Parameters
        ----------
        own : integer array, shape (nodes, ...)
            What hangs directly on each node.

        Returns
        -------
        int array, shape (nodes, ...)
            Exact sums.
        """
        totals = own.astype(np.int64)
        for level in reversed(self.levels[1:]):
            self.add_to_parents(totals, totals, level)
        return totals

    def children_sum(self, values: Int) -> Int:
        """Sum over the children of each node.

        Parameters
        ----------
        values : int array, shape (nodes, ...)
            A value for each node.

        Returns
        -------
        int array, shape (nodes, ...)
            Zero where there are no children.
        """
        sums = np.zeros_like(values)
        for level in self.levels[1:]:
            self.add_to_parents(sums, values, level)
        return sums

    def add_to_parents(self, sums: Int, values: Int, nodes: Int) -> None:
        """Add the values of some nodes to the sums of their parents, in place.

        Parameters
        ----------
        sums, values : int array, shape (nodes, ...)
            May be the same array when `nodes` are all on one level.
        nodes : int array
            None of them the root, siblings side by side as in `levels`.
        """
        if len(nodes):
            parents, first = np.unique(self.parent[nodes], return_index=True)
            rows = values[nodes].reshape(len(nodes), -1)  # numpy adds long flat rows far faster
            sums[parents] += np.add.reduceat(rows, first, axis=0).reshape(-1, *values.shape[1:])

    def with_all_above(self, mask: Bool) -> Bool:
        """Keep only the marked nodes whose ancestors are all marked.

        Parameters
        ----------
        mask : bool array, shape (nodes,)
            Marked nodes.

        Returns
        -------
        bool array, shape (nodes,)
            A new array.
        """
        kept = mask.copy()
        for level in self.levels[1:]:
            kept[level] &= kept[self.parent[level]]
        return kept

    def nearest(self, mask: Bool) -> Int:
        """The marked node nearest to each: itself or the first one above.

        Parameters
        ----------
        mask : bool array, shape (nodes,)
            Marked nodes, for instance those that are shown.

        Returns
        -------
        int array, shape (nodes,)
            Node numbers, -1 where no node up to the root is marked.
        """
        found = np.where(mask, np.arange(len(self)), -1)
        for level in self.levels[1:]:
            lacking = level[found[level] < 0]
            found[lacking] = found[self.parent[lacking]]
        return found
