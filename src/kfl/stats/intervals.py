"""How sure a group's mean is: the half-width of RULES C.3 and the wave-wide numbers it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kfl.stats.errors import BadAnswers
from kfl.stats.grouping import Int, checked_index, depths
from kfl.stats.means import Float
from kfl.stats.sums import Sums
from kfl.stats.variation import intraclass_correlation, pooled_within_sd

# The number that RULES C.3 gives; tests of differences use it too, so that a difference is certain
# exactly when its interval excludes 0.
Z = 1.96


def half_width(n: ArrayLike, s: ArrayLike, b: ArrayLike, rho: ArrayLike) -> Float:
    """Half of the 95 % interval: 1.96 · s · √(1/n) · √(1 + (b - 1)·rho).

    Parameters
    ----------
    n : array_like
        People behind the mean.
    s : array_like
        SD within blocks, pooled over the wave; its unit is the result's unit.
    b : array_like
        Mean size of the blocks right below the node, 1 for the lowest; less than 1 counts as 1.
    rho : array_like
        Intraclass correlation of those blocks, 0 to 1; not used where b is 1.

    Returns
    -------
    float array, broadcast shape
        NaN where n is 0 and where s or rho is unknown.

    Notes
    -----
    It depends on n and wave-wide numbers only, so it tells nothing more about the group.
    docs/methods/interval.md.

    Examples
    --------
    >>> half_width(25, 100.0, 1, 0.1).item()
    39.2
    """
    people = np.asarray(n, dtype=np.float64)
    people = np.where(people > 0, people, np.nan)
    return np.asarray(Z * np.asarray(s) * np.sqrt(design_effect(b, rho) / people), dtype=np.float64)


def design_effect(b: ArrayLike, rho: ArrayLike) -> Float:
    """How many answers from blocks of people who resemble each other tell as much as one stranger's: 1 + (b - 1)·rho.

    Parameters
    ----------
    b : array_like
        Mean size of the blocks; less than 1 counts as 1.
    rho : array_like
        Their intraclass correlation, 0 to 1; not used where b is 1.

    Returns
    -------
    float array, broadcast shape
        At least 1; NaN where rho is unknown and b is above 1.

    Examples
    --------
    >>> design_effect(21, 0.1).item()
    3.0
    """
    more = np.maximum(np.asarray(b, dtype=np.float64) - 1, 0.0)
    return 1 + np.where(more > 0, more * np.asarray(rho, dtype=np.float64), 0.0)


def mean_block_size(n: NDArray[np.integer[Any]], parent: NDArray[np.integer[Any]]) -> Float:
    """Mean size of the blocks right below each node (b of RULES C.3): its n divided among them.

    Blocks are counted in the frozen tree, answers or not: how many answered in a hidden block
    must not show in its parent's interval.

    Parameters
    ----------
    n : integer array, shape (nodes, scales)
        Each node's n, those below included.
    parent : integer array, shape (nodes,)
        Parent's number; -1 for a root.

    Returns
    -------
    float array, shape (nodes, scales)
        At least 1, and exactly 1 for nodes with nothing below.
    """
    nodes = len(n)
    above = checked_index(parent, nodes, nodes, lowest=-1)
    blocks = np.bincount(above[above >= 0], minlength=nodes)[:, np.newaxis]
    return np.where(blocks > 0, np.maximum(n / np.maximum(blocks, 1), 1.0), 1.0)


@dataclass(frozen=True, eq=False)
class Spread:
    """What the intervals of a whole wave rest on, beside each node's n; made by `spread`."""

    s: Float  # (scales,) SD within the lowest blocks, in scale units
    rho: Float  # (nodes, scales) intraclass correlation of the blocks right below, pooled over the level
    parent: Int  # (nodes,) the wave's tree
    blocks_of: Int  # (nodes, scales) whose blocks make b: the node itself, but see `spread`

    def block_sizes(self, n: Int) -> Float:
        """Mean block size of every node for these n.

        Parameters
        ----------
        n : int64 array, shape (nodes, scales)
            Each node's n (of all, or of one side of a split), those below included.

        Returns
        -------
        float array, shape (nodes, scales)
        """
        return np.take_along_axis(mean_block_size(n, self.parent), self.blocks_of, axis=0)

    def effects(self, n: Int) -> Float:
        """Design effect of every node for these n.

        Parameters
        ----------
        n : int64 array, shape (nodes, scales)
            Each node's n, those below included.

        Returns
        -------
        float array, shape (nodes, scales)
            At least 1.
        """
        return design_effect(self.block_sizes(n), self.rho)

    def half_widths(self, n: Int) -> Float:
        """Half-width of every node's mean.

        Parameters
        ----------
        n : int64 array, shape (nodes, scales)
            Each node's n (of all, or of one side of a split), those below included.

        Returns
        -------
        float array, shape (nodes, scales)
            In scale units; NaN where n is 0.
        """
        return half_width(n, self.s, self.block_sizes(n), self.rho)


def spread(own: Sums, rolled: Sums, parent: NDArray[np.integer[Any]], level: NDArray[np.integer[Any]]) -> Spread:
    """SD within blocks and intraclass correlations of a whole wave.

    Parameters
    ----------
    own : Sums
        One group a node of the wave's tree, holding the respondents who hang right there.
    rolled : Sums
        ``own.roll_up(parent)``.
    parent : integer array, shape (nodes,)
        Parent's number, parents before children; -1 for a root.
    level : integer array, shape (nodes,)
        Any number for the kind of node (county, school, grade, ...); nodes of one level share rho.

    Returns
    -------
    Spread
        `rho` is 0 for nodes with nothing below. Where fewer than two blocks below a level were answered
        in the whole wave (the only region of a small county), rho cannot be estimated; such a node
        holds the same people as its largest child and gets that child's b and rho.

    Raises
    ------
    BadAnswers
        Lengths that differ, or a parent that does not come before its child.
    """
    nodes = own.groups
    kinds = np.asarray(level)
    if kinds.shape != (nodes,) or rolled.groups != nodes:
        raise BadAnswers(f"own, rolled and level must describe the same {nodes} nodes")
    depth = depths(parent)
    above = checked_index(parent, nodes, nodes, lowest=-1)
    has_children = np.bincount(above[above >= 0], minlength=nodes) > 0
    rho = np.zeros((nodes, len(own.scales)))
    for kind in np.unique(kinds[has_children]):
        of_kind = has_children & (kinds == kind)
        rho[of_kind] = intraclass_correlation(rolled.take(np.flatnonzero((above >= 0) & of_kind[above])))
    blocks_of = np.tile(np.arange(nodes)[:, np.newaxis], (1, rho.shape[1]))
    for scale in np.flatnonzero(np.isnan(rho).any(axis=0)):
        largest = _largest_child(rolled.persons[:, scale], above)
        for at in range(int(depth.max()), -1, -1):
            unknown = np.flatnonzero((depth == at) & np.isnan(rho[:, scale]))
            rho[unknown, scale] = rho[largest[unknown], scale]
            blocks_of[unknown, scale] = blocks_of[largest[unknown], scale]
    return Spread(pooled_within_sd(own), rho, above, blocks_of)


def _largest_child(size: Int, parent: Int) -> Int:
    """Each node's child with the largest size, shape (nodes,); -1 where there is none."""
    largest = np.full(len(parent), -1)
    order = np.lexsort((size, parent))
    order = order[parent[order] >= 0]
    last = np.append(parent[order][1:] != parent[order][:-1], True) if order.size else np.empty(0, bool)
    largest[parent[order[last]]] = order[last]
    return largest
