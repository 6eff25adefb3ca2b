"""Products and tables of every two items, and sums over complete sheets: exact, however people are split."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    ScaleSpec,
    SumsDiffer,
    SumsTooLarge,
    alphas,
    collect_alpha,
    collect_pairwise,
    collect_products,
    collect_tables,
    planes,
)

from .test_kernel import everybody, forms, numbers, sheets_of
from .worlds import synthetic_world


def own_rows(answers, scale):
    """The scale's own rows, in its order: a matrix with rows beside them, and few people, might lie the other way."""
    return answers[list(scale.items)], replace(scale, items=tuple(range(len(scale.items))))


@given(forms())
@settings(max_examples=60)
def test_pairs_equal_what_counting_people_one_by_one_gives(form):
    answers, scale, _ = form
    if scale.high > 14:
        scale = replace(scale, high=scale.low + 10)
        answers = np.where(answers > scale.high, -1, answers).astype(np.int8)
    answers, scale = own_rows(answers, scale)
    sheets = sheets_of(answers, scale)
    products, tables = collect_pairwise(answers, scale), collect_tables(answers, scale)
    items = len(scale.items)
    for i in range(items):
        for j in range(items):
            both = [(s[i], s[j]) for s in sheets if s[i] is not None and s[j] is not None]
            assert products.people[i, j] == len(both)
            assert products.sums[i, j] == sum(one for one, _ in both)
            assert products.products[i, j] == sum(one * two for one, two in both)
    for pair, (i, j) in enumerate(zip(*np.triu_indices(items, 1), strict=True)):
        for one in range(scale.low, scale.high + 1):
            for two in range(scale.low, scale.high + 1):
                expected = sum(s[i] == one and s[j] == two for s in sheets)
                assert tables.counts[pair, one - scale.low, two - scale.low] == expected


@given(forms(), st.data())
@settings(max_examples=40)
def test_any_split_order_and_merging_gives_the_same_whole_numbers(form, data):
    answers, scale, random = form
    answers, scale = own_rows(answers, scale)
    people = answers.shape[1]
    group = random.integers(-1, 3, people)
    cuts = sorted(data.draw(st.lists(st.integers(0, people), max_size=3)))
    pieces = np.split(random.permutation(people), cuts)
    for collected in (
        lambda who: collect_pairwise(answers[:, who], scale),
        lambda who: collect_tables(answers[:, who], scale),
        lambda who: collect_products(answers[:, who], group[who], 3, scale),
        lambda who: collect_alpha(answers[:, who], group[who], 3, [scale])[0],
    ):
        merged = collected(pieces[0])
        for piece in pieces[1:]:
            merged = collected(piece) + merged
        for one, two in zip(numbers(merged), numbers(collected(slice(None))), strict=True):
            np.testing.assert_array_equal(one, two)


@given(forms())
@settings(max_examples=30)
def test_regrouping_equals_collecting_in_the_new_groups(form):
    answers, scale, random = form
    group, index = random.integers(0, 4, answers.shape[1]), np.array([1, -1, 0, 1])
    (own,), (direct,) = (collect_alpha(answers, g, n, [scale]) for g, n in ((group, 4), (index[group], 2)))
    for one, two in zip(numbers(own.regroup(index, 2)), numbers(direct), strict=True):
        np.testing.assert_array_equal(one, two)


def test_alpha_is_the_same_from_either_sums():
    world = synthetic_world()
    for scale, sums in zip(
        world.scales, collect_alpha(world.answers, world.group, world.groups, world.scales), strict=True
    ):
        from_products = alphas(collect_products(world.answers, world.group, world.groups, scale))
        for one, two in zip(numbers(alphas(sums)), numbers(from_products), strict=True):
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("items, high", [(33, 5), (33, 120), (32, 5)])
def test_products_of_many_items_by_group(monkeypatch, mixed, items, high):
    monkeypatch.setattr("kfl.stats.complete.PIECE", 100)
    random = np.random.default_rng(2)
    answers = random.integers(1, high + 1, (items, 730)).astype(np.int8)
    answers[random.random(answers.shape) < 0.01] = -1
    group = random.integers(-1, 3, 730)
    group = group if mixed else np.sort(group)
    scale = ScaleSpec("joint", tuple(range(items)), (False, True, False) * 10 + (False,) * (items - 30), 1, high)
    sums = collect_products(answers, group, 3, scale)
    turned = np.where(np.array(scale.turned)[:, np.newaxis], 1 + high - answers.astype(int), answers)
    for g in range(3):
        full = turned[:, (group == g) & (answers >= 0).all(axis=0)]
        assert sums.people[g] == full.shape[1] > 100
        np.testing.assert_array_equal(sums.totals[g], full.sum(axis=1))
        np.testing.assert_array_equal(sums.products[g], full @ full.T)


def test_floats_stay_exact_at_the_highest_sums_they_meet():
    """Everybody at the far end: the sums of a piece are as large as can be."""
    for high in (32, 33, 126):
        answers = np.full((40, 40_000), high, dtype=np.int8)
        scale = ScaleSpec("long", tuple(range(40)), (False,) * 40, 0, high)
        assert (collect_products(answers, everybody(answers), 1, scale).products == 40_000 * high**2).all()
        assert (collect_pairwise(answers, scale).products == 40_000 * high**2).all()


@pytest.mark.parametrize("high", [5, 6, 20, 126])
def test_lanes_stay_exact_at_the_highest_sums_they_meet(high):
    answers = np.full((9, 10_000), high, dtype=np.int8)
    scale = ScaleSpec("far", tuple(range(9)), (False,) * 9, 0, high)
    (sums,) = collect_alpha(answers, everybody(answers), 1, [scale])
    assert (sums.squares == 10_000 * high**2).all()
    assert sums.total_squares == 10_000 * (9 * high) ** 2
    assert (collect_products(answers, everybody(answers), 1, scale).products == 10_000 * high**2).all()


def test_tables_have_no_seams_between_tiles():
    random = np.random.default_rng(4)
    people = 2 * planes.TILE + 65
    answers = random.integers(-1, 3, (3, people)).astype(np.int8)
    scale = ScaleSpec("three", (2, 0, 1), (False, True, False), 0, 2)
    tables = collect_tables(answers, scale).counts
    values = np.stack([answers[2], np.where(answers[0] < 0, -1, 2 - answers[0]), answers[1]])
    for pair, (i, j) in enumerate(((0, 1), (0, 2), (1, 2))):
        both = (values[i] >= 0) & (values[j] >= 0)
        expected = np.bincount(3 * values[i][both] + values[j][both], minlength=9)
        assert tables[pair].ravel().tolist() == expected.tolist()


def test_a_single_item_has_no_pairs():
    scale = ScaleSpec("one", (0,), (False,), 1, 5)
    answers = np.array([[1, 2, -1]], dtype=np.int8)
    assert collect_tables(answers, scale).counts.shape == (0, 5, 5)
    assert collect_pairwise(answers, scale).products.tolist() == [[5]]


def test_sums_of_other_scales_are_not_added():
    answers = np.array([[1, 2], [2, 1]], dtype=np.int8)
    one, two = (ScaleSpec(key, (0, 1), (False, False), 1, 5) for key in ("one", "two"))
    for collected in (collect_pairwise, collect_tables):
        with pytest.raises(SumsDiffer):
            collected(answers, one) + collected(answers, two)
    with pytest.raises(SumsDiffer):
        collect_alpha(answers, [0, 0], 1, [one])[0] + collect_alpha(answers, [0, 0], 1, [two])[0]


def test_merging_alpha_sums_until_too_large_is_refused():
    scale = ScaleSpec("two", (0, 1), (False, False), 1, 5)
    (sums,) = collect_alpha(np.array([[1, 2, 3], [2, 2, 3]]), np.zeros(3, dtype=int), 1, [scale])
    with pytest.raises(SumsTooLarge, match="two"):
        replace(sums, people=np.array([2**62 // 10**2 - 1])) + sums
