"""The same answers twice: whether publishing a set of sheets beside an older one would single out a few of them.

Of two sets over nearly the same sheets, the difference of two numbers is a number about those in one of them only. So
where a node of either tree holds mostly the other wave's sheets, both are one publication, and every number of the one
must be of the same sheets as in the other, or of k more or fewer (`beside`). A later wave of the same people is other
answers: there hardly a sheet is the same, and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.beside import Hung, few_are_told_apart
from kfl.disclosure.recoded import ENOUGH_ITEMS, FEWEST_ITEMS, NOT_ANSWERED, in_one_code
from kfl.disclosure.tree import Tree

Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

#: From which share of a node's sheets they are taken for the same answers, and how much more, times the root of their
#: number, since in a small class chance is larger. Of people who answer eight questions anew, and seven of eight alike,
#: a third give the same answers to all; of a file that is sent again, nearly all do.
SHARE, MORE = 2 / 3, 0.5
SHARE_OF_FEW_ITEMS, MORE_OF_FEW_ITEMS = 0.9, 0.37
WHOLE = None
SIDES = (WHOLE, 0, 1, 2)  # everybody, blank, girls, boys


class Again(StrEnum):
    """What a new set of sheets is beside an older one."""

    OTHER_ANSWERS = "other_answers"
    SAFE = "safe"
    SINGLES_OUT = "singles_out"


@dataclass(frozen=True, eq=False)
class Complete:
    """A scale's complete sheets. `items`: keys of its items; `rows`: which of the common items are among them."""

    items: frozenset[str]
    rows: tuple[int, ...]
    sheets: Bools


@dataclass(frozen=True, eq=False)
class FormSheets:
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
    scales : tuple of Complete
        The wave's scales that hold one of these items.
    """

    tree: Tree
    node: Ints
    unit: Ints
    place: Ints
    split: Ints
    pid: NDArray[np.uint8]
    answers: Ints
    scales: tuple[Complete, ...] = ()

    def answered(self) -> FormSheets:
        """Those that answered one of the items."""
        kept = (self.answers != NOT_ANSWERED).any(axis=0)
        return FormSheets(
            self.tree, self.node[kept], self.unit[kept], self.place[kept], self.split[kept], self.pid[kept],
            self.answers[:, kept],
            tuple(Complete(scale.items, scale.rows, scale.sheets[kept]) for scale in self.scales),
        )  # fmt: skip


def again(old: FormSheets, new: FormSheets, k: int, *, one_rule: bool = True) -> Again:
    """Whether the new sheets are the old ones, and if so, whether they may be published too.

    Sheets are known again by pseudonym and answers, where a question that was coded anew for all counts as the same;
    and (pseudonyms may be random, or of another list) by unit and answers to eight items.

    Parameters
    ----------
    old, new : Sheets
        With the same items.
    k : int
        The smallest number of sheets that a difference may be about.
    one_rule : bool
        Whether both waves have the same thresholds.

    Returns
    -------
    Again
    """
    found = Again.OTHER_ANSWERS
    if not len(old.answers):
        return found
    old, new = old.answered(), new.answered()
    ways: list[tuple[Ints, Ints, Ints, Ints]] = [
        (old.pid, new.pid, *in_one_code(old.pid, old.answers, new.pid, new.answers, k))
    ]
    if len(old.answers) >= ENOUGH_ITEMS:
        ways.append((old.unit, new.unit, old.answers, new.answers))
    for whose_old, whose_new, answers_old, answers_new in ways:
        partner = _partners(_keys(whose_old, answers_old), _keys(whose_new, answers_new), old.place, new.place)
        partner = _known_again(old, new, partner, k, len(answers_old))
        if (partner >= 0).any():
            found = Again.SAFE
            if _singles_out(old, new, partner, k, one_rule=one_rule):
                return Again.SINGLES_OUT
    return found


def _keys(whose: Ints, answers: Ints) -> NDArray[np.void]:
    """What is the same for the same sheet."""
    parts = [np.ascontiguousarray(whose.reshape(len(whose), -1), dtype=np.int64), answers.T.astype(np.int64)]
    rows = np.ascontiguousarray(np.concatenate(parts, axis=1))
    return rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()


def _partners(old: NDArray[np.void], new: NDArray[np.void], old_place: Ints, new_place: Ints) -> Ints:
    """By old sheet the new one that is the same, else -1; of equal ones as many as both have, first in one place."""
    _values, number = np.unique(np.concatenate([old, new]), return_inverse=True)
    one, two = number[: len(old)], number[len(old) :]
    partner = np.full(len(old), -1)
    places = int(max(old_place.max(initial=0), new_place.max(initial=0))) + 1
    for first, second in ((one * places + old_place, two * places + new_place), (one, two)):
        left = np.flatnonzero(partner < 0)
        free = np.setdiff1d(np.arange(len(new)), partner)
        size = len(old) + len(new)
        _common, mine, theirs = np.intersect1d(
            first[left] * size + _rank(first[left]), second[free] * size + _rank(second[free]), return_indices=True
        )
        partner[left[mine]] = free[theirs]
    return partner


def _rank(number: Ints) -> Ints:
    """The how-manieth of its number each is, from 0."""
    order = np.argsort(number, kind="stable")
    ranked = number[order]
    rank = np.empty(len(number), dtype=np.int64)
    rank[order] = np.arange(len(number)) - np.searchsorted(ranked, ranked, side="left")
    return rank


def _known_again(old: FormSheets, new: FormSheets, partner: Ints, k: int, items: int) -> Ints:
    """The partners under nodes of either tree where most sheets have one; elsewhere two are equal by chance."""
    known = partner >= 0
    back = np.full(len(new.node), -1)
    back[partner[known]] = np.flatnonzero(known)
    if any(
        _are_most(np.isin(one.unit, two.unit).sum(), known.sum(), items, k).any()
        for one, two in ((old, new), (new, old))
    ):
        return partner
    if items < FEWEST_ITEMS:
        return np.full(len(partner), -1)
    in_new = np.append(_under_same(new, back >= 0, items, k), False)
    found: Ints = np.where(known & (_under_same(old, known, items, k) | in_new[partner]), partner, -1)
    return found


def _under_same(sheets: FormSheets, known: Bools, items: int, k: int) -> Bools:
    """By sheet, whether at some node over it most are known again."""
    count, same_there = (
        sheets.tree.totals(np.bincount(nodes, minlength=len(sheets.tree)))
        for nodes in (sheets.node, sheets.node[known])
    )
    same = _are_most(count, same_there, items, k)
    for node in range(1, len(same)):
        same[node] |= same[sheets.tree.parent[node]]
    found: Bools = same[sheets.node]
    return found


def _are_most(count: Ints, known: Ints, items: int, k: int) -> Bools:
    if items >= ENOUGH_ITEMS:
        need = np.minimum(SHARE * count + MORE * np.sqrt(count), count)
    else:
        need = SHARE_OF_FEW_ITEMS * count + MORE_OF_FEW_ITEMS * np.sqrt(count)
    return np.asarray((known >= k) & (known >= need))


def _singles_out(old: FormSheets, new: FormSheets, partner: Ints, k: int, *, one_rule: bool) -> bool:
    """Whether some released number of the one less one of the other may be about a few; also item by item."""
    back = np.full(len(new.node), -1)
    known = np.flatnonzero(partner >= 0)
    back[partner[known]] = known
    alike = one_rule and {scale.items for scale in old.scales} == {scale.items for scale in new.scales}
    for side in SIDES:
        one, two = _sets(old, side), _sets(new, side)
        if side is WHOLE:
            of_scales = list(_sets_of_scales(old, new))
            one, two = np.stack([*one, *(a for a, _b in of_scales)]), np.stack([*two, *(b for _a, b in of_scales)])
        hung = Hung(old.tree, old.node, partner, one), Hung(new.tree, new.node, back, two)
        if few_are_told_apart(*hung, k, alike=alike):
            return True
    return False


def _sets(sheets: FormSheets, side: int | None) -> Bools:
    """All sheets, and those with an answer to each item."""
    everybody = np.ones((1, len(sheets.node)), dtype=bool)
    sets = np.concatenate([everybody, sheets.answers != NOT_ANSWERED])
    return sets if side is WHOLE else sets & (sheets.split == side)


def _sets_of_scales(old: FormSheets, new: FormSheets) -> Iterator[tuple[Bools, Bools]]:
    """Complete sheets of any two scales that share an item, and for each such item those that answered it otherwise."""
    for one in old.scales:
        for two in new.scales:
            shared = sorted(set(one.rows) & set(two.rows))
            if shared:
                yield one.sheets, two.sheets
            for row in shared:
                answered = [sheets.answers[row] != NOT_ANSWERED for sheets in (old, new)]
                yield answered[0] & ~one.sheets, answered[1] & ~two.sheets
