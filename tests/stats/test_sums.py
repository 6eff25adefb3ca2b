"""Sums: exact, and the same whatever the split, order and merging of the people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import BadAnswers, BadScale, ScaleSpec, SumsDiffer, SumsTooLarge, collect

from . import plain
from .worlds import World, as_people, in_group, synthetic_world

PARTS = ("counts", "persons", "score_sum", "score_square_sum")


def same(one, two):
    return all(np.array_equal(getattr(one, part), getattr(two, part)) for part in PARTS)


@st.composite
def worlds(draw):
    people, groups = draw(st.integers(0, 40)), draw(st.integers(1, 5))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    answers = random.integers(1, 6, (6, people)).astype(draw(st.sampled_from([np.int8, np.int16, np.int64])))
    answers[random.random(answers.shape) < draw(st.sampled_from([0.0, 0.1, 0.6, 1.0]))] = -1
    scales = (
        ScaleSpec("one", (0, 2, 1), (False, True, False), 1, 5),
        ScaleSpec("two", (3, 4, 5, 0), (True, False, False, True), 1, 5),  # shares item 0 with scale one
    )
    return World(answers, random.integers(0, groups, people), groups, scales)


def collected(world, people=slice(None)):
    return collect(world.answers[:, people], world.group[people], world.groups, world.scales)


@given(worlds(), st.data())
def test_any_split_order_and_merging_gives_the_same_whole_numbers(world, data):
    whole = collected(world)
    count = world.answers.shape[1]
    order = np.array(data.draw(st.permutations(range(count))), dtype=int)
    cuts = sorted(data.draw(st.lists(st.integers(0, count), max_size=4)))
    parts = [collected(world, piece) for piece in np.split(order, cuts)]
    while len(parts) > 1:
        second = parts.pop(data.draw(st.integers(0, len(parts) - 1)))
        first = parts.pop(data.draw(st.integers(0, len(parts) - 1)))
        parts.append(first + second)
    assert same(parts[0], whole)


@given(worlds(), st.data())
def test_regrouping_sums_equals_collecting_in_the_new_groups(world, data):
    index = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=world.groups, max_size=world.groups)))
    kept = index[world.group] >= 0
    direct = collect(world.answers[:, kept], index[world.group][kept], 3, world.scales)
    assert same(collected(world).regroup(index, 3), direct)


@given(worlds())
@settings(max_examples=30)
def test_sums_equal_what_counting_people_one_by_one_gives(world):
    sums = collected(world)
    people, group = as_people(world)
    for g in range(world.groups):
        members = in_group(people, group, g)
        for item in range(6):
            for code in range(6):
                assert sums.counts[g, item, code] == sum(p[item] == code for p in members)
        for s, scale in enumerate(world.scales):
            scores = plain.scores(members, scale)
            assert sums.persons[g, s] == len(scores)
            assert sums.score_sum[g, s] == sum(scores) * scale.unit
            assert sums.score_square_sum[g, s] == sum(v * v for v in scores) * scale.unit**2


def test_rolling_up_gives_each_node_its_whole_subtree():
    world = synthetic_world(schools=6)
    sums = collected(world)
    parent = np.array([-1, 0, 0, 1, 1, 2])
    below = [[0, 1, 2, 3, 4, 5], [1, 3, 4], [2, 5], [3], [4], [5]]
    rolled = sums.roll_up(parent)
    for node, nodes in enumerate(below):
        members = np.isin(world.group, nodes)
        direct = collect(world.answers[:, members], np.zeros(members.sum(), dtype=int), 1, world.scales)
        assert same(rolled.take(np.array([node])), direct)


def test_rolling_up_leaves_the_original_as_it_was():
    world = synthetic_world(schools=3)
    sums = collected(world)
    sums.roll_up(np.array([-1, 0, 1]))
    assert same(sums, collected(world))


def test_total_is_everybody():
    world = synthetic_world()
    alone = collect(world.answers, np.zeros(len(world.group), dtype=int), 1, world.scales)
    assert same(collected(world).total(), alone)


def test_people_who_answered_nothing_change_nothing():
    world = synthetic_world()
    empty = np.full((world.answers.shape[0], 5), -1, dtype=np.int8)
    more = World(np.hstack([world.answers, empty]), np.append(world.group, [0, 0, 1, 2, 3]), world.groups, world.scales)
    assert same(collected(more), collected(world))


def test_rows_outside_every_scale_are_not_counted():
    scale = ScaleSpec("mood", (1,), (False,), 1, 5)
    sums = collect(np.array([[200, 300], [4, 5]]), np.zeros(2, dtype=int), 1, [scale])
    assert sums.n.tolist() == [[0, 2]]


def test_multiple_choice_codes_zero_and_one():
    scale = ScaleSpec("choice", (0,), (False,), 0, 1)
    sums = collect(np.array([[0, 1, 1, -1]]), np.zeros(4, dtype=int), 1, [scale])
    assert sums.counts.tolist() == [[[1, 2]]]


@pytest.mark.parametrize("group", [[0, 2], [-1, 0], [0], [0.0, 1.0]])
def test_groups_that_do_not_fit(group):
    scale = ScaleSpec("mood", (0,), (False,), 1, 5)
    with pytest.raises(BadAnswers):
        collect(np.array([[1, 2]]), np.array(group), 2, [scale])


def test_answers_that_are_no_matrix():
    with pytest.raises(BadAnswers, match="matrix"):
        collect(np.array([1, 2]), np.array([0, 0]), 1, [ScaleSpec("mood", (0,), (False,), 1, 5)])


def test_no_scales():
    with pytest.raises(BadScale, match="no scales"):
        collect(np.array([[1, 2]]), np.array([0, 0]), 1, [])


def test_adding_sums_of_other_groups():
    world = synthetic_world()
    with pytest.raises(SumsDiffer):
        collected(world) + collected(world).total()


def test_adding_sums_of_other_scales():
    world = synthetic_world()
    other = collect(world.answers, world.group, world.groups, world.scales[:2])
    with pytest.raises(SumsDiffer):
        collected(world) + other


def test_more_items_than_a_score_can_have():
    scale = ScaleSpec("long", tuple(range(301)), (False,) * 301, 1, 5)
    with pytest.raises(SumsTooLarge, match="long"):
        collect(np.ones((301, 3), dtype=np.int8), np.zeros(3, dtype=int), 1, [scale])


@pytest.mark.parametrize("parent", [[-1, 2, 0], [1, -1, 0], [-1, 0], [0, 0, 0]])
def test_tree_whose_parents_do_not_come_first(parent):
    sums = collected(synthetic_world(schools=3))
    with pytest.raises(BadAnswers):
        sums.roll_up(np.array(parent))
