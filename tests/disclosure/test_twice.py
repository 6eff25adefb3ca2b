"""The same answers twice: no way of hiding leaves a block in which one set lacks 1 to k − 1 sheets of the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from kfl.disclosure import Tree
from kfl.disclosure.beside import Hung, few_are_missing, few_are_told_apart
from kfl.disclosure.twice import Again, Complete, FormSheets, again

K = 7
# A county over two schools; the first has two classes of 14 and a small one of 8, the second one class of 20.
PARENT = np.array([-1, 0, 0, 1, 1, 1, 2])
SIZES = {3: 14, 4: 14, 5: 8, 6: 20}


def a_wave(seed: int = 1, *, items: int = 8, tree: Tree | None = None) -> FormSheets:
    random = np.random.default_rng(seed)
    node = np.repeat(list(SIZES), list(SIZES.values()))
    count = len(node)
    return FormSheets(
        tree or Tree(PARENT), node, PARENT[node], node, np.arange(count) % 2 + 1,
        np.random.default_rng(99).integers(0, 256, (count, 16), dtype=np.uint8),
        random.integers(1, 5, (items, count)),
    )  # fmt: skip


def kept(sheets: FormSheets, mask: np.ndarray) -> FormSheets:
    return FormSheets(
        sheets.tree, sheets.node[mask], sheets.unit[mask], sheets.place[mask], sheets.split[mask], sheets.pid[mask],
        sheets.answers[:, mask],
        tuple(Complete(scale.items, scale.rows, scale.sheets[mask]) for scale in sheets.scales),
    )  # fmt: skip


def without(sheets: FormSheets, *people: int) -> FormSheets:
    mask = np.ones(len(sheets.node), dtype=bool)
    mask[list(people)] = False
    return kept(sheets, mask)


def other_pids(sheets: FormSheets) -> FormSheets:
    return replace(sheets, pid=np.random.default_rng(5).integers(0, 256, sheets.pid.shape, dtype=np.uint8))


def shuffled(sheets: FormSheets) -> FormSheets:
    return kept(sheets, np.random.default_rng(2).permutation(len(sheets.node)))


PIDS = pytest.mark.parametrize("pids", [lambda sheets: sheets, other_pids], ids=["same-pids", "other-pids"])


@PIDS
def test_the_same_sheets_in_another_order_are_safe(pids):
    assert again(a_wave(), pids(shuffled(a_wave())), K) is Again.SAFE


@PIDS
@pytest.mark.parametrize("gone", [1, 2, 6])
def test_a_few_less_or_more_are_refused(pids, gone):
    wave = a_wave()
    fewer = pids(without(wave, *range(gone)))
    assert again(wave, fewer, K) is Again.SINGLES_OUT
    assert again(fewer, pids(wave), K) is Again.SINGLES_OUT


@PIDS
def test_one_changed_answer_is_one_sheet_that_the_other_lacks(pids):
    wave = a_wave()
    answers = wave.answers.copy()
    answers[0, 0] = answers[0, 0] % 4 + 1
    assert again(wave, pids(replace(wave, answers=answers)), K) is Again.SINGLES_OUT


@PIDS
def test_a_whole_block_less_is_safe_and_a_part_of_one_is_not(pids):
    wave = a_wave()
    assert again(wave, pids(kept(wave, wave.node != 3)), K) is Again.SAFE
    assert again(wave, pids(kept(wave, wave.node != 6)), K) is Again.SAFE
    spread = without(wave, *range(4), *range(15, 19))  # eight less, but four in each of two classes
    assert again(wave, pids(spread), K) is Again.SINGLES_OUT


@PIDS
def test_a_pupil_in_another_class_is_missing_from_one(pids):
    wave = a_wave()
    node = wave.node.copy()
    node[0] = 4
    assert again(wave, pids(replace(wave, node=node, place=node)), K) is Again.SINGLES_OUT


@PIDS
def test_girls_are_counted_for_themselves(pids):
    wave = a_wave()
    class_6 = np.flatnonzero(wave.node == 6)
    boys, girls = class_6[wave.split[class_6] == 2], class_6[wave.split[class_6] == 1]
    assert again(wave, pids(without(wave, *boys[:6], *girls[:1])), K) is Again.SINGLES_OUT
    assert again(wave, pids(without(wave, *boys[:3], *girls[:1])), 3) is Again.SINGLES_OUT
    assert again(wave, pids(without(wave, *boys[:3], *girls[:3])), 3) is Again.SAFE
    assert again(wave, pids(without(wave, *boys[:7], *girls[:7])), K) is Again.SINGLES_OUT, "six are left"


@PIDS
def test_a_question_that_a_few_of_the_missing_answered_is_one_number_too(pids):
    wave = a_wave()
    answers = wave.answers.copy()
    gone = np.flatnonzero(wave.node == 6)[:14]
    answers[0, gone[:12]] = -1
    assert again(replace(wave, answers=answers), pids(without(replace(wave, answers=answers), *gone)), K) is (
        Again.SINGLES_OUT
    )


@pytest.mark.parametrize("items", [1, 3, 8, 30])
def test_a_later_wave_of_the_same_people_is_never_refused(items):
    for seed in range(2, 40):
        assert again(a_wave(items=items), a_wave(seed, items=items), K) is Again.OTHER_ANSWERS


@pytest.mark.parametrize("items", [4, 5, 7, 8, 30])
def test_of_steady_people_too(items):
    """Seven answers of eight are what they were: of eight questions, a third of the sheets are the same by chance."""
    wave = a_wave(items=items)
    for seed in range(30):
        random = np.random.default_rng(seed)
        changed = random.random(wave.answers.shape) < 0.13
        later = replace(wave, answers=np.where(changed, wave.answers % 4 + 1, wave.answers))
        assert again(wave, later, K) is Again.OTHER_ANSWERS
        assert again(wave, without(later, *range(20)), K) is Again.OTHER_ANSWERS


@pytest.mark.parametrize("items", [1, 2, 3, 5])
def test_of_satisfied_people_and_few_questions_too(items):
    """Of three questions that seven in ten answer alike each time, a few of a class are the same by chance."""
    for seed in range(30):
        random = np.random.default_rng(seed)
        old, new = (random.choice([1, 2, 3, 4], (items, 56), p=[0.05, 0.1, 0.15, 0.7]) for _ in range(2))
        wave = a_wave(items=items)
        assert again(replace(wave, answers=old), replace(wave, answers=new), K) is Again.OTHER_ANSWERS


def test_few_questions_and_other_pseudonyms_tell_nothing():
    wave = a_wave(items=7)
    assert again(wave, other_pids(without(wave, 0)), K) is Again.OTHER_ANSWERS
    assert again(wave, without(wave, 0), K) is Again.SINGLES_OUT, "but the same pseudonyms do"


def test_two_waves_without_a_common_question_are_other_answers():
    assert again(a_wave(items=0), a_wave(items=0), K) is Again.OTHER_ANSWERS


def test_one_school_that_is_sent_again_among_new_ones_is_found():
    wave = a_wave()
    later = a_wave(2)
    answers = np.where(wave.node == 6, wave.answers, later.answers)
    mixed = without(replace(wave, answers=answers), *np.flatnonzero(wave.node == 6)[:2])
    assert again(wave, other_pids(mixed), K) is Again.SINGLES_OUT


@PIDS
def test_one_class_again_beside_new_ones_of_the_same_school(pids):
    """A third of the school's sheets are known again, and all of the class's."""
    wave, later = (replace(a_wave(seed), split=np.zeros(56, dtype=int)) for seed in (1, 2))
    again_3 = np.flatnonzero(wave.node == 3)
    mixed = replace(wave, answers=np.where(wave.node == 3, wave.answers, later.answers))
    mixed = kept(mixed, wave.unit == 1)
    assert again(wave, pids(mixed), K) is Again.SAFE
    for gone in (1, 6):
        assert again(wave, pids(without(mixed, *again_3[:gone])), K) is Again.SINGLES_OUT
    assert again(mixed, pids(without(wave, again_3[0])), K) is Again.SINGLES_OUT
    answers = mixed.answers.copy()
    answers[:, again_3[0]] = later.answers[:, again_3[0]]
    assert again(wave, pids(replace(mixed, answers=answers)), K) is Again.SINGLES_OUT


TURNED, TOGETHER, NEW = "turned", "put together", "answered anew"


@pytest.mark.parametrize("how", [TURNED, TOGETHER, NEW])
@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("items", [8, 12, 30])
def test_a_question_that_is_coded_anew_for_all_hides_nobody(how, gone, items):
    wave = a_wave(items=items)
    answers = wave.answers.copy()
    answers[2] = {TURNED: 5 - answers[2], TOGETHER: (answers[2] + 1) // 2, NEW: a_wave(7).answers[2]}[how]
    new = without(replace(wave, answers=answers), *range(gone))
    assert again(wave, new, K) is (Again.SINGLES_OUT if gone else Again.SAFE)


def test_all_questions_turned_hide_nobody_either():
    wave = a_wave()
    turned = replace(wave, answers=5 - wave.answers)
    assert again(wave, turned, K) is Again.SAFE
    assert again(wave, without(turned, 0), K) is Again.SINGLES_OUT


def test_who_skipped_a_question_that_is_coded_anew_is_one_number_less():
    wave = a_wave(items=12)
    answers = wave.answers.copy()
    answers[2] = 5 - answers[2]
    answers[2, 0] = -1
    assert again(wave, replace(wave, answers=answers), K) is Again.SINGLES_OUT


def in_classes(wave: FormSheets, of: dict[int, list[int]]) -> FormSheets:
    """The same sheets, each old class of a school cut into new ones of the sizes given, under numbers of their own."""
    node, parent = wave.node.copy(), list(PARENT[:3])
    for old, sizes in of.items():
        people = np.flatnonzero(wave.node == old)
        for rows in np.split(people, np.cumsum(sizes)[:-1]):
            parent.append(int(PARENT[old]))
            node[rows] = len(parent) - 1
    return replace(wave, tree=Tree(np.array(parent)), node=node, place=node + 100)


@PIDS
def test_another_tree_over_the_same_sheets(pids):
    wave = a_wave()
    wave = replace(wave, split=np.zeros(56, dtype=int))
    same = in_classes(wave, {3: [14], 4: [14], 5: [8], 6: [20]})
    assert again(wave, pids(same), K) is Again.SAFE, "other names for the same classes"
    halves = in_classes(wave, {3: [7, 7], 4: [14], 5: [8], 6: [9, 11]})
    assert again(wave, pids(halves), K) is Again.SAFE, "each new class is k or more of one old class"
    assert again(halves, pids(wave), K) is Again.SAFE
    moved = same.node.copy()
    moved[0] = 4
    assert again(wave, pids(replace(same, node=moved, place=moved + 100)), K) is Again.SINGLES_OUT
    few = in_classes(wave, {3: [11, 3], 4: [14], 5: [8], 6: [20]})
    assert again(wave, pids(few), K) is Again.SINGLES_OUT, "the small class hides in the school's rest"


def test_what_is_left_of_a_class_is_told_apart_too():
    """Seven of eight are gone: the class less what is missing is the eighth, who now hides among the school's."""
    wave = a_wave()
    class_5 = np.flatnonzero(wave.node == 5)
    assert again(wave, without(wave, *class_5[:7]), K) is Again.SINGLES_OUT


def with_scales(wave: FormSheets, *scales: tuple[int, ...]) -> FormSheets:
    return replace(
        wave, scales=tuple(
            Complete(frozenset(f"Q{row}" for row in rows), rows, (wave.answers[list(rows)] >= 0).all(axis=0))
            for rows in scales
        ),
    )  # fmt: skip


@PIDS
def test_complete_sheets_of_other_scales(pids):
    wave = a_wave()
    wave.answers[0, :8], wave.answers[3, 20] = -1, -1
    four, three = ((0, 1, 2, 3), (4, 5, 6, 7)), ((0, 1, 2), (3, 4, 5, 6, 7))
    assert again(with_scales(wave, *four), pids(with_scales(wave, *four)), K) is Again.SAFE
    assert again(with_scales(wave, *four), pids(with_scales(wave, *three)), K) is Again.SINGLES_OUT
    assert again(with_scales(wave, *three), pids(with_scales(wave, *four)), K) is Again.SINGLES_OUT
    whole = replace(a_wave(), split=np.zeros(56, dtype=int))
    assert again(with_scales(whole, *four), pids(with_scales(whole, *three)), K) is Again.SAFE, "nobody skipped any"


def test_two_trees_of_the_same_sheets_never_make_a_cell_of_a_few():
    """Random pairs of trees: where it is said that nobody is told apart, no number less another is of 1 to k − 1."""
    random, k, passed, refused = np.random.default_rng(6), 2, 0, 0
    for _ in range(600):
        sheets = int(random.integers(4, 11))
        hung = []
        for _wave in range(2):
            nodes = int(random.integers(2, 5))
            parent = np.array([-1, *(random.integers(0, node) for node in range(1, nodes))])
            hung.append((Tree(parent), random.integers(0, nodes, sheets)))
        if random.random() < 0.5:
            hung[1] = hung[0]
        everybody, itself = np.ones((1, sheets), dtype=bool), np.arange(sheets)
        old, new = (Hung(tree, node, itself, everybody) for tree, node in hung)
        said = few_are_told_apart(old, new, k, alike=False)
        sums = [_sums(tree, node, k) for tree, node in hung]
        worst = any(
            0 < len(larger - smaller) < k
            for larger, smaller in [*product(*sums), *product(*sums[::-1])]
            if smaller < larger
        )
        assert said or not worst
        passed, refused = passed + (not said), refused + said
    assert passed > 30
    assert refused > 100


def _sums(tree: Tree, node: np.ndarray, k: int) -> list[frozenset[int]]:
    """What hangs at or under each node with k or more."""
    under: list[set[int]] = [set(np.flatnonzero(node == number).tolist()) for number in range(len(tree))]
    for number in range(len(tree) - 1, 0, -1):
        under[tree.parent[number]] |= under[number]
    return [frozenset(members) for members in under if len(members) >= k]


def test_no_way_of_hiding_singles_anybody_out():
    """Every choice of shown nodes that the building blocks allow, over random trees: what passes is 0 or k in each."""
    random, k, passed, refused = np.random.default_rng(4), 3, 0, 0
    for _ in range(1500):
        nodes = int(random.integers(2, 7))
        parent = np.array([-1, *(random.integers(0, node) for node in range(1, nodes))])
        direct = random.integers(0, 7, nodes)
        missing = np.where(random.random(nodes) < 0.5, 0, random.integers(0, direct + 1))
        said = few_are_missing(Tree(parent), direct[:, None], missing[:, None], k)
        worst = any(0 < gone < k for gone in _blocks(parent, direct, missing, k))
        assert said or not worst, (parent, direct, missing)
        passed, refused = passed + (not said and bool(missing.any())), refused + said
    assert passed > 100
    assert refused > 100


def _blocks(parent, direct, missing, k):
    """What is missing in each block, for every way of showing nodes in which each block holds k or nobody."""
    for shown in product([False, True], repeat=len(parent)):
        if any(show and above >= 0 and not shown[above] for show, above in zip(shown, parent, strict=True)):
            continue
        size, gone = dict.fromkeys(range(-1, len(parent)), 0), dict.fromkeys(range(-1, len(parent)), 0)
        for node in range(len(parent)):
            block = node
            while block >= 0 and not shown[block]:
                block = int(parent[block])
            size[block] += direct[node]
            gone[block] += missing[node]
        if all(size[node] == 0 or size[node] >= k for node in range(len(parent))):
            yield from (gone[node] for node in range(len(parent)) if size[node])
