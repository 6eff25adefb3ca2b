"""The promise itself: on random surveys nothing about too few follows from what `decide` lets out."""

import os
from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest

from kfl.disclosure import ReleaseRefused, Shown
from kfl.disclosure.attacker import derivable, find_leaks, matrices, smallest_reach
from kfl.disclosure.decision import _decide
from kfl.disclosure.gate import _gate
from tests.disclosure.random_trees import CODES, Survey, naive, published, random_survey

FULL = bool(os.environ.get("KFL_PROVE"))
SEED = 20_260_000
TREES = 6_000 if FULL else 600
SOLVED = 600 if FULL else 60


def decided(survey: Survey) -> Shown:
    return _decide(survey.tree, survey.counts, survey.scales, survey.k, survey.k_share, survey.alone).shown()


def surveys(count: int, **options: bool) -> Iterator[Survey]:
    return (random_survey(SEED + number, **options) for number in range(count))


def leaks(survey: Survey, shown: Shown) -> int:
    attack = matrices([published(survey, shown)], survey.k, survey.k_share)
    return sum(len(find_leaks(matrix)) for matrix in attack)


def test_no_random_tree_leaks_and_the_gate_lets_each_through(capsys: pytest.CaptureFixture[str]) -> None:
    found = naive_leaking = nodes = splits = 0
    for survey in surveys(TREES):
        shown = decided(survey)
        _gate(survey.tree, survey.counts, survey.scales, shown, survey.k, survey.k_share, survey.alone)
        found += leaks(survey, shown)
        naive_leaking += leaks(survey, naive(survey)) > 0
        nodes += int(shown.scale.sum())
        splits += int(shown.split.sum())
    with capsys.disabled():
        print(
            f"\nP1, P2: nothing about too few follows → {TREES} random trees, {nodes} shown nodes, {splits} "
            f"shown splits, {found} leaks; the naive rule leaks in {naive_leaking} → seed {SEED}"
        )
    assert found == 0
    assert naive_leaking > TREES / 2
    assert nodes > TREES
    assert splits > TREES / 10


def test_no_combination_of_totals_reaches_fewer_than_k(capsys: pytest.CaptureFixture[str]) -> None:
    below = naive_below = solved = 0
    for survey in surveys(SOLVED):
        for shown, is_naive in ((decided(survey), False), (naive(survey), True)):
            attack = matrices([published(survey, shown)], survey.k, survey.k_share)
            reached = [smallest_reach(matrix) < matrix.fewest for matrix in attack if matrix.rows]
            below += any(reached) and not is_naive
            naive_below += any(reached) and is_naive
            solved += len(reached)
    with capsys.disabled():
        print(
            f"\nP2: no combination reaches fewer than k → {SOLVED} random trees, {solved} programs solved, "
            f"{below} trees below k; naive rule {naive_below} → seed {SEED}"
        )
    assert below == 0
    assert naive_below > SOLVED / 2


def test_nothing_near_unanimous_follows(capsys: pytest.CaptureFixture[str]) -> None:
    """Every union of up to three cells that follows is looked into: single items, so that ends are exact."""
    groups = alike = at_end = 0
    for survey in surveys(TREES // 2, single_items=True):
        for matrix in matrices([published(survey, decided(survey))], survey.k, survey.k_share):
            for union in derivable(matrix, range(len(matrix.cells))):
                codes = np.sum([matrix.cells[place].codes for place in union], axis=0)
                groups += 1
                if matrix.about.endswith("shares"):
                    alike += codes.sum() - codes.max() <= 1
                at_end += codes.sum() - max(codes[1], codes[CODES - 1]) <= 1
    with capsys.disabled():
        print(
            f"\nP4: nothing near-unanimous follows → {TREES // 2} random trees, {groups} groups, {alike} by item, "
            f"{at_end} at an end → seed {SEED}"
        )
    assert (alike, at_end) == (0, 0)
    assert groups > TREES


def test_whatever_the_gate_lets_through_does_not_leak() -> None:
    """Decisions with one mark turned: the gate is judged by the attacker, not by `decide`."""
    random = np.random.default_rng(SEED)
    refused = leaking = 0
    for survey in surveys(TREES):
        shown = decided(survey)
        marks = (shown.scale, shown.items, shown.split)[int(random.integers(3))]
        node = int(random.integers(len(survey.tree)))
        marks[node, 0] = ~marks[node, 0]
        leaking += leaks(survey, shown) > 0
        try:
            _gate(survey.tree, survey.counts, survey.scales, shown, survey.k, survey.k_share, survey.alone)
        except ReleaseRefused:
            refused += 1
        else:
            assert leaks(survey, shown) == 0
    assert leaking > TREES / 20
    assert refused >= leaking


def test_waves_and_informants_together_leak_nothing() -> None:
    """Two waves of two informants, and the same release twice: different unknowns, or nothing new."""
    for number in range(0, 40, 4):
        four = [random_survey(SEED + number + step, largest_k=3) for step in range(4)]
        releases = [published(survey, decided(survey), f"form {step}") for step, survey in enumerate(four)]
        attack = matrices(releases + releases[:1], 3, 3)
        assert len({matrix.about for matrix in attack}) == len(attack)
        assert list(chain.from_iterable(find_leaks(matrix) for matrix in attack)) == []
