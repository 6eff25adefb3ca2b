"""Answers of the same persons in two waves, brought to one code where a question was coded anew for all.

A question that was turned, or whose answers were put together, differs on every sheet though nobody answered anew. It
is told from a question that people answered anew by this: one new code stands for each old one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

NOT_ANSWERED = -1
#: By so many items a sheet is known again where pseudonyms don't tell; with fewer, many people answer alike.
ENOUGH_ITEMS = 8
#: And by so many in one class alone, or where a question is left aside, with the pseudonym too.
FEWEST_ITEMS = 4
MOST_CODES = 10  # of an item with more, each code stands on few sheets, and one for each other tells nothing
HALF, MOST = 1 / 2, 2 / 3


def in_one_code(old_pid: Ints, old: Ints, new_pid: Ints, new: Ints, k: int) -> tuple[Ints, Ints]:
    """The answers to compare: the old ones in the new codes; without items that fit in no code.

    Parameters
    ----------
    old_pid, new_pid : uint8 array, shape (people, 16)
        Pseudonyms.
    old, new : integer array, shape (items, people)
        Answers, -1 = not answered.
    k : int
        From how many persons that are in both something is said.

    Returns
    -------
    tuple of integer arrays
        Both with the same items, at least half of those given.
    """
    mine, theirs = _in_both(old_pid, new_pid)
    if len(mine) < k or len(old) < FEWEST_ITEMS:
        return old, new
    close = (old[:, mine] == new[:, theirs]).mean(axis=0) >= HALF
    if close.sum() >= k:
        mine, theirs = mine[close], theirs[close]
    translated, fits = old.copy(), np.ones(len(old), dtype=bool)
    for item, (before, after) in enumerate(zip(old[:, mine], new[:, theirs], strict=True)):
        if (before == after).mean() >= HALF:
            continue
        code = _new_code(before, after)
        there = np.array([code.get(answer, answer) for answer in old[item].tolist()], dtype=old.dtype)
        fits[item] = len(code) <= MOST_CODES and (there[mine] == after).mean() >= MOST
        if fits[item]:
            translated[item] = there
    if fits.sum() < max(FEWEST_ITEMS, HALF * len(old)):
        return old, new
    return translated[fits], new[fits]


def _in_both(old_pid: Ints, new_pid: Ints) -> tuple[Ints, Ints]:
    one, two = (np.ascontiguousarray(pid).view(np.dtype((np.void, pid.shape[1]))).ravel() for pid in (old_pid, new_pid))
    _common, mine, theirs = np.intersect1d(one, two, return_indices=True)
    return mine, theirs


def _new_code(before: Ints, after: Ints) -> dict[int, int]:
    """For each old code the new one that most of its persons have; who did not answer stays so."""
    code = {NOT_ANSWERED: NOT_ANSWERED}
    for answer in np.unique(before[before != NOT_ANSWERED]).tolist():
        values, count = np.unique(after[before == answer], return_counts=True)
        code[answer] = int(values[count.argmax()])
    return code
