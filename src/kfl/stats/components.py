"""How much of a scale's variance lies at each level of a tree, also where some level cannot be estimated.

`nested_intercepts` fits all levels or none. Here a level with too few blocks, or one that cannot be told from the next,
is left out and the rest fitted again, scale by scale. docs/methods/multilevel.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.attempt import attempt
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int, checked_index
from kfl.stats.means import Float
from kfl.stats.nested import nested_intercepts

FEWEST_BLOCKS = 10  # of a level, for its variance to be estimated


@dataclass(frozen=True, eq=False)
class Components:
    """Variances between the blocks of each level, in squared score units."""

    between: Float  # (levels, scales) by REML; 0 where the next level holds it; NaN where not estimated
    blocks: Int  # (levels, scales) blocks with scored persons
    within: Float  # (scales,) variance of persons who hang at one node; NaN where no model could be fitted


def variance_components(
    own: GroupScores,
    parent: NDArray[np.integer[Any]],
    level: NDArray[np.integer[Any]],
    levels: int,
    fewest: int = FEWEST_BLOCKS,
) -> Components:
    """Variance between the blocks of each level by REML, of as many levels as the tree can tell.

    Parameters
    ----------
    own : GroupScores
        One group a node, holding the persons who hang right there.
    parent : integer array, shape (nodes,)
        Parent's number, parents before children; -1 for a root.
    level : integer array, shape (nodes,)
        Which level the node is of, 0 the lowest; -1 for nodes that have no variance of their own.
    levels : int
        How many levels.
    fewest : int
        A level with fewer blocks is not estimated.

    Returns
    -------
    Components
        Never NaN for a scale because one of its levels fails: that level is left out.

    Raises
    ------
    BadAnswers
        As `nested_intercepts`.

    References
    ----------
    Same values as R's lme4::lmer on the levels that are left: tests/stats/reference/spread.R
    """
    above = checked_index(parent, len(own.persons), len(own.persons), lowest=-1)
    at = checked_index(level, levels, len(above), lowest=-1)
    scales = own.persons.shape[1]
    between, within = np.full((levels, scales), np.nan), np.full(scales, np.nan)
    ancestors = _ancestors(above, at, levels)
    blocks = np.zeros((levels, scales), dtype=np.int64)
    for one, at_level in enumerate(ancestors):
        blocks[one] = [_count(at_level, people) for people in own.persons.T]
    for scale, people in enumerate(own.persons.T):
        kept = [one for one in range(levels) if blocks[one, scale] >= fewest]
        for told in _largest_first(_told_apart(kept, people, ancestors)):
            found = _fitted(own, scale, above, at, told)
            if found is not None:
                between[kept, scale] = 0.0  # the next level holds it, but for those of the model
                within[scale], between[told, scale] = found[0], found[1:]
                break
    return Components(between, blocks, within)


def _ancestors(parent: Int, level: Int, levels: int) -> Int:
    """For each level the node of that level at or above each node, -1 = none; shape (levels, nodes)."""
    found = np.full((levels, len(parent)), -1)
    at = np.arange(len(parent))
    while (at >= 0).any():
        for one in range(levels):
            here = (at >= 0) & (level[at] == one) & (found[one] < 0)
            found[one, here] = at[here]
        at = np.where(at >= 0, parent[at], -1)
    return found


def _count(block: Int, people: Int) -> int:
    """Blocks of one level with scored persons."""
    return len(np.unique(block[(people > 0) & (block >= 0)]))


def _told_apart(kept: list[int], people: Int, ancestors: Int) -> list[int]:
    """The levels whose blocks are not all the same persons as those of the next level that is left."""
    told = list(kept)
    held = people > 0
    for lower in reversed(kept[:-1]):
        upper = next(one for one in told if one > lower)
        inside = np.flatnonzero(held & (ancestors[upper] >= 0))
        piece = np.where(ancestors[lower][inside] >= 0, ancestors[lower][inside], inside)
        pieces = np.unique(np.stack([ancestors[upper][inside], piece]), axis=1)
        beside = held & (ancestors[lower] >= 0) & (ancestors[upper] < 0)  # classes of a school without grades
        if not (beside.any() or (np.bincount(pieces[0]) > 1).any()):
            told.remove(lower)
    return told


def _largest_first(levels: list[int]) -> Iterator[list[int]]:
    """These levels, then all but one of them, and so on; the lowest are left out first."""
    for size in range(len(levels), 0, -1):
        yield from (list(kept) for kept in reversed(list(combinations(levels, size))))


def _fitted(own: GroupScores, scale: int, parent: Int, level: Int, told: list[int]) -> Float | None:
    """Variance within, then of each of these levels; None where there is no such model."""
    one = GroupScores(own.persons[:, [scale]], own.mean[:, [scale]], own.squares[:, [scale]])
    place = np.full(int(level.max(initial=0)) + 2, -1)
    place[told] = np.arange(len(told))
    fit = attempt(lambda: nested_intercepts(one, parent, np.where(level >= 0, place[level], -1), len(told)))
    if fit is None or not np.isfinite(fit.between).all() or not np.isfinite(fit.within[0]):
        return None
    return np.concatenate([fit.within, fit.between[:, 0]])
