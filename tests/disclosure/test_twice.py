"""The same answers twice: no way of hiding leaves a block in which one set lacks 1 to k − 1 sheets of the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from kfl.disclosure import Tree
from kfl.disclosure.twice import Again, Sheets, again, few_are_missing

K = 7
# A county over two schools; the first has two classes of 14 and a small one of 8, the second one class of 20.
PARENT = np.array([-1, 0, 0, 1, 1, 1, 2])
SIZES = {3: 14, 4: 14, 5: 8, 6: 20}


def a_wave(seed: int = 1, *, items: int = 8, tree: Tree | None = None) -> Sheets:
    random = np.random.default_rng(seed)
    node = np.repeat(list(SIZES), list(SIZES.values()))
    count = len(node)
    return Sheets(
        tree or Tree(PARENT), node, PARENT[node], node, np.arange(count) % 2 + 1,
        np.random.default_rng(99).integers(0, 256, (count, 16), dtype=np.uint8),
        random.integers(1, 5, (items, count)),
    )  # fmt: skip


def kept(sheets: Sheets, mask: np.ndarray) -> Sheets:
    return Sheets(
        sheets.tree, sheets.node[mask], sheets.unit[mask], sheets.place[mask], sheets.split[mask], sheets.pid[mask],
        sheets.answers[:, mask],
    )  # fmt: skip


def without(sheets: Sheets, *people: int) -> Sheets:
    mask = np.ones(len(sheets.node), dtype=bool)
    mask[list(people)] = False
    return kept(sheets, mask)


def other_pids(sheets: Sheets) -> Sheets:
    return replace(sheets, pid=np.random.default_rng(5).integers(0, 256, sheets.pid.shape, dtype=np.uint8))


def shuffled(sheets: Sheets) -> Sheets:
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
    assert again(wave, pids(without(wave, *boys[:7], *girls[:7])), K) is Again.SAFE


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


def test_of_steady_people_too():
    """Seven answers of eight are what they were: of all sheets a third are the same by chance."""
    wave = a_wave()
    for seed in range(30):
        random = np.random.default_rng(seed)
        changed = random.random(wave.answers.shape) < 0.13
        later = replace(wave, answers=np.where(changed, wave.answers % 4 + 1, wave.answers))
        assert again(wave, later, K) is Again.OTHER_ANSWERS


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
