"""Every released number is a function of whole blocks: who sits where inside one shows nowhere (PROMISES 3.3, A)."""

from __future__ import annotations

import numpy as np
import pytest

from kfl.results.making.computed import WaveTree
from tests.results.test_compute import a_tree, answers_of, computed, sheets


def lowest_shown(results):
    """For each node of the form the lowest shown node at or above it, for the first scale."""
    return results.nearest[:, 0]


@pytest.mark.parametrize("seed", range(6))
def test_swapping_two_of_one_gender_inside_a_block_changes_nothing_shown(seed):
    tree = a_tree()
    drawn = answers_of(tree, seed=20 + seed, sizes=(3, 14))
    # Nobody skips: who did decides what is shown, and is no secret (RULES A.2).
    answers = sheets(drawn.group, drawn.split, np.where(drawn.codes < 0, 2, drawn.codes).astype(np.int8))
    before = computed(tree, answers)
    block = lowest_shown(before)[answers.group]
    random = np.random.default_rng(seed)
    codes = answers.codes.copy()
    moved = 0
    for here in np.unique(block):
        for gender in (1, 2):
            people = np.flatnonzero((block == here) & (answers.split == gender))
            codes[:, people] = codes[:, random.permutation(people)]
            moved += len(people)
    assert moved == len(answers.group)
    after = computed(tree, sheets(answers.group, answers.split, codes))

    first = [0, 1, 2]  # items of the first scale, whose blocks were shuffled
    shown = before.decision.scale[:, 0] == 0
    np.testing.assert_array_equal(after.decision.scale[:, 0] == 0, shown)
    np.testing.assert_allclose(after.points[shown, 0], before.points[shown, 0])
    np.testing.assert_array_equal(after.n[shown, 0], before.n[shown, 0])
    items = before.decision.items[:, 0] == 0
    np.testing.assert_array_equal(after.percent[items][:, first], before.percent[items][:, first])
    split = before.decision.split[:, 0] == 0
    np.testing.assert_allclose(after.girls.points[split, 0], before.girls.points[split, 0])


def everything_told(results):
    """All pooled numbers, and every number at the nodes shown."""
    shown = results.decision.scale[:, 0] == 0
    tables = (results.points, results.half, results.sd, results.apart, results.apart_half, results.effect)
    pooled = [results.reference.mu[0], results.reference.sigma[0], *(rho[0] for rho in results.alike.values())]
    return np.concatenate([pooled, *(table[shown, 0] for table in tables)])


@pytest.mark.parametrize("seed", range(6))
def test_who_sits_in_which_hidden_class_shows_in_no_number(seed):
    """One school with two hidden classes among twelve: what is told is the same however its children are shared out."""
    random = np.random.default_rng(seed)
    tree = WaveTree(np.array([-1, 0, 1, *[2] * 12]), np.array(["county", "school", "grade", *["group"] * 12]))
    group = np.repeat(np.arange(3, 15), [15] * 10 + [4, 5])
    class_level = random.normal(0, 0.5, 15)[group]
    codes = np.clip(np.rint(3 + class_level + random.normal(0, 1, (8, len(group)))), 1, 4).astype(np.int8)
    answers = sheets(group, np.zeros(len(group), dtype=np.int8), codes)
    before = computed(tree, answers)
    hidden = np.flatnonzero(group >= 13)
    assert (before.decision.scale[:, 0] == 0).tolist() == [True] * 13 + [False] * 2
    moved = codes.copy()
    moved[:, hidden] = codes[:, hidden[::-1]]
    after = computed(tree, sheets(group, answers.split, moved))
    np.testing.assert_allclose(everything_told(after), everything_told(before), rtol=1e-12)
