"""Item means, scale means as means of item means, and a scale's n."""

import numpy as np
import pytest

from kfl.stats import ScaleSpec, collect, item_means, person_means, scale_means, scale_n

from . import plain
from .worlds import as_people, in_group, synthetic_world

MOOD = ScaleSpec("mood", (0, 1), (False, True), 1, 5)


def sums_of(answers, scale=MOOD):
    answers = np.array(answers)
    return collect(answers, np.zeros(answers.shape[1], dtype=int), 1, [scale])


def test_item_means_are_as_answered():
    assert item_means(sums_of([[1, 2, -1], [5, 5, 2]])).tolist() == [[1.5, 4.0]]


def test_scale_mean_is_mean_of_turned_item_means_not_of_persons():
    sums = sums_of([[1, 2, -1], [5, 5, 2]])
    assert scale_means(sums).tolist() == [[(1.5 + (6 - 4)) / 2]]
    assert person_means(sums)[0, 0] == pytest.approx((1 + 1.5 + 4) / 3)


def test_scale_n_is_the_smallest_item_n():
    assert scale_n(sums_of([[1, 2, -1], [5, 5, 2]])).tolist() == [[2]]


def test_no_scale_mean_where_one_item_has_no_answers():
    sums = sums_of([[1, 2], [-1, -1]])
    assert np.isnan(scale_means(sums)).all()
    assert scale_n(sums).tolist() == [[0]]


def test_no_means_where_nobody_answered():
    sums = sums_of([[-1], [-1]])
    assert np.isnan(item_means(sums)).all()
    assert np.isnan(person_means(sums)).all()


def test_turning_an_item_and_its_mark_leaves_the_mean():
    unmarked = ScaleSpec("mood", (0, 1), (False, False), 1, 5)
    assert scale_means(sums_of([[1, 2, 4], [1, 1, 4]], unmarked)) == scale_means(sums_of([[1, 2, 4], [5, 5, 2]]))


def test_all_means_equal_the_plain_ones():
    world = synthetic_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    people, group = as_people(world)
    for g in range(world.groups):
        members = in_group(people, group, g)
        for s, scale in enumerate(world.scales):
            assert scale_means(sums)[g, s] == pytest.approx(float(plain.scale_mean(members, scale)), rel=1e-14)
            assert person_means(sums)[g, s] == pytest.approx(float(plain.mean(plain.scores(members, scale))), rel=1e-14)
            assert scale_n(sums)[g, s] == plain.scale_n(members, scale)
