"""How many answered, as a number among the others: where it may stand, and how it reads while a wave is open.

After a wave is closed «answered at all» is one more scale under the building-block rule, and no other scale is shown
where it isn't. While it is open, adults' numbers are snapshots; where they stand is decided once, at the opening, on
nothing but how many are invited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.rules import BadCounts, Bool, Int, too_few
from kfl.disclosure.thresholds import STEP
from kfl.disclosure.tree import Tree

from .release_blocks import close


@dataclass(frozen=True, eq=False)
class Presence:
    """How many hang right under each node who answered anything, and how many were invited.

    `alone` are those of them whose person handed in no other sheet: only they make a group large enough.
    `silence_tells`: a hidden group of which nobody answered is as unsafe as one of which a few did. So it is with
    adults: whoever knows the four leaders of a municipality would know of each that nothing was answered.
    """

    answered: Int  # (nodes,)
    alone: Int  # (nodes,)
    invited: Int  # (nodes,)
    silence_tells: bool

    def checked(self, nodes: int) -> Presence:
        """The same; `BadCounts` where it does not fit the tree."""
        for name in ("answered", "alone", "invited"):
            values = getattr(self, name)
            if values.shape != (nodes,) or not np.issubdtype(values.dtype, np.integer):
                raise BadCounts(f"{name} must be whole numbers, one for each of {nodes} nodes")
            if values.size and values.min() < 0:
                raise BadCounts(f"{name} has a negative number")
        if (self.alone > self.answered).any():
            raise BadCounts("more handed in a single sheet than answered")
        return self

    def of(self, nodes: Int) -> Presence:
        """Of some of the nodes."""
        return Presence(self.answered[nodes], self.alone[nodes], self.invited[nodes], self.silence_tells)


def decide_answered(tree: Tree, presence: Presence, k: int) -> Bool:
    """Nodes where the number of those who answered may stand.

    Parameters
    ----------
    tree : Tree
        N nodes.
    presence : Presence
        Of the N nodes.
    k : int
        Fewest that may stand together.

    Returns
    -------
    bool array, shape (N,)
        Everything above a shown node is shown.
    """
    totals = tree.totals(np.stack([presence.answered, presence.alone, presence.invited], axis=1))

    def unsafe(group: Int) -> Bool:
        answered, alone, invited = group.T
        there = (answered > 0) | (presence.silence_tells & (invited > 0))
        return np.asarray(there & (alone < k))

    return close(tree, totals, totals[:, 1] >= k, totals[:, 1], unsafe)


def followed(tree: Tree, invited: NDArray[np.integer[Any]], k: int) -> Bool:
    """Nodes whose number of sheets may be told while the wave is open, of a form that adults answer.

    Decided on the frozen tree's invited alone, so that it says nothing of anybody's answering: at least k are
    invited, and what is hidden under a parent holds nobody or at least k who are; else the smallest shown sibling is
    hidden too, with its subtree.

    Parameters
    ----------
    tree : Tree
        N nodes.
    invited : integer array, shape (N,)
        Who hang right under each node.
    k : int
        Fewest that may stand together.

    Returns
    -------
    bool array, shape (N,)
        Everything above such a node is one too.
    """
    totals = tree.totals(invited)[:, np.newaxis]
    everybody = totals[:, 0]
    return close(tree, totals, everybody >= k, everybody, lambda group: too_few(group, k))


def in_steps(number: int, invited: int) -> int:
    """A snapshot as it is told: the largest multiple of three that is at most the number, and not everybody.

    Parameters
    ----------
    number, invited : int
        How many sheets there are; how many are invited.

    Returns
    -------
    int
        0 where fewer than three would be told.
    """
    return max(min(number, invited - 1), 0) // STEP * STEP
