"""How many answered at all: decided, checked and attacked like a scale, and adults' silence with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kfl.disclosure import (
    BadCounts,
    JudgedScale,
    Presence,
    ReleaseRefused,
    Thresholds,
    Tree,
    decide,
    followed,
    in_steps,
)
from kfl.disclosure.attacker import counts_matrix, find_leaks
from kfl.disclosure.decision import _decide
from kfl.disclosure.gate import _gate, gate
from tests.disclosure.random_trees import Survey, random_survey

K = Thresholds()
MUNICIPALITY = Tree(np.array([-1, 0, 0, 0]))  # three schools
SCALE = JudgedScale("trivsel", (0,), (False,), 1, 4)


def answers(*schools: int) -> np.ndarray:
    """Answers of whoever hangs right under the municipality and its schools, as different as can be."""
    counts = np.zeros((4, 1, 1, 5), dtype=np.int64)
    for node, n in enumerate((0, *schools)):
        counts[node, 0, 0, 1:] = [n // 4 + (place < n % 4) for place in range(4)]
    return counts


def of(answered: tuple[int, ...], invited: tuple[int, ...], *, silence_tells: bool) -> Presence:
    sheets = np.array([0, *answered])
    return Presence(sheets, sheets, np.array([0, *invited]), silence_tells)


def shown(answered: tuple[int, ...], invited: tuple[int, ...], *, silence_tells: bool) -> list[bool]:
    presence = of(answered, invited, silence_tells=silence_tells)
    table = answers(*answered)
    decision = decide(MUNICIPALITY, table, [SCALE], K, presence=presence)
    gate(MUNICIPALITY, table, [SCALE], decision.shown(), K, presence=presence)
    marks = decision.shown()
    assert marks.answered is not None
    assert (marks.scale[:, 0] <= marks.answered).all()
    assert not (decision.scale == 2).any()  # that nobody answered is told of no group
    return marks.answered.tolist()


def test_a_hidden_count_takes_the_smallest_beside_it_along():
    assert shown((12, 9, 3), (20, 20, 4), silence_tells=True) == [True, True, False, False]
    assert shown((12, 9, 8), (20, 20, 9), silence_tells=True) == [True, True, True, True]


def test_a_silent_group_is_hidden_with_another_of_adults_and_alone_of_pupils():
    assert shown((12, 9, 0), (20, 20, 4), silence_tells=True) == [True, True, False, False]
    assert shown((12, 9, 0), (20, 20, 4), silence_tells=False) == [True, True, True, False]
    assert shown((12, 9, 0), (20, 20, 0), silence_tells=True) == [True, True, True, False]


def test_no_scale_is_shown_where_the_count_is_not():
    # Of the third school four of nine answered at all: its count is hidden with the second's, and so are the scales.
    presence = of((12, 9, 4), (20, 20, 9), silence_tells=False)
    table = answers(12, 9, 8)  # as if more had answered the item than the count knows of
    decision = decide(MUNICIPALITY, table, [SCALE], K, presence=presence)
    assert (decision.scale[:, 0] == 0).tolist() == [True, True, False, False]


def test_without_a_count_the_rules_are_as_they_were():
    for seed in range(30):
        survey = random_survey(seed)
        plain = _decide(survey.tree, survey.counts, survey.scales, survey.k, survey.k_share)
        assert plain.answered is None
        generous = Presence(*(np.full(len(survey.tree), 1000),) * 3, silence_tells=False)
        counted = _decide(survey.tree, survey.counts, survey.scales, survey.k, survey.k_share, presence=generous)
        assert ((plain.scale == 0) == (counted.scale == 0)).all()


@pytest.mark.parametrize("seed", range(150))
def test_the_gate_and_the_attacker_find_nothing_in_what_is_decided(seed: int):
    survey = random_survey(seed)
    presence = random_presence(survey, seed)
    marks = _decide(survey.tree, survey.counts, survey.scales, survey.k, survey.k_share, presence=presence).shown()
    _gate(survey.tree, survey.counts, survey.scales, marks, survey.k, survey.k_share, presence=presence)
    assert marks.answered is not None
    assert find_leaks(counts_matrix("svar", survey.tree, marks.answered, presence, survey.k)) == []


def test_each_cell_by_itself_is_seen_to_leak():
    leaks = 0
    for seed in range(150):
        survey = random_survey(seed)
        presence = random_presence(survey, seed)
        each = survey.tree.totals(presence.invited) >= survey.k  # the rule that was: hide where few are invited
        leaks += bool(find_leaks(counts_matrix("svar", survey.tree, each, presence, survey.k)))
    assert leaks > 75


def random_presence(survey: Survey, seed: int) -> Presence:
    """Some who answered nothing of what the survey's scales ask, and some who did not answer at all."""
    random = np.random.default_rng(seed)
    most = survey.counts.sum(axis=(1, 3)).max(axis=-1)
    answered = most + random.binomial(3, 0.2, len(survey.tree)) * (most > 0)
    silent = random.binomial(6, 0.3, len(survey.tree)) * (random.random(len(survey.tree)) < 0.7)
    twice = random.binomial(answered, random.choice([0, 0, 0.2]))
    return Presence(answered, answered - twice, answered + silent, silence_tells=bool(seed % 2))


@pytest.mark.parametrize(
    ("marks", "silence_tells", "rule"),
    [
        ((0, 1, 1, 0), False, "under a hidden node"),
        ((1, 1, 1, 1), False, "too few answers is shown"),
        ((1, 1, 1, 0), False, "block has too few"),
        ((1, 1, 0, 0), False, "a scale is shown where"),
    ],
)
def test_the_gate_refuses(marks: tuple[int, ...], silence_tells: bool, rule: str):
    presence = of((12, 9, 3), (20, 20, 4), silence_tells=silence_tells)
    table = answers(12, 9, 8)
    told = replace(decide(MUNICIPALITY, table, [SCALE], K).shown(), answered=np.array(marks, dtype=bool))
    with pytest.raises(ReleaseRefused, match=rule):
        gate(MUNICIPALITY, table, [SCALE], told, K, presence=presence)


def test_the_gate_refuses_a_silent_block_of_adults_and_a_count_that_nobody_judged():
    table, presence = answers(12, 9, 0), of((12, 9, 0), (20, 20, 4), silence_tells=True)
    told = decide(MUNICIPALITY, table, [SCALE], K).shown()
    all_but_one = replace(told, answered=np.array([True, True, True, False]))
    with pytest.raises(ReleaseRefused, match="kept silent"):
        gate(MUNICIPALITY, table, [SCALE], all_but_one, K, presence=presence)
    with pytest.raises(ReleaseRefused, match="not judged"):
        gate(MUNICIPALITY, table, [SCALE], all_but_one, K)
    with pytest.raises(ReleaseRefused, match="not judged"):
        gate(MUNICIPALITY, table, [SCALE], told, K, presence=presence)


def test_counts_that_do_not_fit_are_refused():
    nobody = np.zeros(3, dtype=np.int64)
    with pytest.raises(BadCounts):
        decide(
            MUNICIPALITY, answers(9, 9, 9), [SCALE], K, presence=Presence(nobody, nobody, nobody, silence_tells=True)
        )
    with pytest.raises(BadCounts):
        decide(MUNICIPALITY, answers(9, 9, 9), [SCALE], K, presence=of((9, 9, -1), (9, 9, 9), silence_tells=True))


def test_what_is_followed_rests_on_the_invited_alone():
    assert followed(MUNICIPALITY, np.array([0, 20, 10, 4]), 7).tolist() == [True, True, False, False]
    assert followed(MUNICIPALITY, np.array([0, 20, 10, 0]), 7).tolist() == [True, True, True, False]
    assert followed(MUNICIPALITY, np.array([0, 3, 2, 1]), 7).tolist() == [False] * 4
    assert followed(MUNICIPALITY, np.array([5, 20, 10, 9]), 7).tolist() == [True, True, True, False]


def test_snapshots_are_told_in_threes_and_never_tell_everybody():
    told = [in_steps(number, 9) for number in range(12)]
    assert told == [0, 0, 0, 3, 3, 3, 6, 6, 6, 6, 6, 6]
    assert [in_steps(7, 7), in_steps(99, 10), in_steps(5, 0)] == [6, 9, 0]
