"""The same answers twice: whether publishing a set of sheets beside an older one would single out a few of them.

Of two sets over nearly the same sheets, the difference of two numbers is a number about those in one of them only. So
the new set must hold the same sheets as the old, or in every block none or at least k that the other lacks. A later
wave of the same people is other answers: there hardly a sheet is the same, and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.tree import Tree

Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

NOT_ANSWERED = -1
#: By so many items a sheet is known again where pseudonyms don't tell; with fewer, many people answer alike.
ENOUGH_ITEMS = 8
#: From which share of the sheets that could be the same they are taken for the same answers. Of people who answer
#: eight questions anew, a few give the same answers to all; of a file that is sent again, nearly all do.
SHARE = 2 / 3
#: And in one unit alone, where chance is larger.
SHARE_OF_A_UNIT = 0.8
SHARE_OF_FEW_ITEMS = 0.9
WHOLE, GIRLS, BOYS = None, 1, 2


class Again(StrEnum):
    """What a new set of sheets is beside an older one."""

    OTHER_ANSWERS = "other_answers"
    SAFE = "safe"
    SINGLES_OUT = "singles_out"


@dataclass(frozen=True, eq=False)
class Sheets:
    """The sheets of one form of one wave.

    Attributes
    ----------
    tree : Tree
        The wave's frozen tree.
    node : integer array, shape (people,)
        The node that each hangs on.
    unit, place : integer array, shape (people,)
        The same number in both waves for the same school or kindergarten, and for the same class, grade or department.
    split : integer array, shape (people,)
        0 blank, 1 girl, 2 boy.
    pid : uint8 array, shape (people, 16)
        Pseudonyms.
    answers : integer array, shape (items, people)
        The items that both waves have, in one order; -1 = not answered.
    """

    tree: Tree
    node: Ints
    unit: Ints
    place: Ints
    split: Ints
    pid: NDArray[np.uint8]
    answers: Ints

    def only(self, side: int | None) -> Sheets:
        """The girls', or the boys'; None = all that answered one of the items."""
        kept = (self.answers != NOT_ANSWERED).any(axis=0)
        kept &= True if side is WHOLE else self.split == side
        return Sheets(
            self.tree, self.node[kept], self.unit[kept], self.place[kept], self.split[kept], self.pid[kept],
            self.answers[:, kept],
        )  # fmt: skip


def again(old: Sheets, new: Sheets, k: int) -> Again:
    """Whether the new sheets are the old ones, and if so, whether they may be published too.

    Sheets are known again by pseudonym and answers, and (pseudonyms may be random, or of another list) by unit and
    answers; each also with the class or grade, since a pupil who hangs elsewhere is missing from one node's number.

    Parameters
    ----------
    old, new : Sheets
        With the same items.
    k : int
        The smallest number of sheets that a difference may be about.

    Returns
    -------
    Again
    """
    found = Again.OTHER_ANSWERS
    if not len(old.answers):
        return found
    for by in _ways(len(old.answers)):
        if not _are_the_same(old.only(WHOLE), new.only(WHOLE), by, k):
            continue
        found = Again.SAFE
        for side in (WHOLE, GIRLS, BOYS):
            one, two = old.only(side), new.only(side)
            old_apart, new_apart = _apart(by(one), by(two))
            if _singles_out(one, old_apart, k) or _singles_out(two, new_apart, k):
                return Again.SINGLES_OUT
    return found


class _Way:
    """One way to know a sheet again: by which of its properties, beside the answers."""

    def __init__(self, *properties: str) -> None:
        self.properties = properties

    def __call__(self, sheets: Sheets) -> NDArray[np.void]:
        """What is the same for the same sheet."""
        parts = [np.ascontiguousarray(sheets.answers.T, dtype=np.int16).view(np.uint8)]
        for name in self.properties:
            values = getattr(sheets, name)
            parts.append(values if name == "pid" else _bytes(values))
        rows = np.ascontiguousarray(np.concatenate([part.reshape(len(sheets.node), -1) for part in parts], axis=1))
        return rows.view(np.dtype((np.void, rows.shape[1]))).ravel()


def _bytes(values: Ints) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values, dtype=np.int64).view(np.uint8)


def _ways(items: int) -> Iterator[_Way]:
    yield _Way("pid")
    yield _Way("pid", "place")
    if items >= ENOUGH_ITEMS:
        yield _Way("unit")
        yield _Way("place")


def _are_the_same(old: Sheets, new: Sheets, by: _Way, k: int) -> bool:
    """Whether these are the same answers, by and large: in all units that both have, or in one of them."""
    old_apart, _new_apart = _apart(by(old), by(new))
    units = int(max(old.unit.max(initial=0), new.unit.max(initial=0))) + 1
    same = np.bincount(old.unit[~old_apart], minlength=units)
    could = np.minimum(np.bincount(old.unit, minlength=units), np.bincount(new.unit, minlength=units))
    few = len(old.answers) < ENOUGH_ITEMS
    share = SHARE_OF_FEW_ITEMS if few else SHARE
    if could.sum() >= k and same.sum() >= share * could.sum():
        return True
    return not few and bool(((same >= k) & (same >= SHARE_OF_A_UNIT * could)).any())


def _apart(old: NDArray[np.void], new: NDArray[np.void]) -> tuple[Bools, Bools]:
    """Which sheets of each set the other lacks; of equal ones as many are the same as both have."""
    _values, number = np.unique(np.concatenate([old, new]), return_inverse=True)
    one, two = number[: len(old)], number[len(old) :]
    size = int(number.max(initial=-1)) + 1
    return _beyond(one, np.bincount(two, minlength=size)), _beyond(two, np.bincount(one, minlength=size))


def _beyond(number: Ints, there: Ints) -> Bools:
    order = np.argsort(number, kind="stable")
    ranked = number[order]
    first = np.searchsorted(ranked, ranked, side="left")
    apart = np.zeros(len(number), dtype=bool)
    apart[order] = np.arange(len(number)) - first >= there[ranked]
    return apart


def _singles_out(sheets: Sheets, apart: Bools, k: int) -> bool:
    """Whether some released number is about sheets of which the other set lacks 1 to k − 1; also item by item."""
    answered = np.concatenate([np.ones((1, len(apart)), dtype=bool), sheets.answers != NOT_ANSWERED])
    nodes = len(sheets.tree.parent)
    direct = np.stack([np.bincount(sheets.node[row], minlength=nodes) for row in answered], axis=1)
    missing = np.stack([np.bincount(sheets.node[row & apart], minlength=nodes) for row in answered], axis=1)
    return few_are_missing(sheets.tree, direct, missing, k)


def few_are_missing(tree: Tree, direct: Ints, missing: Ints, k: int) -> bool:
    """Whether a block may hold 1 to k − 1 of what is missing from the other set.

    Which nodes are shown is not asked: each with k sheets may be, and what hangs below a node under smaller ones, or
    on it directly, is its hidden rest. A rest of fewer than k is released only together with a sibling.

    Parameters
    ----------
    tree : Tree
        Parents stand before their children.
    direct : integer array, shape (nodes, sets)
        Sheets that hang on each node itself.
    missing : integer array, shape (nodes, sets)
        How many of them the other set lacks.
    k : int
        The smallest number that may be told apart.

    Returns
    -------
    bool
    """
    total, gone = direct.copy(), missing.copy()
    rest, rest_gone = direct.copy(), missing.copy()
    next_to_equal = np.zeros(direct.shape, dtype=bool)
    found = False
    for node in range(len(direct) - 1, -1, -1):
        small, few = total[node] < k, (gone[node] > 0) & (gone[node] < k)
        few_in_rest = (rest_gone[node] > 0) & (rest_gone[node] < k)
        found |= bool((~small & few).any() or (few_in_rest & ((rest[node] >= k) | next_to_equal[node])).any())
        above = int(tree.parent[node])
        if above >= 0:
            total[above] += total[node]
            gone[above] += gone[node]
            rest[above] += np.where(small, total[node], 0)
            rest_gone[above] += np.where(small, gone[node], 0)
            next_to_equal[above] |= ~small & (gone[node] == 0)
    return found
