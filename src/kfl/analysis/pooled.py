"""Sums for numbers that are pooled over a whole wave or file: over release blocks, so that none tells hidden groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure import Tree
from kfl.stats import Sums

_SCORES = ("persons", "score_sum", "score_square_sum")


def in_blocks(own: Sums, tree: Tree, shown: NDArray[np.bool_]) -> Sums:
    """Persons' scores gathered in release blocks: at the lowest shown node of each, scale by scale.

    What is hidden under a node is one block there.

    Parameters
    ----------
    own : Sums
        One group a node, of the persons who hang right there.
    tree : Tree
        The nodes.
    shown : bool array, shape (nodes, scales)
        Where each scale is shown.

    Returns
    -------
    Sums
        Its counts of answers are left as they were.
    """
    gathered: dict[str, Any] = {name: np.zeros_like(getattr(own, name)) for name in _SCORES}
    for scale, column in enumerate(shown.T):
        block = tree.nearest(column)
        there = np.flatnonzero(block >= 0)
        for name, table in gathered.items():
            np.add.at(table[:, scale], block[there], getattr(own, name)[there, scale])
    return replace(own, **gathered)


def only(sums: Sums, shown: NDArray[np.bool_]) -> Sums:
    """Persons' scores of shown nodes; hidden ones hold nobody.

    Parameters
    ----------
    sums : Sums
        One group a node, with all under it.
    shown : bool array, shape (nodes, scales)
        Where each scale is shown.

    Returns
    -------
    Sums
        Its counts of answers are left as they were.
    """
    kept: dict[str, Any] = {name: np.where(shown, getattr(sums, name), 0) for name in _SCORES}
    return replace(sums, **kept)
