"""Confirmatory factor models: lavaan's numbers, recovery of what was put in, and named refusals."""

import numpy as np
import pytest

from kfl.stats import BadAnswers, TooLittleData
from kfl.stats.errors import NoConvergence, NotIdentified
from kfl.stats.factors.confirmatory import confirmatory, one_factor
from kfl.stats.factors.likelihood import maximise
from kfl.stats.factors.start import rough_factor_correlations
from kfl.stats.factors.structure import FIXED, Structure
from kfl.stats.moments import Moments

from .samples import bfi, bifactor, blocks, holzinger, pisa, rows_of, simulated

MODELS = {
    "holzinger": lambda: confirmatory(holzinger(), blocks(3, 3, 3)),
    "holzinger_one": lambda: one_factor(holzinger()),
    "three_items": lambda: one_factor(holzinger().take([0, 1, 2])),
    "bfi": lambda: confirmatory(bfi("ACENO"), blocks(5, 5, 5, 5, 5)),
    "bfi_A": lambda: one_factor(bfi("A")),
    "bfi_N": lambda: one_factor(bfi("N")),
    "bfi_bifactor": lambda: confirmatory(bfi("ACEN"), bifactor(5, 5, 5, 5), correlated=False),
}
FIELDS = {
    "loading": ("loadings", "loading_se"),
    "correlation": ("factor_correlations", "factor_correlation_se"),
    "residual": ("residual_variances", "residual_variance_se"),
}


def check_against_lavaan(name, solution):
    rows = [row for row in rows_of("confirmatory.csv") if row["model"] == name]
    assert len(rows) == len(solution.estimates_covariance)
    for row in rows:
        at = int(row["row"]) if row["what"] == "residual" else (int(row["row"]), int(row["column"]))
        estimates, errors = FIELDS[row["what"]]
        got = [getattr(solution, estimates)[at], getattr(solution, errors)[at]]
        expected = [float(row["est"]), float(row["se"])]
        if row["what"] == "loading":
            got += [solution.standardised[at], solution.standardised_se[at]]
            expected += [float(row["std"]), float(row["std_se"])]
        assert got == pytest.approx(expected, abs=2e-5)
    (fit,) = (row for row in rows_of("fits.csv") if row["model"] == name)
    for measure in ("chi2", "df", "cfi", "rmsea", "rmsea_low", "rmsea_high", "srmr", "people"):
        assert getattr(solution.fit, measure) == pytest.approx(float(fit[measure]), rel=1e-6, abs=1e-6), measure
    if solution.fit.df:
        assert solution.fit.p == pytest.approx(float(fit["p"]), rel=1e-5, abs=1e-15)
        assert solution.fit.tli == pytest.approx(float(fit["tli"]), rel=1e-6)
    else:
        assert np.isnan([solution.fit.p, solution.fit.tli]).all()


@pytest.mark.parametrize("name", MODELS)
def test_estimates_errors_and_fit_equal_lavaan(name):
    solution = MODELS[name]()
    assert solution.proper
    check_against_lavaan(name, solution)


def test_pisa_scales_equal_lavaan():
    for key, moments in pisa().items():
        check_against_lavaan(f"pisa_{key}", one_factor(moments))


def test_fifteen_scales_of_eight_items():
    pattern = blocks(*[8] * 15)
    moments, loadings = simulated(pattern)
    solution = confirmatory(moments, pattern)
    within = np.abs(solution.loadings - loadings) / np.where(pattern, solution.loading_se, np.inf)
    assert (within > 1.96).sum() < 0.12 * pattern.sum()
    assert solution.fit.df == 120 * 121 // 2 - 120 - 105 - 120
    assert solution.fit.rmsea < 0.01
    # At the maximum an unconstrained residual makes the implied variances the observed ones.
    np.testing.assert_allclose(np.diag(solution.implied), np.diag(moments.covariance) * 1999 / 2000, rtol=1e-9)


def test_units_and_turned_items_change_nothing_else():
    moments = bfi("A")
    unit = np.array([-1.0, 10, 0.1, 1, -3])
    other = one_factor(Moments(moments.people, moments.mean * unit, moments.covariance * np.outer(unit, unit)))
    plain = one_factor(moments)
    sign = np.sign(unit) * np.sign((plain.standardised[:, 0] * np.sign(unit)).sum())
    np.testing.assert_allclose(other.standardised[:, 0], plain.standardised[:, 0] * sign, atol=1e-9)
    assert other.fit.chi2 == pytest.approx(plain.fit.chi2, rel=1e-9)


def test_cross_loading_is_estimated():
    pattern = blocks(4, 4)
    pattern[0, 1] = True
    moments, loadings = simulated(pattern, people=20_000)
    solution = confirmatory(moments, pattern)
    np.testing.assert_allclose(solution.loadings, loadings, atol=0.06)
    assert np.isnan(solution.loading_se[~pattern]).all()
    assert np.isfinite(solution.loading_se[pattern]).all()


def test_negative_residual_is_told():
    correlation = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])
    solution = one_factor(Moments(500, np.zeros(3), correlation))
    assert not solution.proper
    assert solution.residual_variances.min() < 0
    assert solution.standardised[0, 0] == pytest.approx(1.2)


@pytest.mark.parametrize(
    "covariance, people, error",
    [
        (np.eye(2), 100, NotIdentified),
        (np.diag([1.0, 1, 0]), 100, TooLittleData),
        (np.array([[1, 0.5, 1.5], [0.5, 1, 1.5], [1.5, 1.5, 3]]), 100, TooLittleData),
        (np.array([[1, -0.4, -0.4], [-0.4, 1, -0.4], [-0.4, -0.4, 1]]), 100, NoConvergence),
        (np.eye(4), 100, NotIdentified),
    ],
)
def test_models_that_answers_do_not_carry(covariance, people, error):
    with pytest.raises(error):
        one_factor(Moments(people, np.zeros(len(covariance)), covariance))


def test_patterns_that_do_not_fit_the_items():
    with pytest.raises(BadAnswers, match="9 rows"):
        confirmatory(holzinger(), blocks(3, 3))
    with pytest.raises(BadAnswers, match="each factor"):
        confirmatory(holzinger(), np.hstack([blocks(3, 3, 3), np.zeros((9, 1), dtype=bool)]))


def test_factors_of_two_items_that_share_nothing_with_others():
    correlation = np.kron(np.eye(2), np.array([[1, 0.5], [0.5, 1]]))
    with pytest.raises(NotIdentified):
        confirmatory(Moments(100, np.zeros(4), correlation), blocks(2, 2))


def test_more_items_than_people():
    moments, _ = simulated(blocks(6), people=5)
    with pytest.raises(TooLittleData, match="complete sheets"):
        one_factor(moments)


def test_factors_that_are_nearly_one():
    moments, _ = simulated(blocks(4, 4, 4), people=50_000, correlation=0.98)
    solution = confirmatory(moments, blocks(4, 4, 4))
    assert solution.factor_correlations[0, 1:] == pytest.approx(0.98, abs=0.02)


def test_factors_that_contradict_each_other_begin_possible():
    correlation = np.eye(6)
    for one, two, value in ((0, 2, 0.7), (2, 4, 0.7), (0, 4, -0.7)):
        correlation[one : one + 2, two : two + 2] = correlation[two : two + 2, one : one + 2] = value
    start = rough_factor_correlations(correlation, 0.8 * blocks(2, 2, 2))
    assert np.linalg.eigvalsh(start)[0] > 0


def test_a_start_that_no_answers_could_have():
    structure = Structure(np.array([[0], [1], [2]]), np.array([[FIXED]]), np.array([3, 4, 5]))
    with pytest.raises(NoConvergence):
        maximise([holzinger().take([0, 1, 2])], [structure], np.array([1, 1, 1, -1, -1, -1.0]))
