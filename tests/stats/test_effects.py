"""Hedges' g, plain and in clusters."""

import numpy as np
import pytest
from scipy.stats import nct

from kfl.stats import (
    BadAnswers,
    clustered_g,
    collect,
    group_scores,
    group_values,
    hedges_g,
    small_sample,
)

from .worlds import committed_world, read_reference

PARTS = ("difference", "g", "se", "low", "high")


def one_scale(*groups):
    values = np.array([value for group in groups for value in group], dtype=float)[:, np.newaxis]
    return group_values(values, np.repeat(np.arange(len(groups)), [len(group) for group in groups]), len(groups))


def check(got, rows, keys):
    for row in rows:
        for part in PARTS:
            assert getattr(got, part)[..., keys.index(row["scale"])] == pytest.approx(float(row[part]), rel=1e-10)


def test_g_equals_r():
    world = committed_world()
    keys = [scale.key for scale in world.scales]
    rows = read_reference("effects.csv")
    halves = group_scores(collect(world.answers, np.arange(len(world.group)) % 2, 2, world.scales))
    check(hedges_g(halves.take([0]), halves.take([1])), [row for row in rows if row["kind"] == "plain"], keys)
    schools = group_scores(collect(world.answers, world.group, world.groups, world.scales))
    even = np.arange(world.groups) % 2 == 0
    for icc in ("0.05", "0.3"):
        got = clustered_g(schools.take(even), schools.take(~even), np.full(3, float(icc)))
        check(got, [row for row in rows if row["kind"] == "clustered" and row["icc"] == icc], keys)


def test_clusters_that_are_not_alike_inside_are_no_clusters():
    one, other = one_scale([1, 2, 4], [3, 3]), one_scale([5], [2, 4, 6])
    clustered = clustered_g(one, other, [0.0])
    plain = hedges_g(one.regroup([0, 0], 1), other.regroup([0, 0], 1))
    for part in PARTS:
        assert getattr(clustered, part) == pytest.approx(getattr(plain, part)[0], rel=1e-12)


def test_equal_clusters_have_hedges_printed_formula():
    """With all sizes n: d_T = (difference / S) √(1 - 2(n - 1)ρ / (N - 2))."""
    random = np.random.default_rng(7)
    n, clusters, rho = 5, 8, 0.2
    values = random.normal(size=(clusters, n))
    one, other = one_scale(*values[:4]), one_scale(*(values[4:] + 1))
    total = n * clusters
    within = (values[:4].var() + values[4:].var()) * total / 2 / (total - 2)
    d = (values[:4].mean() - values[4:].mean() - 1) / np.sqrt(within) * np.sqrt(1 - 2 * (n - 1) * rho / (total - 2))
    cut = total - 2 - 2 * (n - 1) * rho
    mixed = (total - 2) * (1 - rho) ** 2 + n * (total - 2 * n) * rho**2 + 2 * (total - 2 * n) * rho * (1 - rho)
    effective = cut**2 / mixed
    got = clustered_g(one, other, [rho])
    assert got.g[0] == pytest.approx(d * small_sample(effective), rel=1e-12)
    variance = 4 / total * (1 + (n - 1) * rho) + d**2 / (2 * effective)
    assert got.se[0] == pytest.approx(small_sample(effective) * np.sqrt(variance), rel=1e-12)


@pytest.mark.parametrize("degrees", [2, 4, 20, 300])
def test_correction_makes_d_right_on_average(degrees):
    assert small_sample(degrees) * nct.mean(degrees, 0.7) == pytest.approx(0.7, rel=1e-10)


def test_no_correction_for_one_degree_of_freedom():
    assert np.isnan(small_sample([1, 0, np.nan])).all()


def test_one_group_against_many():
    many = one_scale([1, 2, 3], [4, 5, 6], [2, 2, 5])
    result = hedges_g(many, one_scale([3, 4, 5]))
    assert result.g.shape == (3, 1)
    assert result.g[1, 0] > 0 > result.g[0, 0]


@pytest.mark.parametrize("one, other", [([], [1, 2, 3, 4]), ([1, 2], [3]), ([2, 2], [5, 5, 5])])
def test_no_g_where_it_does_not_exist(one, other):
    for result in (hedges_g(one_scale(one), one_scale(other)), clustered_g(one_scale(one), one_scale(other), [0.0])):
        assert np.isnan([result.g, result.se, result.low, result.high]).all()


def test_sides_of_other_scales():
    two = group_values(np.ones((4, 2)), np.zeros(4, dtype=int), 1)
    one = one_scale([1, 2], [3, 4], [5, 6])
    with pytest.raises(BadAnswers, match="same scales"):
        clustered_g(one, two, [0.1])
    with pytest.raises(BadAnswers, match="compare"):
        hedges_g(one, one_scale([1, 2], [3, 4]))
