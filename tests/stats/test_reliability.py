"""Alpha and Feldt's interval: from answers, from cross products, and as R has them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    ScaleSpec,
    SumsDiffer,
    SumsTooLarge,
    TooLittleData,
    alphas,
    collect_products,
    cronbach_alpha,
    feldt_interval,
)

from . import plain
from .worlds import as_people, committed_world, pisa_world, read_reference, synthetic_world

SHEETS = np.array([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 5, 4]]).T
PARTS = ("people", "totals", "products")


def sheets_of(world, scale, members):
    """Turned answers of some, and some blank sheets, so that there are always more sheets than items."""
    codes = np.pad(world.answers[list(scale.items)][:, members], ((0, 0), (0, 9)), constant_values=-1)
    turned = np.array(scale.turned)[:, np.newaxis] & (codes >= 0)
    return np.where(turned, scale.low + scale.high - codes, codes)


def test_alpha_of_a_small_example():
    alpha = cronbach_alpha(SHEETS)
    assert alpha.value == pytest.approx(plain.alpha(SHEETS.T.tolist()), rel=1e-14)
    assert alpha.people == 5
    assert alpha.low < alpha.value < alpha.high <= 1


def test_interval_rests_on_complete_sheets_only():
    blanks = np.array([[-1, 3, 3], [1, 1, -1], [-1] * 3]).T
    assert cronbach_alpha(np.hstack([SHEETS, blanks])) == cronbach_alpha(SHEETS)


def test_interval_of_nine_complete_sheets():
    low, high = feldt_interval(0.8017, 9, 11)
    assert (round(float(low), 3), round(float(high), 3)) == (0.533, 0.947)


@pytest.mark.parametrize(
    "sheets, why",
    [
        (SHEETS[:1], "2 items"),
        (np.where(np.arange(5) < 2, SHEETS, -1), "3 complete"),
        (np.full((3, 5), -1), "3 complete"),
        (np.array([[1, 2, 3], [3, 2, 1]]), "differ"),
        (np.full((3, 4), 2), "differ"),
    ],
)
def test_alpha_that_does_not_exist(sheets, why):
    with pytest.raises(TooLittleData, match=why):
        cronbach_alpha(sheets)


@pytest.mark.parametrize(
    "answers, why",
    [
        (np.array([1, 2, 3]), "matrix"),
        (SHEETS.T, "answers.T"),
        (SHEETS.astype(float), "-1, not NaN"),
        (np.where(SHEETS == 3, -2, SHEETS), "below -1"),
    ],
)
def test_answers_of_another_shape_or_kind(answers, why):
    with pytest.raises(BadAnswers, match=why):
        cronbach_alpha(answers)


def same(one, two):
    return all(np.array_equal(getattr(one, part), getattr(two, part)) for part in PARTS)


@given(st.integers(0, 2**32), st.integers(0, 60), st.data())
def test_cross_products_are_the_same_for_any_split_and_order(seed, people, data):
    random = np.random.default_rng(seed)
    scale = ScaleSpec("mood", (0, 2, 3), (False, True, False), 1, 5)
    answers = random.integers(1, 6, (4, people)).astype(np.int8)
    answers[random.random(answers.shape) < 0.1] = -1
    group = random.integers(-1, 3, people)
    whole = collect_products(answers, group, 3, scale)
    cuts = sorted(data.draw(st.lists(st.integers(0, people), max_size=3)))
    merged = None
    for piece in np.split(random.permutation(people), cuts):
        part = collect_products(answers[:, piece], group[piece], 3, scale)
        merged = part if merged is None else part + merged
    assert same(merged, whole)
    index = np.array([1, 0, 1])
    regrouped = np.where(group < 0, -1, index[np.maximum(group, 0)])
    assert same(whole.regroup(index, 2), collect_products(answers, regrouped, 2, scale))


def test_alphas_from_cross_products_equal_those_from_answers():
    world = synthetic_world()
    for scale in world.scales:
        result = alphas(collect_products(world.answers, world.group, world.groups, scale))
        for g in range(world.groups):
            sheets = sheets_of(world, scale, world.group == g)
            try:
                expected = cronbach_alpha(sheets)
            except TooLittleData:
                assert np.isnan([result.value[g], result.low[g], result.high[g]]).all()
                continue
            got = (result.value[g], result.low[g], result.high[g], result.people[g])
            assert got == pytest.approx((expected.value, expected.low, expected.high, expected.people), rel=1e-11)


def test_alpha_equals_the_plain_one():
    world = synthetic_world()
    people, _ = as_people(world)
    for scale in world.scales:
        turned = [[plain.turned(p[i], i, scale) for i in scale.items] for p in people]
        expected = plain.alpha([sheet for sheet in turned if None not in sheet])
        everybody = collect_products(world.answers, np.zeros(len(people), dtype=int), 1, scale)
        assert alphas(everybody).value == pytest.approx([expected], rel=1e-13)


def test_no_alphas_for_small_groups_and_equal_totals():
    scale = ScaleSpec("two", (0, 1), (False, False), 1, 5)
    answers = np.array([[1, 2, 1, 2, 3, 1, 2, 4], [1, 2, 3, 2, 1, 1, 2, 3]])
    result = alphas(collect_products(answers, np.array([0, 0, 1, 1, 1, 2, 2, 2]), 4, scale))
    assert np.isnan(result.value).tolist() == [True, True, False, True]
    assert result.people.tolist() == [2, 3, 3, 0]


def test_no_alphas_of_a_single_item():
    scale = ScaleSpec("one", (0,), (False,), 1, 5)
    with pytest.raises(TooLittleData, match="2 items"):
        alphas(collect_products(np.array([[1, 2, 3]]), np.zeros(3, dtype=int), 1, scale))


def test_adding_cross_products_that_differ():
    world = synthetic_world()
    one = collect_products(world.answers, world.group, world.groups, world.scales[0])
    with pytest.raises(SumsDiffer):
        one + collect_products(world.answers, world.group, world.groups, world.scales[1])
    with pytest.raises(SumsDiffer):
        one + one.regroup(np.zeros(world.groups, dtype=int), 1)


def test_merging_until_too_large_is_refused():
    scale = ScaleSpec("two", (0, 1), (False, False), 1, 5)
    sums = collect_products(np.array([[1, 2, 3], [2, 2, 3]]), np.zeros(3, dtype=int), 1, scale)
    most = replace(sums, people=np.array([2**62 // 10**2 - 1]))
    with pytest.raises(SumsTooLarge, match="two"):
        most + sums


def check_against_r(name, world, school_of_group, schools):
    rows = [row for row in read_reference("alpha.csv") if row["world"] == name]
    assert {row["school"] for row in rows} > {"all"}
    for scale in world.scales:
        sums = collect_products(world.answers, world.group, world.groups, scale)
        by_school = alphas(sums.regroup(school_of_group, len(schools)))
        everybody = cronbach_alpha(sheets_of(world, scale, slice(None)))
        for row in rows:
            if row["scale"] != scale.key:
                continue
            expected = [float(row[name]) for name in ("alpha", "low", "high", "people")]
            if row["school"] == "all":
                got = [everybody.value, everybody.low, everybody.high, everybody.people]
            else:
                at = schools.index(row["school"])
                got = [by_school.value[at], by_school.low[at], by_school.high[at], by_school.people[at]]
            assert got == pytest.approx(expected, rel=1e-10)


def test_alpha_equals_psych_on_synthetic_answers():
    world = committed_world()
    check_against_r("synthetic", world, np.arange(world.groups), [str(g) for g in range(world.groups)])


def test_alpha_equals_psych_on_pisa_pupils():
    world, schools, school_of = pisa_world()
    check_against_r("pisa", world, school_of, schools)
