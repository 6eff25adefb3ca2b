"""Every released number is a function of whole blocks: who sits where inside one shows nowhere (PROMISES 3.3, A)."""

from __future__ import annotations

import numpy as np
import pytest

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
