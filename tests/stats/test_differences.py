"""Rest of the level above, Holm over a page's tests, and what is certain or likely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import (
    LIKELY,
    ScaleSpec,
    certain,
    collect,
    holm,
    posterior,
    rest,
    scale_means,
    scale_n,
    two_sided,
)
from kfl.stats.differences import LEVEL

from . import plain


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


def test_two_sided_by_the_normal_distribution_and_by_t():
    difference, se = np.array([0.0, 1.96, -3.0, 3.0, np.nan, 3.0]), np.array([1.0, 1.0, 1.5, 1.5, 1.0, np.nan])
    expected = [1.0, 0.05, 0.0455, 0.0455, np.nan, np.nan]
    assert two_sided(difference, se) == pytest.approx(np.array(expected), abs=1e-4, nan_ok=True)
    by_t = two_sided(np.array([2.0, 2.0]), np.array([1.0, 1.0]), np.array([9.0, np.nan]))
    assert by_t == pytest.approx([0.0765528, 0.0455003], abs=1e-7)  # R: 2 * pt(-2, 9), 2 * pnorm(-2)


def test_where_nothing_varies_any_difference_is_sure():
    assert two_sided(np.array([0.0, 1.0]), np.array([0.0, 0.0])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("apart, sure", [(1.96, False), (1.961, True), (-1.961, True)])
def test_alone_on_the_page_certain_is_the_interval_excluding_zero(apart, sure):
    (found,) = certain(two_sided(np.array([[apart]]), np.array([[1.0]])))
    assert found.tolist() == [[sure]]


def test_more_tests_on_the_page_demand_more():
    p = np.array([[0.02]])
    nothing = np.array([[0.9, 0.8, np.nan]])
    assert certain(p)[0].all()
    assert certain(p, np.array([[0.9, np.nan]]))[0].all()
    assert not certain(p, nothing)[0].any()


def test_all_kinds_of_tests_of_a_page_are_one_family():
    """As Holm over all of them in one row; what is not tested is no test."""
    random = np.random.default_rng(1)
    kinds = [random.random((50, scales)) ** 6 for scales in (4, 4, 3)]
    kinds[1][random.random(kinds[1].shape) < 0.3] = np.nan
    found = np.concatenate(certain(*kinds), axis=1)
    for row, p in enumerate(np.concatenate(kinds, axis=1)):
        tested = ~np.isnan(p)
        assert (found[row, tested] == (np.array(plain.holm(list(p[tested]))) < LEVEL)).all()
        assert not found[row, ~tested].any()
    assert 0 < found.sum() < found.size / 2


def test_posterior_draws_a_difference_towards_none():
    found = posterior(np.array([30.0, -30.0]), np.array([20.0, 20.0]), np.array([400.0, 1e12]))
    assert found.best == pytest.approx([15.0, -30.0])
    # Normal about 15 with a variance of 200.
    assert found.sign == pytest.approx([0.8555778, 0.9331928], abs=1e-7)  # R: pnorm(15 / sqrt(200)), pnorm(1.5)


def test_where_units_do_not_differ_the_sign_is_not_told():
    found = posterior(np.array([30.0]), np.array([20.0]), np.array([0.0]))
    assert found.best.tolist() == [0.0]
    assert found.sign.tolist() == [0.5]


@pytest.mark.parametrize("difference, se, prior", [(np.nan, 1, 1), (1, np.nan, 1), (1, 1, np.nan), (1, 0, 1)])
def test_nothing_is_told_of_what_is_not_known(difference, se, prior):
    found = posterior(*(np.array([float(one)]) for one in (difference, se, prior)))
    assert np.isnan(found.best).all()
    assert np.isnan(found.sign).all()


def test_signs_that_are_likely_are_right_as_often_as_is_said():
    """Drawn as the posterior takes them to be."""
    random = np.random.default_rng(7)
    true = random.normal(0, 20, 20000)
    se = random.uniform(5, 30, 20000)
    seen = true + random.normal(0, se)
    found = posterior(seen, se, np.full(20000, 400.0))
    told = found.sign >= LIKELY
    right = np.sign(true) == np.sign(seen)
    assert told.mean() > 0.2
    assert right[told].mean() == pytest.approx(found.sign[told].mean(), abs=0.01)
    assert right[told & (found.sign < 0.95)].mean() == pytest.approx(0.925, abs=0.02)
