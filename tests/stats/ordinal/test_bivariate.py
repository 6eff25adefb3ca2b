"""The bivariate normal probability: against scipy, against known values, and at its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from kfl.stats import BadAnswers
from kfl.stats.ordinal.bivariate import bivariate_normal

LIMITS = (-6.0, -2.5, -1.0, -0.2, 0.0, 0.3, 1.1, 1.1001, 2.5, 6.0)
RHOS = (-0.9999, -0.99, -0.93, -0.92, -0.7, -0.29, 0.0, 0.2, 0.31, 0.76, 0.924, 0.926, 0.97, 0.999, 0.9999999)


def by_integration(h, k, rho):
    """P(X <= h, Y <= k) by integrating over X, with breaks where the inner probability turns."""
    root = np.sqrt((1 - rho) * (1 + rho))
    turn = k / rho if rho else 0.0
    width = root / max(abs(rho), 0.1)
    cuts = [-40.0, -8.0, 0.0] + [turn + step * width for step in (-9, -4, -1, 0, 1, 4, 9)]
    cuts = sorted({c for c in cuts if c < h} | {h})

    def inner(x):
        return np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * ndtr((k - rho * x) / root)

    return sum(quad(inner, a, b, epsabs=1e-15, epsrel=1e-13)[0] for a, b in zip(cuts, cuts[1:], strict=False))


@pytest.mark.parametrize("rho", RHOS)
def test_probability_equals_plain_integration(rho):
    h, k = (grid.ravel() for grid in np.meshgrid(LIMITS, LIMITS))
    expected = [by_integration(*pair, rho) for pair in zip(h, k, strict=True)]
    assert bivariate_normal(h, k, rho) == pytest.approx(expected, abs=2e-14)


@pytest.mark.parametrize("rho", [-0.95, -0.5, 0.4, 0.9])
def test_probability_equals_scipy(rho):
    for h, k in [(-1.3, 0.4), (0.2, 0.1), (1.5, -0.7)]:
        expected = multivariate_normal.cdf([h, k], cov=[[1, rho], [rho, 1]])
        assert bivariate_normal(h, k, rho) == pytest.approx(expected, abs=1e-7)  # scipy's own precision


def test_quadrant_is_known():
    rho = np.linspace(-1, 1, 401)
    assert bivariate_normal(0, 0, rho) == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-15)


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-1, 1))
def test_probability_keeps_its_symmetries(h, k, rho):
    value = bivariate_normal(h, k, rho).item()
    assert bivariate_normal(k, h, rho).item() == pytest.approx(value, abs=1e-14)
    assert ndtr(h) - bivariate_normal(h, -k, -rho).item() == pytest.approx(value, abs=1e-14)
    low, high = max(ndtr(h) + ndtr(k) - 1, 0), min(ndtr(h), ndtr(k))
    assert low - 1e-14 <= value <= high + 1e-14


def test_limits_that_are_infinite_and_correlations_of_one():
    h = np.array([-np.inf, np.inf, np.inf, 0.4, 0.4, 0.4])
    k = np.array([1.0, 1.0, np.inf, 1.0, 1.0, -1.0])
    rho = np.array([0.5, -0.95, 0.3, 1.0, -1.0, -1.0])
    expected = [0, ndtr(1), 1, ndtr(0.4), ndtr(0.4) + ndtr(1) - 1, 0]
    assert bivariate_normal(h, k, rho) == pytest.approx(expected, abs=1e-15)
    assert np.isnan(bivariate_normal(np.nan, 0, 0))


def test_correlation_outside_its_range():
    with pytest.raises(BadAnswers, match="outside -1"):
        bivariate_normal(0, 0, 1.1)
