"""The door refuses whatever it isn't told of, and whatever a few sheets could be worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from kfl.disclosure import BadCounts, NotPublished, OneSet, Published, Sheets
from kfl.disclosure.gate import Judged
from kfl.disclosure.one_set import one_set, unlike_by_sums
from kfl.disclosure.published import BLOCKS, DESIGN


@dataclass(frozen=True)
class Item:
    ABOUT: ClassVar[str] = "key"
    RESTS: ClassVar[dict[str, str]] = {"n": "answered", "mean": "complete", "steps": DESIGN}

    key: str
    n: int
    mean: float
    steps: int = 4


@dataclass(frozen=True)
class Bare:
    mean: float


@dataclass(frozen=True)
class Pages:
    RESTS: ClassVar[dict[str, str]] = {"points": BLOCKS}

    points: np.ndarray


def two(answered: int, complete: int, beyond: int | None) -> list[Sheets]:
    more = {} if beyond is None else {"complete": beyond}
    return [Sheets("q1", "answered", answered, more), Sheets("q1", "complete", complete, {"answered": 0})]


@pytest.mark.parametrize(("answered", "complete"), [(40, 40), (40, 33), (7, 7)])
def test_sets_that_differ_by_nobody_or_many_pass(answered, complete):
    item = Item("q1", answered, 2.5)
    assert Published(two(answered, complete, answered - complete), item).numbers is item


@pytest.mark.parametrize(
    "sets",
    [
        two(40, 39, 1),
        two(40, 34, 6),
        two(6, 6, 0),
        two(40, 33, None),  # it isn't said how many one has that the other lacks
        two(40, 33, 7)[:1],  # of a set nothing is known
        [*two(40, 33, 7), Sheets("q1", "complete", 33, {"answered": 0})],
        [Sheets("q2", one.name, one.people, one.beyond) for one in two(40, 33, 7)],
        [],
    ],
    ids=["one", "six", "few", "unsaid", "unknown", "twice", "of another item", "none"],
)
def test_what_could_be_subtracted_is_refused(sets):
    with pytest.raises(NotPublished):
        Published(sets, Item("q1", 40, 2.5))


@pytest.mark.parametrize("numbers", [Bare(2.5), [Bare(2.5)], {"q1": 3}, 3.0, Pages(np.zeros(3)), object()])
def test_a_number_that_rests_on_nothing_said_is_refused(numbers):
    with pytest.raises(NotPublished):
        Published(two(40, 33, 7), numbers)


def test_blocks_are_for_the_gate_to_judge():
    pages = Pages(np.zeros(3))
    assert Published([], pages, judged=Judged(("calm",))).numbers is pages


def counted(codes, block=None, part=None, alone=None) -> OneSet:
    codes = np.array(codes)
    people = codes.shape[1]
    block = np.zeros(people, dtype=int) if block is None else np.array(block)
    part = np.zeros(people, dtype=int) if part is None else np.array(part)
    alone = np.ones(people, dtype=bool) if alone is None else alone
    return one_set(codes, 1, block, part, alone, (int(block.max()) + 1, 3))


def answers(people: int, skipped: int) -> np.ndarray:
    codes = np.array([[1 + n % 4 for n in range(people)], [1 + (n // 2) % 4 for n in range(people)]])
    codes[1, :skipped] = -1
    return codes


@pytest.mark.parametrize(
    ("skipped", "is_full"), [(0, True), (1, False), (6, False), (7, True), (33, True), (34, False)]
)
def test_complete_sheets_have_numbers_where_nobody_or_many_are_left_out(skipped, is_full):
    assert counted(answers(40, skipped)).is_full(7) is is_full


def test_what_blocks_leave_counts_and_not_the_whole_alone():
    """Nine of a class of ten skipped: all complete sheets less the other classes are the tenth."""
    codes = answers(40, 9)
    assert counted(codes).is_full(7)
    assert not counted(codes, block=[0] * 10 + [1] * 30).is_full(7)
    assert counted(codes, block=[0] * 9 + [1] * 31).is_full(7)  # a whole class: its sum is told anyway


def test_girls_and_boys_are_compared_only_where_it_holds_for_each():
    part = [1, 2] * 20
    spread = answers(40, 20)
    assert counted(spread, part=part).may_compare(7)
    girls_only = answers(40, 0)
    girls_only[1, 0:20:2] = -1
    assert counted(girls_only, part=part).may_compare(7)
    girls_only[1, 1] = -1
    assert counted(girls_only, part=part).is_full(7)
    assert not counted(girls_only, part=part).may_compare(7)


def test_those_left_out_who_answered_alike_are_not_given_away():
    codes = answers(40, 9)
    codes[0, :9] = 3
    assert not counted(codes).is_full(7)
    codes[0, 0] = 2
    assert not counted(codes).is_full(7)
    codes[0, 1] = 2
    assert counted(codes).is_full(7)


def test_sheets_of_people_who_handed_in_more_count_for_nothing():
    alone = np.ones(40, dtype=bool)
    alone[:3] = False
    assert not counted(answers(40, 9), alone=alone).is_full(7)
    sets = list(counted(answers(40, 9), alone=alone).sheets("s", ["q0", "q1"], 7, compared=False))
    assert any(one.beyond.get("complete") == 6 for one in sets)


def test_somebody_in_no_block_stops_everything():
    with pytest.raises(BadCounts):
        one_set(answers(40, 0), 1, np.full(40, -1), np.zeros(40, dtype=int), np.ones(40, dtype=bool), (1, 1))


@pytest.mark.parametrize(
    ("codes", "is_unlike"), [([3] * 8, False), ([3] * 7 + [1], False), ([3] * 6 + [1, 1], True), ([], True)]
)
def test_sums_tell_whether_all_but_one_answered_alike(codes, is_unlike):
    given = np.array(codes, dtype=np.int64)
    assert unlike_by_sums(*(np.array([one]) for one in (len(given), given.sum(), (given**2).sum())), 3) == [is_unlike]
