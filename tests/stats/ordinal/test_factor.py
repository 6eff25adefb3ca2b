"""Confirmatory factor analysis of ordinal items: as lavaan's WLSMV, and where there is no such model."""

import numpy as np
import pytest

from kfl.stats import BadAnswers, ScaleSpec, TooLittleData
from kfl.stats.errors import NotIdentified
from kfl.stats.ordinal import collect_patterns, ordinal_confirmatory

from ..worlds import pisa_world, read_reference
from .bfi import ITEMS, bfi_answers

ONE_TO_FIVE = np.kron(np.eye(5), np.ones((5, 1))) > 0
MEASURES = {"chisq": "chi2", "cfi": "cfi", "tli": "tli", "rmsea": "rmsea"}
MEASURES |= {"rmsea.ci.lower": "rmsea_low", "rmsea.ci.upper": "rmsea_high"}


def rows_of(model, op):
    rows = [row for row in read_reference("ordinal_factor.csv") if (row["model"], row["op"]) == (model, op)]
    return np.array([[float(row["est"]), float(row["se"])] for row in rows]).T


def check_against_lavaan(model, found, pattern):
    est, se = rows_of(model, "=~")
    item, factor = np.nonzero(pattern)
    order = np.argsort(factor, kind="stable")  # lavaan goes factor by factor
    sign = np.sign(np.bincount(factor[order], est))
    assert found.loadings[item, factor][order] == pytest.approx(est * sign[factor[order]], abs=1e-5)
    assert found.loading_se[item, factor][order] == pytest.approx(se, rel=1e-4)
    est, se = rows_of(model, "|")
    used = np.isfinite(found.thresholds)
    assert found.thresholds[used] == pytest.approx(est, abs=1e-9)
    assert found.threshold_se[used] == pytest.approx(se, rel=1e-6)
    if pattern.shape[1] > 1:
        est, se = rows_of(model, "~~")
        at = np.triu_indices(pattern.shape[1], 1)
        assert found.factor_correlations[at] == pytest.approx(est * sign[at[0]] * sign[at[1]], abs=1e-5)
        assert found.factor_correlation_se[at] == pytest.approx(se, rel=1e-4)
    rows = [row for row in read_reference("ordinal_factor_fits.csv") if row["model"] == model]
    fits = {row["measure"]: float(row["value"] or "nan") for row in rows}
    assert found.fit.people == found.scaled.people == int(rows[0]["people"])
    assert found.fit.df == found.scaled.df == fits["df"]
    assert found.fit.srmr == pytest.approx(fits["srmr"], abs=1e-6)
    if found.fit.df == 0:
        return
    for theirs, ours in MEASURES.items():
        assert getattr(found.fit, ours) == pytest.approx(fits[theirs], rel=1e-5, abs=1e-6)
        assert getattr(found.scaled, ours) == pytest.approx(fits[f"{theirs}.scaled"], rel=1e-5, abs=1e-6)
    assert found.scaled.p == pytest.approx(fits["pvalue.scaled"], abs=1e-6)


@pytest.mark.parametrize(
    "model, items, pattern",
    [
        ("bfi", ITEMS, ONE_TO_FIVE),
        ("bfi-n", [f"N{k}" for k in range(1, 6)], np.ones((5, 1), dtype=bool)),
        ("bfi-three", ["E1", "E2", "E3"], np.ones((3, 1), dtype=bool)),
    ],
)
def test_bfi_equals_lavaan(model, items, pattern):
    answers, scale = bfi_answers(items)
    check_against_lavaan(model, ordinal_confirmatory(collect_patterns(answers, scale), pattern), pattern)


def test_pisa_scales_equal_lavaan():
    world, _, _ = pisa_world()
    scales = [scale for scale in world.scales if len(scale.items) > 3]
    assert scales
    for scale in scales:
        pattern = np.ones((len(scale.items), 1), dtype=bool)
        found = ordinal_confirmatory(collect_patterns(world.answers, scale), pattern)
        check_against_lavaan(scale.key, found, pattern)


def drawn(people, seed, loadings=(0.8, 0.7, 0.6, 0.5), cuts=(-0.5, 0.7)):
    random = np.random.default_rng(seed)
    loadings = np.array(loadings)[:, np.newaxis]
    latent = loadings * random.standard_normal(people) + np.sqrt(1 - loadings**2) * random.standard_normal(
        (len(loadings), people)
    )
    answers = np.digitize(latent, cuts).astype(np.int8)
    items = len(loadings)
    return collect_patterns(answers, ScaleSpec("drawn", tuple(range(items)), (False,) * items, 0, len(cuts)))


def test_chi2_and_errors_are_right_for_a_true_model():
    pattern = np.ones((4, 1), dtype=bool)
    found = [ordinal_confirmatory(drawn(600, seed), pattern) for seed in range(250)]
    loadings = np.array([one.loadings[:, 0] for one in found])
    spread, told = loadings.std(axis=0, ddof=1), np.mean([one.loading_se[:, 0] for one in found], axis=0)
    assert loadings.mean(axis=0) == pytest.approx([0.8, 0.7, 0.6, 0.5], abs=0.01)
    assert told == pytest.approx(spread, rel=0.15)
    assert np.mean([one.scaled.chi2 for one in found]) == pytest.approx(2, abs=0.4)
    assert np.mean([one.scaled.p < 0.05 for one in found]) == pytest.approx(0.05, abs=0.04)


def test_a_turned_scale_gives_the_same_model():
    answers, scale = bfi_answers(["N1", "N2", "N3", "N4"])
    pattern = np.ones((4, 1), dtype=bool)
    straight = ordinal_confirmatory(collect_patterns(answers, scale), pattern)
    turned = ScaleSpec("n", scale.items, (True,) * 4, 1, 6)
    other = ordinal_confirmatory(collect_patterns(answers, turned), pattern)
    assert other.loadings == pytest.approx(straight.loadings, abs=1e-7)
    assert other.scaled.chi2 == pytest.approx(straight.scaled.chi2, rel=1e-6)
    assert np.diag(straight.implied) == pytest.approx(np.ones(4))
    assert straight.proper


def test_a_code_that_nobody_used_changes_nothing():
    answers, scale = bfi_answers(["N1", "N2", "N3", "N4"])
    wider = ScaleSpec("n", scale.items, scale.turned, 0, 8)
    pattern = np.ones((4, 1), dtype=bool)
    narrow, wide = (ordinal_confirmatory(collect_patterns(answers, spec), pattern) for spec in (scale, wider))
    assert wide.loadings == pytest.approx(narrow.loadings, abs=1e-8)
    assert wide.scaled.chi2 == pytest.approx(narrow.scaled.chi2, rel=1e-6)
    assert np.isnan(wide.threshold_se[:, 0]).all()


@pytest.mark.parametrize(
    "patterns, pattern, error",
    [
        (drawn(200, 1), np.ones((3, 1), dtype=bool), BadAnswers),
        (drawn(200, 1), np.array([[True, False]] * 4), BadAnswers),
        (drawn(200, 1), np.ones((4, 2), dtype=bool), NotIdentified),
        (drawn(200, 1, loadings=(0.6, 0.6)), np.ones((2, 1), dtype=bool), NotIdentified),
        (drawn(0, 1), np.ones((4, 1), dtype=bool), TooLittleData),
        (drawn(200, 1, cuts=(-9.0, 9.0)), np.ones((4, 1), dtype=bool), TooLittleData),
    ],
)
def test_what_cannot_be_fitted(patterns, pattern, error):
    with pytest.raises(error):
        ordinal_confirmatory(patterns, pattern)


def test_a_perfect_guttman_scale_has_no_cfi_of_0():
    person = np.random.default_rng(1).normal(size=500)
    answers = (person > np.array([[-1.0], [0], [1]])).astype(np.int8)
    scale = ScaleSpec("guttman", (0, 1, 2), (False,) * 3, 0, 1)
    found = ordinal_confirmatory(collect_patterns(answers, scale), np.ones((3, 1), dtype=bool))
    assert not found.proper
    assert np.isnan([found.scaled.cfi, found.fit.cfi]).all()
