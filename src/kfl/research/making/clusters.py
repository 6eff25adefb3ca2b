"""Schools as clusters: how much reliability and fit vary because people of one school are alike.

What is worked out of a school's complete sheets is of another set than the school's page, and the two can be
subtracted. So a school counts only where its complete sheets may stand beside its page as the wave's may beside the
wave's, and those of no such school, taken together, may so, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kfl.disclosure import OneSet
from kfl.disclosure.one_set import one_set
from kfl.results.making.computed import WaveTree
from kfl.results.making.sheet_arrays import Answers, Bool, Int

SCHOOLS = ("school", "kindergarten")


def schools_of(tree: WaveTree) -> Int:
    """For each node the school or kindergarten at or above it, -1 = none."""
    found = np.where(np.isin(tree.kind, SCHOOLS), np.arange(len(tree.parent)), -1)
    for node, parent in enumerate(tree.parent.tolist()):  # parents come before children
        if found[node] < 0 and parent >= 0:
            found[node] = found[parent]
    return found


def apart(everybody: Answers, rows: Sequence[int], enough: int, block: Int, school_of: Int, k: int) -> Int:
    """For each node the school at or above it, where the school's complete sheets may stand by themselves; else -1.

    Parameters
    ----------
    everybody : Answers
        All sheets.
    rows : sequence of int
        The questions that a complete sheet answers.
    enough : int
        From how many answers a person is scored.
    block : int array, shape (people,)
        The release block of each person, a node.
    school_of : int array, shape (nodes,)
        The shown school at or above each node, -1 = none.
    k : int
        Fewest that may stand together.

    Returns
    -------
    int array, shape (nodes,)
    """
    school = school_of[block]
    codes = np.ascontiguousarray(everybody.codes[list(rows)])
    sizes: dict[int, int] = {}
    for one, held in _by_school(school):
        found = _set_of(everybody, codes, enough, block, held)
        if one >= 0 and found.is_full(k):
            sizes[one] = len(held)
    smallest_last = sorted(sizes, key=lambda one: (-sizes[one], one))
    while smallest_last:
        rest = _set_of(everybody, codes, enough, block, np.flatnonzero(~np.isin(school, smallest_last)))
        if not rest.complete.any() or rest.is_full(k):
            break
        smallest_last.pop()
    return np.where(np.isin(school_of, smallest_last), school_of, -1)


def _by_school(school: Int) -> Iterator[tuple[int, Int]]:
    order = np.argsort(school, kind="stable")
    ends = np.flatnonzero(np.diff(school[order])) + 1
    for held in np.split(order, ends):
        if len(held):
            yield int(school[held[0]]), held


def _set_of(everybody: Answers, codes: np.ndarray, enough: int, block: Int, held: Int) -> OneSet:
    """The set of some people, over their own blocks."""
    blocks, place = np.unique(block[held], return_inverse=True)
    split = everybody.split.any()
    part = everybody.split[held].astype(np.int64) if split else np.zeros(len(held), dtype=np.int64)
    return one_set(codes[:, held], enough, place, part, everybody.alone[held], (len(blocks), 3 if split else 1))


def shown_schools(tree: WaveTree, shown: Bool) -> Int:
    """For each node the school at or above it whose scale is shown, -1 = none."""
    found = schools_of(tree)
    return np.where((found >= 0) & shown[found], found, -1)
