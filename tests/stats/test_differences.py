"""Rest of the level above, Holm, and what is called certain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    ScaleSpec,
    against_rest,
    certain_differences,
    collect,
    holm,
    rest,
    scale_means,
    scale_n,
    spread,
)

from . import plain
from .worlds import committed_world, read_reference


def test_rest_of_a_level():
    n, mean = rest(10, 4.0, 30, 3.0)
    assert (n, mean) == (20, 2.5)


@pytest.mark.parametrize("whole", [10, 9])
def test_no_rest_where_the_level_holds_the_same_people(whole):
    n, mean = rest(10, 4.0, whole, 4.0)
    assert np.isnan(n)
    assert np.isnan(mean)


def test_rest_equals_the_mean_of_the_others_when_nobody_skips():
    one = ScaleSpec("one", (0,), (False,), 1, 5)
    sums = collect(np.array([[1, 2, 5, 5, 4]]), np.array([0, 0, 1, 1, 1]), 2, [one])
    whole = sums.total()
    n, mean = rest(scale_n(sums), scale_means(sums), scale_n(whole), scale_means(whole))
    assert n.ravel().tolist() == [3, 2]
    assert mean.ravel() == pytest.approx([14 / 3, 1.5])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_equals_the_plain_one(ps):
    assert holm(np.array(ps)) == pytest.approx(plain.holm(ps))


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), min_size=1, max_size=8))
def test_holm_leaves_out_what_was_not_tested(ps):
    array = np.array(ps)
    tested = ~np.isnan(array)
    adjusted = holm(array)
    assert np.array_equal(np.isnan(adjusted), ~tested)
    assert adjusted[tested] == pytest.approx(plain.holm(list(array[tested])))


def test_holm_works_row_by_row():
    rows = np.array([[0.01, 0.04, 0.03], [0.5, np.nan, 0.02]])
    assert holm(rows) == pytest.approx(np.array([[0.03, 0.06, 0.06], [0.5, np.nan, 0.04]]), nan_ok=True)


def test_alone_on_the_page_certain_is_the_interval_excluding_zero():
    inside = certain_differences([[13.0]], [[3.0]], [[8.0]], [[4.0]])
    assert inside.half_width.tolist() == [[5.0]]
    assert inside.certain.tolist() == [[False]]
    assert certain_differences([[13.001]], [[3.0]], [[8.0]], [[4.0]]).certain.tolist() == [[True]]


def test_more_scales_on_the_page_demand_more():
    means, halves = np.array([[5.2, 0.1, 0.2]]), np.array([[5.0, 5.0, 5.0]])
    nothing = np.zeros((1, 3))
    assert not certain_differences(means, halves, nothing, nothing).certain.any()
    assert certain_differences(means[:, :1], halves[:, :1], nothing[:, :1], nothing[:, :1]).certain.all()


def test_hidden_scales_are_no_tests():
    means = np.array([[5.2, np.nan, np.nan]])
    result = certain_differences(means, np.full((1, 3), 5.0), np.zeros((1, 3)), np.zeros((1, 3)))
    assert result.certain.tolist() == [[True, False, False]]
    assert np.isnan(result.p[0, 1:]).all()


def test_no_difference_is_never_certain_and_a_sure_one_is():
    result = certain_differences([[3.0, 4.0]], [[0.0, 0.0]], [[3.0, 3.0]], [[0.0, 0.0]])
    assert result.certain.tolist() == [[False, True]]


def synthetic_county():
    """County (node 0) over the synthetic schools (nodes 1..12), its sums and spread."""
    world = committed_world()
    tree = np.append([-1], np.zeros(world.groups, dtype=int))
    own = collect(world.answers, world.group + 1, len(tree), world.scales)
    rolled = own.roll_up(tree)
    above = np.tile(tree[:, np.newaxis], (1, 3))
    return world, rolled, above, spread(own, rolled, tree, np.minimum(np.arange(len(tree)), 1))


def test_schools_against_the_rest_of_the_county_equal_r():
    world, rolled, above, wave = synthetic_county()
    got = against_rest(scale_n(rolled), scale_means(rolled), above, wave)
    keys = [scale.key for scale in world.scales]
    certain = []
    for row in read_reference("differences.csv"):
        at = int(row["school"]) + 1, keys.index(row["scale"])
        assert got.difference[at] == pytest.approx(float(row["difference"]), rel=1e-10)
        assert got.half_width[at] == pytest.approx(float(row["difference_half_width"]), rel=1e-10)
        assert got.p[at] == pytest.approx(float(row["p"]), rel=1e-8)
        assert got.certain[at] == (row["certain"] == "1")
        certain.append(got.certain[at])
    assert any(certain)
    assert not all(certain)


def test_root_has_nothing_to_be_compared_with():
    _, rolled, above, wave = synthetic_county()
    got = against_rest(scale_n(rolled), scale_means(rolled), above, wave)
    assert np.isnan(got.difference[0]).all()
    assert not got.certain[0].any()


def test_hidden_level_above_gives_no_difference():
    _, rolled, above, wave = synthetic_county()
    means = scale_means(rolled)
    means[0] = np.nan
    got = against_rest(scale_n(rolled), means, above, wave)
    assert np.isnan(got.difference).all()
    assert not got.certain.any()


def test_shapes_that_differ():
    _, rolled, above, wave = synthetic_county()
    with pytest.raises(BadAnswers, match="shapes"):
        against_rest(scale_n(rolled), scale_means(rolled), above[:, 0], wave)
