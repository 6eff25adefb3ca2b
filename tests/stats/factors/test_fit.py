"""Measures of fit where a model leaves nothing to test."""

import math

import pytest

from kfl.stats.factors.fit import Baseline, fit_of

NULL = Baseline(400.0, 3)


def test_without_degrees_of_freedom_a_model_that_fits_has_cfi_1_and_no_tli():
    fit = fit_of(1e-9, 0, NULL, 0.0, 500)
    assert (fit.cfi, fit.rmsea) == (pytest.approx(1.0), 0.0)
    assert math.isnan(fit.tli)
    assert math.isnan(fit.p)


@pytest.mark.parametrize(("chi2", "null"), [(0.5, 400.0), (800.0, 400.0), (1e-125, 1e-120), (1e-13, 2.0)])
def test_without_degrees_of_freedom_misfit_and_rounding_are_no_cfi_of_0(chi2, null):
    assert math.isnan(fit_of(chi2, 0, Baseline(null, 3), 0.1, 500).cfi)


def test_with_degrees_of_freedom_it_is_what_it_was():
    assert fit_of(85.306, 24, Baseline(918.852, 36), 0.065, 301).cfi == pytest.approx(0.931, abs=5e-4)
