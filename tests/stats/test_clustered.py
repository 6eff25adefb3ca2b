"""Means of person scores with cluster-robust intervals, and what they are made from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    cluster_mean,
    collect,
    group_scores,
    group_values,
    person_mean,
    person_scores,
    points,
    points_apart,
    reference,
)

from .worlds import committed_world, pisa_world, read_reference

PARTS = ("n", "clusters", "mean", "sd", "se", "low", "high")


def one_scale(*groups):
    values = np.array([value for group in groups for value in group], dtype=float)[:, np.newaxis]
    return group_values(values, np.repeat(np.arange(len(groups)), [len(group) for group in groups]), len(groups))


def check_against_r(name, world, school, schools):
    """The three kinds of means; each half of the people has groups of its own."""
    half = np.arange(len(world.group)) % 2  # 0 = R's odd rows
    sums = collect(world.answers, school * 2 + half, schools * 2, world.scales)
    scores = group_scores(sums)
    both = np.arange(schools * 2)
    whole = cluster_mean(scores.regroup(both // 2, schools))
    halves = cluster_mean(scores, both % 2, 2)
    alone = person_mean(scores.regroup(np.zeros_like(both), 1))
    place = {"all": (whole, 0), "odd": (halves, 0), "even": (halves, 1), "alone": (alone, 0)}
    rows = [row for row in read_reference("clustered.csv") if row["world"] == name]
    assert len(rows) == 4 * len(world.scales)
    keys = [scale.key for scale in world.scales]
    for row in rows:
        result, at = place[row["part"]]
        for part in PARTS:
            assert getattr(result, part)[at, keys.index(row["scale"])] == pytest.approx(float(row[part]), rel=1e-10)


def test_means_equal_sandwich_on_synthetic_answers():
    world = committed_world()
    check_against_r("synthetic", world, world.group, world.groups)


def test_means_equal_sandwich_on_pisa_pupils():
    world, schools, school_of = pisa_world()
    check_against_r("pisa", world, school_of[world.group], len(schools))


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_a_cluster_each_is_the_plain_interval(seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=(random.integers(2, 20), 2))
    people = len(values)
    by_cluster = cluster_mean(group_values(values, np.arange(people), people))
    plain = person_mean(group_values(values, np.zeros(people, dtype=int), 1))
    for part in PARTS:
        assert getattr(by_cluster, part) == pytest.approx(getattr(plain, part), rel=1e-9)


@pytest.mark.parametrize("groups", [[[1, 2, 3]], [[1, 2, 3], []], [[], []]])
def test_no_interval_with_fewer_than_two_clusters(groups):
    result = cluster_mean(one_scale(*groups))
    assert result.clusters[0, 0] < 2
    assert np.isnan([result.se, result.low, result.high]).all()
    assert np.isnan(result.mean[0, 0]) == (result.n[0, 0] == 0)


def test_one_person_has_a_mean_and_nothing_else():
    result = person_mean(one_scale([4]))
    assert (result.n, result.mean) == (1, 4.0)
    assert np.isnan([result.sd, result.se, result.low, result.high]).all()


def test_clusters_left_out_do_not_count():
    schools = one_scale([1, 2], [4, 5], [6])
    kept = cluster_mean(schools, np.array([0, -1, 0]))
    assert kept.clusters.tolist() == [[2]]
    assert kept.mean == pytest.approx(np.array([[3.0]]))
    assert kept.se == pytest.approx(cluster_mean(schools.take(np.array([0, 2]))).se)


def test_an_index_of_another_length():
    with pytest.raises(BadAnswers):
        cluster_mean(one_scale([1], [2]), np.array([0]))


def test_group_scores_equal_values_by_group():
    world = committed_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    values = np.stack([person_scores(world.answers, scale) for scale in world.scales], axis=1)
    one, two = group_scores(sums), group_values(values, world.group, world.groups)
    assert (one.persons == two.persons).all()
    assert one.mean == pytest.approx(two.mean, rel=1e-12, nan_ok=True)
    assert one.squares == pytest.approx(two.squares, rel=1e-10, abs=1e-12)
    pairs = np.arange(world.groups) // 2
    merged, direct = one.regroup(pairs, 6), group_scores(sums.regroup(pairs, 6))
    assert merged.mean == pytest.approx(direct.mean, rel=1e-12)
    assert merged.squares == pytest.approx(direct.squares, rel=1e-12)


def test_means_in_points():
    world = committed_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    by = reference(sums)
    raw, scaled = cluster_mean(group_scores(sums)), cluster_mean(group_scores(sums).in_points(by))
    assert scaled.mean == pytest.approx(points(raw.mean, by), rel=1e-12)
    assert scaled.sd == pytest.approx(np.full((1, 3), 100.0), rel=1e-12)
    assert scaled.high - scaled.low == pytest.approx(points_apart(raw.high - raw.low, by), rel=1e-12)


def test_values_that_are_no_matrix():
    with pytest.raises(BadAnswers, match="matrix"):
        group_values(np.array([1.0]), np.array([0]), 1)
