"""How sure a group's mean is: this group, with other but like people and blocks in it (RULES C.3).

The variance of a mean is that of persons within its lowest blocks, which depends on where on the scale the mean lies,
and that of the blocks strictly below it, level by level. All of it rests on whole release blocks and on n.
docs/methods/interval.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.components import variance_components
from kfl.stats.errors import BadAnswers
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int, checked_index, depths
from kfl.stats.means import Float

# The number that RULES C.3 gives; tests of differences use it too, so that a difference is certain exactly when its
# interval excludes 0.
Z = 1.96

# What levels usually hold of the variance within the lowest blocks: class, grade, school, municipality.
USUAL_SHARES = (0.05, 0.01, 0.03, 0.005)
USUAL_WEIGHT = 20  # so many blocks does that knowledge count as
USUAL_C = 0.25
FEWEST_LOWEST = 30  # lowest blocks, for c to be estimated

Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spread:
    """What the intervals of a scale rest on, beside n; frozen with its reference."""

    c: Float  # (scales,) variance of persons within the lowest blocks ÷ (mean - low)(high - mean)
    between: Float  # (levels, scales) variance between blocks of each level, lowest first, in squared scale units
    low: Float  # (scales,) ends of the scale
    high: Float
    inner: int  # so many of the levels, the lowest, enter intervals: of those above all blocks are there

    def within(self, mean: Float) -> Float:
        """Variance of persons within the lowest blocks where the mean is `mean`.

        Parameters
        ----------
        mean : float array, shape (..., scales)
            In scale units.

        Returns
        -------
        float array, same shape
            0 at the ends of the scale.
        """
        return np.maximum(self.c * (mean - self.low) * (self.high - mean), 0.0)

    def of_blocks(self, shares: Float) -> Float:
        """What the blocks below add to the variance of a mean.

        Parameters
        ----------
        shares : float array, shape (inner, ..., scales)
            From `block_shares`: the sum of squares of the blocks' shares of n, by level.

        Returns
        -------
        float array, shape (..., scales)
            In squared scale units.
        """
        inner = self.between[: self.inner]
        return np.asarray((inner[:, *(np.newaxis,) * (shares.ndim - 2)] * shares).sum(axis=0))

    def variance(self, n: NDArray[Any], mean: Float, shares: Float) -> Float:
        """Squared standard error of a group's mean.

        Parameters
        ----------
        n : array, shape (..., scales)
            Persons behind it.
        mean : float array, same shape
            In scale units.
        shares : float array, shape (inner, ..., scales)
            Of the blocks strictly below.

        Returns
        -------
        float array, shape (..., scales)
            NaN where n is 0.
        """
        people = np.where(np.asarray(n) > 0, n, np.nan)
        return self.within(mean) / people + self.of_blocks(shares)


@dataclass(frozen=True, eq=False)
class EstimatedSpread:
    """A spread as it is used, and what was estimated for it."""

    spread: Spread
    fitted: Float  # (levels, scales) variance by REML; 0 where the next level holds it; NaN where left out
    blocks: Int  # (levels, scales) shown blocks of the level
    within: Float  # (scales,) variance of persons within the lowest blocks, pooled


def estimate_spread(
    shown: GroupScores,
    pooled: GroupScores,
    ends: tuple[Float, Float],
    parent: NDArray[np.integer[Any]],
    level: NDArray[np.integer[Any]],
    inner: int,
    usual: tuple[float, ...] = USUAL_SHARES,
) -> EstimatedSpread:
    """The spread of every scale over a whole wave.

    Parameters
    ----------
    shown : GroupScores
        One group a node, holding the persons who hang right there; nobody where the node is not shown or has nodes
        below it, so that what is hidden under a parent does not enter.
    pooled : GroupScores
        The same nodes as release blocks: each holds also what is hidden under it.
    ends : (low, high), float arrays of shape (scales,)
        Ends of the scales.
    parent : integer array, shape (nodes,)
        Parent's number, parents before children; -1 for a root.
    level : integer array, shape (nodes,)
        Which level the node is of, 0 the lowest; -1 for those above all levels.
    inner : int
        So many of the levels enter intervals.
    usual : tuple of float
        What each level usually holds, as a share of the variance within: a level with few blocks leans on it.

    Returns
    -------
    EstimatedSpread
        With fewer than 30 lowest blocks c is 0.25. Where none of the inner levels is shown, c is of persons about the
        mean of all, and nothing lies between blocks.

    Notes
    -----
    What a level has is (G·estimate + 20·usual) / (G + 20), with G its shown blocks, 0 where they are fewer than 10.

    Raises
    ------
    BadAnswers
        Lengths that differ, or a parent that does not come before its child.
    """
    levels = len(usual)
    if shown.persons.shape != pooled.persons.shape:
        raise BadAnswers("shown and pooled must describe the same nodes and scales")
    at = checked_index(level, levels, len(shown.persons), lowest=-1)
    low, high = ends
    found = variance_components(shown, parent, at, levels)
    leveled = ((shown.persons > 0) & ((at >= 0) & (at < inner))[:, np.newaxis]).any(axis=0)
    lowest = (pooled.persons > 0).sum(axis=0)
    own = _c(pooled, low, high)
    flat = _c(pooled.regroup(np.zeros(len(at), dtype=np.int64), 1), low, high)
    c = np.where(leveled, np.where((lowest >= FEWEST_LOWEST) & np.isfinite(own), own, USUAL_C), flat)
    c = np.where(np.isfinite(c), c, USUAL_C)
    within = _pooled_variance(pooled, c, low, high)
    counted = np.where(np.isfinite(found.between), found.blocks, 0)
    estimate = np.where(np.isfinite(found.between), found.between, 0.0)
    prior = USUAL_WEIGHT * np.array(usual, dtype=np.float64)[:, np.newaxis] * within
    between = np.where(leveled, (counted * estimate + prior) / (counted + USUAL_WEIGHT), 0.0)
    return EstimatedSpread(Spread(c, between, low, high, inner), found.between, found.blocks, within)


def block_shares(
    n: Int,
    shown: Bool,
    invited: Int,
    parent: NDArray[np.integer[Any]],
    level: NDArray[np.integer[Any]],
    inner: int,
) -> BlockShares:
    """How each node's people fall on the blocks below it (d of RULES C.3).

    Parameters
    ----------
    n : int64 array, shape (nodes, scales)
        Each node's n, those below included.
    shown : bool array, shape (nodes, scales)
        Where n is shown; all above a shown node is shown, too.
    invited : int64 array, shape (nodes,)
        Those invited right at each node.
    parent, level : integer arrays, shape (nodes,)
        As for `estimate_spread`.
    inner : int
        So many of the levels enter intervals.

    Returns
    -------
    BlockShares
        Of a shown block its n counts; of hidden ones what their shown parent has beside its shown children, shared out
        by those invited. So it rests on what is shown and on who was invited.
    """
    above = checked_index(parent, len(n), len(n), lowest=-1)
    at = checked_index(level, int(np.max(level, initial=0)) + 1, len(n), lowest=-1)
    order = _by_depth(above)
    childless = np.bincount(above[above >= 0], minlength=len(n)) == 0
    weight = np.where(childless & (invited == 0), 1, invited)[:, np.newaxis].astype(np.float64)
    asked = _summed(weight, above, order)
    people = np.where(shown, n, 0).astype(np.float64)
    left = people - _of_children(people, above)
    left_asked = asked - _of_children(np.where(shown, asked, 0.0), above)
    holder = _nearest(shown, above, order)
    column = np.arange(n.shape[1])
    share = np.divide(asked, left_asked[holder, column], out=np.zeros(n.shape), where=left_asked[holder, column] > 0)
    size = np.where(shown, people, np.where(holder >= 0, left[holder, column] * share, 0.0))
    squares = np.zeros((inner, *n.shape))
    for one in range(inner):
        squares[one] = _summed(np.where((at == one)[:, np.newaxis], size**2, 0.0), above, order)
    return BlockShares(people, size, squares, above, np.where(at >= 0, at, inner), inner)


@dataclass(frozen=True, eq=False)
class BlockShares:
    """People by block; made by `block_shares`."""

    people: Float  # (nodes, scales) n where shown, else 0
    size: Float  # (nodes, scales) of each as a block
    squares: Float  # (inner, nodes, scales) sums of squared sizes of blocks at or below each node, by level
    parent: Int
    rank: Int  # (nodes,) level, above all of them where there is none
    inner: int

    def of_nodes(self) -> Float:
        """Sums of squared shares (d) of each node, by level: blocks strictly below it.

        Returns
        -------
        float array, shape (inner, nodes, scales)
            0 where nobody hangs under such a block; NaN where the node is not shown.
        """
        below = np.arange(self.inner)[:, np.newaxis] < self.rank
        known = np.where(self.people > 0, self.people, np.nan)
        return np.asarray(np.where(below[:, :, np.newaxis], self.squares, 0.0) / known**2)

    def of_rest(self, whole: NDArray[np.integer[Any]]) -> Float:
        """The same of what is left of a level above when each node is taken out of it.

        Parameters
        ----------
        whole : integer array, shape (nodes, scales)
            The node above that each is compared with; -1 = none.

        Returns
        -------
        float array, shape (inner, nodes, scales)
            NaN where there is nothing to compare with, or nobody is left.
        """
        column = np.arange(whole.shape[1])
        of = np.maximum(whole, 0)
        there = (whole >= 0) & (self.people > 0)
        left = np.where(there, self.people[of, column] - self.people, np.nan)
        left = np.where(left > 0, left, np.nan)
        total = self.squares[:, of, column] - self.squares
        # The blocks that hold the node itself stay, without it.
        at = np.broadcast_to(self.parent[:, np.newaxis], whole.shape)
        while True:
            inside = there & (at >= 0) & (at != whole)
            if not inside.any():
                break
            size, rank = self.size[at, column], self.rank[at]
            for one in range(self.inner):
                total[one] += np.where(inside & (rank == one), (size - self.people) ** 2 - size**2, 0.0)
            at = np.where(inside, self.parent[at], -1)
        below = np.arange(self.inner)[:, np.newaxis, np.newaxis] < self.rank[of]
        return np.asarray(np.where(below, np.maximum(total, 0.0), 0.0) / left**2)


def _c(blocks: GroupScores, low: Float, high: Float) -> Float:
    held = blocks.persons > 0
    mean = np.where(held, blocks.mean, low)
    room = (np.maximum(blocks.persons - 1, 0) * (mean - low) * (high - mean)).sum(axis=0)
    return np.asarray(np.where(room > 0, blocks.squares.sum(axis=0) / np.where(room > 0, room, 1.0), np.nan))


def _pooled_variance(blocks: GroupScores, c: Float, low: Float, high: Float) -> Float:
    """Within the lowest blocks; where no block has two persons, what c makes of the mean of all."""
    degrees = blocks.persons.sum(axis=0) - (blocks.persons > 0).sum(axis=0)
    found = blocks.squares.sum(axis=0) / np.where(degrees > 0, degrees, np.nan)
    middle = blocks.regroup(np.zeros(len(blocks.persons), dtype=np.int64), 1).mean[0]
    return np.asarray(np.where(np.isfinite(found), found, c * (middle - low) * (high - middle)))


def _by_depth(parent: Int) -> list[Int]:
    """Nodes by depth, the deepest first, without roots."""
    depth = depths(parent)
    return [np.flatnonzero(depth == at) for at in range(int(depth.max(initial=0)), 0, -1)]


def _summed(values: Float, parent: Int, order: list[Int]) -> Float:
    """Each node's own and all below it."""
    total = np.array(values, dtype=np.float64)
    for nodes in order:
        np.add.at(total, parent[nodes], total[nodes])
    return total


def _of_children(values: Float, parent: Int) -> Float:
    total = np.zeros_like(values)
    below = np.flatnonzero(parent >= 0)
    np.add.at(total, parent[below], values[below])
    return total


def _nearest(shown: Bool, parent: Int, order: list[Int]) -> Int:
    """The shown node at or above each, -1 = none; shape (nodes, scales)."""
    found = np.where(shown, np.arange(len(shown))[:, np.newaxis], -1)
    for nodes in reversed(order):
        found[nodes] = np.where(found[nodes] >= 0, found[nodes], found[parent[nodes]])
    return found
