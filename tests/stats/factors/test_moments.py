"""Moments: exact, by group and together, and not of too few."""

import numpy as np
import pytest

from kfl.stats import BadAnswers, ScaleSpec, TooLittleData, collect_products
from kfl.stats.moments import moments

ANSWERS = np.array([[1, 2, 3, 4, 5, 1, 2], [2, 2, 4, 4, 5, 3, -1], [5, 4, 2, 3, 1, 4, 2]], dtype=np.int8)
SCALE = ScaleSpec("mood", (0, 1, 2), (False, False, True), 1, 5)
GROUP = np.array([0, 0, 0, 1, 1, 1, 1])


def turned_sheets(members):
    sheets = ANSWERS.astype(float).copy()
    sheets[2] = 6 - sheets[2]
    return sheets[:, members & (ANSWERS >= 0).all(axis=0)]


@pytest.mark.parametrize("group, members", [(None, GROUP >= 0), (0, GROUP == 0), (1, GROUP == 1)])
def test_moments_of_complete_sheets(group, members):
    got = moments(collect_products(ANSWERS, GROUP, 2, SCALE), group)
    sheets = turned_sheets(members)
    assert got.people == sheets.shape[1]
    assert got.items == 3
    np.testing.assert_allclose(got.mean, sheets.mean(axis=1), rtol=1e-15)
    np.testing.assert_allclose(got.covariance, np.cov(sheets), rtol=1e-14)
    np.testing.assert_allclose(got.correlation, np.corrcoef(sheets), rtol=1e-14)


def test_some_items_of_the_same_people():
    whole = moments(collect_products(ANSWERS, GROUP, 2, SCALE))
    some = whole.take([2, 0])
    assert some.people == whole.people
    assert some.covariance[0, 1] == whole.covariance[2, 0]
    assert some.mean.tolist() == whole.mean[[2, 0]].tolist()


def test_no_correlation_with_an_item_that_never_varies():
    answers = np.array([[1, 2, 3], [4, 4, 4]], dtype=np.int8)
    scale = ScaleSpec("flat", (0, 1), (False, False), 1, 5)
    correlation = moments(collect_products(answers, np.zeros(3, dtype=int), 1, scale)).correlation
    assert correlation[0, 0] == 1
    assert np.isnan(correlation[:, 1]).all()


def test_no_moments_of_one_sheet_or_of_an_unknown_group():
    products = collect_products(ANSWERS[:, :1], GROUP[:1], 1, SCALE)
    with pytest.raises(TooLittleData, match="2 complete"):
        moments(products)
    with pytest.raises(BadAnswers, match="no group 1"):
        moments(products, 1)
