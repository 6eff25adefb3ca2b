"""Distinct sheets and their counts: exact, mergeable, in one order."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import BadAnswers, ScaleSpec, SumsDiffer
from kfl.stats.ordinal import Patterns, collect_patterns


def drawn(seed, items, people, low=1, high=5):
    random = np.random.default_rng(seed)
    answers = random.integers(low, high + 1, (items + 1, people)).astype(np.int8)
    answers[random.random(answers.shape) < 0.1] = -1
    turned = tuple(bool(t) for t in random.random(items) < 0.5)
    return answers, ScaleSpec("mood", tuple(range(1, items + 1)), turned, low, high)


def counted(answers, scale):
    """The same by a dictionary, person by person."""
    sheets = Counter()
    for person in answers.T.tolist():
        turn = zip(scale.items, scale.turned, strict=True)
        sheets[tuple(scale.low + scale.high - person[i] if t and person[i] >= 0 else person[i] for i, t in turn)] += 1
    return sheets


def as_counter(patterns: Patterns):
    return Counter(dict(zip(map(tuple, patterns.codes.T.tolist()), patterns.counts.tolist(), strict=True)))


@pytest.mark.parametrize("items, low, high", [(1, 0, 1), (3, 1, 5), (9, 0, 6), (40, 1, 5)])
def test_patterns_equal_a_plain_count(items, low, high):
    answers, scale = drawn(items, items, 300, low, high)
    patterns = collect_patterns(answers, scale)
    assert as_counter(patterns) == counted(answers, scale)
    assert patterns.codes.dtype == np.int8
    assert patterns.people == 300
    assert sorted(map(tuple, patterns.codes.T.tolist())) == list(map(tuple, patterns.codes.T.tolist()))


@given(st.integers(0, 2**32), st.sampled_from([2, 5, 30]), st.integers(0, 60), st.data())
def test_patterns_are_the_same_for_any_split_and_order(seed, items, people, data):
    answers, scale = drawn(seed, items, people)
    whole = collect_patterns(answers, scale)
    cuts = sorted(data.draw(st.lists(st.integers(0, people), max_size=3)))
    order = np.random.default_rng(seed).permutation(people)
    merged = None
    for piece in np.split(order, cuts):
        part = collect_patterns(answers[:, piece], scale)
        merged = part if merged is None else part + merged
    assert np.array_equal(merged.codes, whole.codes)
    assert np.array_equal(merged.counts, whole.counts)


def test_complete_leaves_only_full_sheets():
    answers, scale = drawn(4, 4, 200)
    complete = collect_patterns(answers, scale).complete()
    assert (complete.codes > 0).all()
    assert complete.people == (answers[1:] > 0).all(axis=0).sum()


def test_patterns_of_other_scales_are_not_added():
    answers, scale = drawn(1, 2, 10)
    other = ScaleSpec("other", scale.items, scale.turned, 1, 5)
    with pytest.raises(SumsDiffer):
        collect_patterns(answers, scale) + collect_patterns(answers, other)


@pytest.mark.parametrize("code", [0, 6, -2])
def test_codes_outside_the_scale(code):
    answers, scale = drawn(2, 3, 10)
    answers[2, 3] = code
    with pytest.raises(BadAnswers, match="outside 1..5"):
        collect_patterns(answers, scale)


def test_codes_that_do_not_fit():
    with pytest.raises(BadAnswers, match="above 125"):
        collect_patterns(np.zeros((1, 3), dtype=np.int16), ScaleSpec("far", (0,), (False,), 0, 200))
