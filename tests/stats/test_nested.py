"""Groups within groups: variances at each level and shrunken means of every node."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    collect,
    group_scores,
    group_values,
    nested,
    nested_intercepts,
    nested_means,
    random_intercept,
    shrunken_means,
)
from kfl.stats.errors import NoConvergence

from .worlds import committed_world, pisa_world, read_reference

LEVELS = ("municipality", "school", "class")


def invented_tree():
    """The pupils of nested.csv in a tree under one county; returns scores, tree, level and each node's key."""
    rows = read_reference("nested.csv")
    keys = {"": 0}
    parent, level = [-1], [-1]

    def node(key, above, kind):
        if key not in keys:
            keys[key] = len(parent)
            parent.append(above)
            level.append(kind)
        return keys[key]

    group = []
    for row in rows:
        municipality, school, name = row["municipality"], row["school"], row["class"]
        at = node(municipality, 0, 0)
        if school:
            at = node(f"{municipality}/{school}", at, 1)
        if name:
            at = node(f"{municipality}/{school}/{name}", at, 2)
        group.append(at)
    values = np.array([[float(row["score"])] for row in rows])
    return group_values(values, np.array(group), len(parent)), np.array(parent), np.array(level), keys


def check_row(fit, scale, row):
    expected = [float(row[part]) for part in ("top", "middle", "low") if row[part]]
    assert fit.people[scale] == int(row["people"])
    # lmer stops a little before the top: some 1e-6 of the variance within.
    near = 2e-6 * fit.within[scale]
    assert fit.between[:, scale] == pytest.approx(expected, rel=1e-5, abs=near)
    assert fit.within[scale] == pytest.approx(float(row["within"]), rel=1e-6)
    assert fit.mean[scale] == pytest.approx(float(row["mean"]), abs=1e-6)
    assert fit.se[scale] == pytest.approx(float(row["se"]), rel=2e-5)


def test_uneven_tree_of_three_levels_equals_lmer():
    own, parent, level, _ = invented_tree()
    fit = nested_intercepts(own, parent, level, 3)
    check_row(fit, 0, read_reference("nested_fits.csv")[0])
    assert fit.groups[:, 0].tolist() == [(level == kind).sum() for kind in range(3)]
    assert fit.share.sum() == pytest.approx(1 - (fit.within / (fit.within + fit.between.sum(axis=0))).item())


def test_shrunken_means_of_all_nodes_equal_ranef():
    own, parent, level, keys = invented_tree()
    got = nested_means(own, parent, level, nested_intercepts(own, parent, level, 3))
    rows = read_reference("nested_units.csv")
    assert len(rows) == len(parent) - 1
    for row in rows:
        key = row["key"]
        assert LEVELS[level[keys[key]]] == row["level"]
        assert got.mean[keys[key], 0] == pytest.approx(float(row["mean"]), abs=1e-6)


def test_grades_in_schools_equal_lmer_on_pisa_pupils():
    world, schools, school_of = pisa_world()
    count = len(schools)
    parent = np.concatenate([np.full(count, -1), school_of])
    level = np.repeat([0, 1], [count, world.groups])
    own = group_scores(collect(world.answers, world.group + count, len(parent), world.scales))
    fit = nested_intercepts(own, parent, level, 2)
    rows = [row for row in read_reference("nested_fits.csv") if row["world"] == "pisa"]
    assert [row["scale"] for row in rows] == [scale.key for scale in world.scales]
    for scale, row in enumerate(rows):
        check_row(fit, scale, row)
    assert (fit.between == 0).any()


def test_one_level_is_the_random_intercept():
    world = committed_world()
    own = group_scores(collect(world.answers, world.group, world.groups, world.scales))
    parent, level = np.full(world.groups, -1), np.zeros(world.groups, dtype=int)
    nested, single = nested_intercepts(own, parent, level, 1), random_intercept(own)
    for part in ("mean", "se", "within"):
        assert getattr(nested, part) == pytest.approx(getattr(single, part), rel=1e-8)
    assert nested.share[0] == pytest.approx(single.icc, rel=1e-7)
    one, two = nested_means(own, parent, level, nested), shrunken_means(own, single)
    assert one.mean == pytest.approx(two.mean, rel=1e-8)
    assert one.sd == pytest.approx(two.sd, rel=1e-7)


def dense_deviance(values, member, ratios):
    """-2 log restricted likelihood from the full covariance matrix; `member` is persons by nodes, a list of levels."""
    n = len(values)
    covariance = np.eye(n) + sum(ratio * z @ z.T for ratio, z in zip(ratios, member, strict=True))
    inverse = np.linalg.inv(covariance)
    known = inverse.sum()
    middle = inverse.sum(axis=0) @ values / known
    spread = (values - middle) @ inverse @ (values - middle)
    return (n - 1) * np.log(spread) + np.linalg.slogdet(covariance)[1] + np.log(known)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 50, 3000]))
def test_no_other_variances_are_likelier(seed, far):
    random = np.random.default_rng(seed)
    tops, middles, people = 4, 12, 60
    above = np.append(np.repeat(np.arange(tops), 2), random.integers(0, tops, middles - 2 * tops))
    group = random.integers(0, middles, people)
    values = random.normal(size=people) + far * random.normal(size=tops)[above][group]
    values += far * random.normal(size=middles)[group]
    parent = np.append(np.full(tops, -1), above)
    level = np.repeat([0, 1], [tops, middles])
    own = group_values(values[:, np.newaxis], group + tops, tops + middles)
    fit = nested_intercepts(own, parent, level, 2)
    member = [np.eye(tops)[above[group]], np.eye(middles)[group]]
    ratios = fit.between[:, 0] / fit.within[0]
    best = dense_deviance(values, member, ratios)
    for other in np.vstack([ratios * 0.97, ratios * 1.03, ratios + [0, 0.02], ratios + [0.02, 0], [0.05, 0.05]]):
        # The full matrix loses digits where the variances lie far apart.
        assert dense_deviance(values, member, other) >= best - 1e-7 * far


def test_levels_that_cannot_be_told_apart():
    values = np.array([1.0, 2, 4, 6, 8, 9, 3, 5])[:, np.newaxis]
    own = group_values(values, np.arange(8) // 2 + 4, 8)
    parent, level = np.array([-1, -1, -1, -1, 0, 1, 2, 3]), np.repeat([0, 1], 4)
    fit = nested_intercepts(own, parent, level, 2)
    assert np.isnan(fit.between).all()
    assert np.isnan(nested_means(own, parent, level, fit).mean).all()


def test_no_model_of_one_school_or_of_persons_who_do_not_differ():
    parent, level = np.array([-1, 0, 0]), np.array([0, 1, 1])
    one_school = group_values(np.array([[1.0], [2], [4], [5]]), np.array([1, 1, 2, 2]), 3)
    assert np.isnan(nested_intercepts(one_school, parent, level, 2).mean).all()
    alone = group_values(np.array([[1.0], [2]]), np.array([1, 2]), 3)
    assert np.isnan(nested_intercepts(alone, parent, np.array([-1, 0, 0]), 1).mean).all()


def test_no_variance_at_any_level():
    values = np.tile([1.0, 5.0], 8)[:, np.newaxis]
    own = group_values(values, np.arange(16) // 2 % 8 + 4, 12)
    parent, level = np.append(np.full(4, -1), np.arange(8) // 2), np.repeat([0, 1], [4, 8])
    fit = nested_intercepts(own, parent, level, 2)
    assert fit.between.ravel().tolist() == [0, 0]
    assert fit.mean == pytest.approx([3.0])


def test_estimates_that_would_not_settle(monkeypatch):
    own, parent, level, _ = invented_tree()
    monkeypatch.setattr(nested, "_STEPS", 0)
    with pytest.raises(NoConvergence):
        nested_intercepts(own, parent, level, 3)


def test_a_tree_of_another_size():
    own = group_values(np.array([[1.0], [2], [4], [5]]), np.array([0, 0, 1, 1]), 2)
    with pytest.raises(BadAnswers, match="nodes"):
        nested_intercepts(own, np.array([-1, -1, 0]), np.array([0, 0, 1]), 2)
    fit = nested_intercepts(own, np.array([-1, -1]), np.array([0, 0]), 1)
    with pytest.raises(BadAnswers, match="nodes"):
        nested_means(own, np.array([-1, -1, 0]), np.array([0, 0, 0]), fit)
