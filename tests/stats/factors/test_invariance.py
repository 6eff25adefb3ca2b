"""Invariance over groups: lavaan's fits at every step, and what the steps say."""

import numpy as np
import pytest

from kfl.stats import BadAnswers, ScaleSpec, collect_products
from kfl.stats.factors.confirmatory import confirmatory
from kfl.stats.factors.fit import Fit
from kfl.stats.factors.freed import free_each
from kfl.stats.factors.invariance import InvarianceStep, _in_units, _Numbering, _pool, invariance
from kfl.stats.factors.likelihood import maximise
from kfl.stats.moments import Moments, moments

from ..worlds import pisa_world
from .samples import bfi_answers, bfi_scale, blocks, holzinger, pisa_gender, rows_of, simulated

ONE = np.ones((5, 1), dtype=bool)


def by_group(answers, group, scale):
    products = collect_products(answers, group, int(group.max()) + 1, scale)
    return [moments(products, g) for g in range(len(products.people))]


def bfi_by_gender(letters):
    answers, gender, _ = bfi_answers()
    return by_group(answers, gender - 1, bfi_scale(letters))


def bfi_by_gender_and_age(letters):
    answers, gender, age = bfi_answers()
    return by_group(answers, 3 * (gender - 1) + (age > 20) + (age > 30), bfi_scale(letters))


def check_against_lavaan(model, got):
    rows = {row["step"]: row for row in rows_of("invariance.csv") if row["model"] == model}
    for step, row in rows.items():
        fit = getattr(got, step)
        for measure in ("chi2", "df", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr", "people"):
            expected = float(row[measure]) if fit.df or measure != "tli" else np.nan
            assert getattr(fit, measure) == pytest.approx(expected, rel=2e-6, abs=1e-6, nan_ok=True), (step, measure)
    for row in rows_of("factor_means.csv"):
        if row["model"] == model:
            at = int(row["group"]), int(row["factor"])
            expected = float(row["mean"]), float(row["se"])
            assert (got.factor_means[at], got.factor_mean_se[at]) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    "model, groups, pattern",
    [
        ("holzinger", lambda: [holzinger("Pasteur"), holzinger("Grant-White")], blocks(3, 3, 3)),
        ("bfi_A", lambda: bfi_by_gender("A"), ONE),
        ("bfi_N", lambda: bfi_by_gender("N"), ONE),
        ("bfi_five", lambda: bfi_by_gender("ACENO"), blocks(5, 5, 5, 5, 5)),
        ("bfi_six", lambda: bfi_by_gender_and_age("CE"), blocks(5, 5)),
    ],
)
def test_fits_and_factor_means_equal_lavaan(model, groups, pattern):
    got = invariance(groups(), pattern)
    assert got.proper
    check_against_lavaan(model, got)


def test_pisa_scales_by_gender_equal_lavaan():
    world, _, _ = pisa_world()
    for scale in world.scales:
        got = invariance(by_group(world.answers, pisa_gender(), scale), np.ones((len(scale.items), 1), dtype=bool))
        check_against_lavaan(f"pisa_{scale.key}", got)


def test_steps_are_differences_of_fits():
    got = invariance([holzinger("Pasteur"), holzinger("Grant-White")], blocks(3, 3, 3))
    assert got.to_metric.df == 6
    assert got.to_scalar.chi2 == got.scalar.chi2 - got.metric.chi2
    assert got.to_scalar.p == pytest.approx(4.4346e-7, rel=1e-4)  # R: pchisq(40.0592867516, 6, lower = FALSE)
    assert (got.to_metric.holds, got.to_scalar.holds, got.level) == (True, False, "metric")


def test_a_shifted_factor_is_a_mean_and_a_shifted_item_is_not_invariant():
    base, loadings = simulated(blocks(6), people=3000)
    shifted = Moments(base.people, base.mean + 0.5 * loadings[:, 0], base.covariance)
    got = invariance([base, shifted], blocks(6))
    assert got.level == "scalar"
    assert got.factor_means.ravel() == pytest.approx([0, 0.5], abs=0.02)
    assert np.isnan(got.factor_mean_se[0, 0])
    one_item = shifted.mean + np.array([0.8, 0, 0, 0, 0, 0])
    assert invariance([base, Moments(base.people, one_item, base.covariance)], blocks(6)).level == "metric"


def test_other_loadings_in_one_group():
    loading = np.array([0.9, 0.8, 0.8, 0.4, 0.4, 0.3])
    one, other = (np.outer(way, way) + np.diag(1 - way**2) for way in (loading, loading[::-1]))
    got = invariance([Moments(3000, np.zeros(6), one), Moments(3000, np.zeros(6), other)], blocks(6))
    assert not got.to_metric.holds
    assert got.level == "configural"


@pytest.mark.parametrize(
    "to, p, cfi, rmsea, srmr, fewest, from_df, holds",
    [
        ("metric", 0.001, -0.010, 0.015, 0.0, 301, 4, False),
        ("metric", 0.001, -0.009, 0.030, 0.05, 301, 4, True),
        ("metric", 0.001, -0.030, 0.014, 0.029, 301, 4, True),
        ("metric", 0.001, -0.030, 0.000, 0.030, 301, 4, False),
        ("scalar", 0.001, -0.030, 0.000, 0.010, 301, 4, False),
        ("scalar", 0.001, -0.030, 0.000, 0.009, 301, 4, True),
        ("scalar", 0.001, 0.0, 0.0, 0.0, 301, 4, True),
        # Small groups: half as much is too much.
        ("metric", 0.001, -0.005, 0.010, 0.0, 300, 4, False),
        ("metric", 0.001, -0.004, 0.010, 0.0, 300, 4, True),
        ("metric", 0.001, -0.005, 0.009, 0.024, 300, 4, True),
        ("metric", 0.001, -0.005, 0.009, 0.025, 300, 4, False),
        ("scalar", 0.001, -0.005, 0.009, 0.005, 300, 4, False),
        ("scalar", 0.001, -0.005, 0.009, 0.004, 300, 4, True),
        # Chance explains it, or there was nothing to hold equal.
        ("scalar", 0.010, -0.1, 0.1, 0.1, 301, 4, True),
        ("scalar", np.nan, -0.1, 0.1, 0.1, 301, 4, True),
        # A rise from a model with nothing to test is none: SRMR alone confirms.
        ("metric", 0.001, -0.030, 0.100, 0.029, 301, 0, True),
        ("metric", 0.001, -0.030, 0.100, 0.030, 301, 0, False),
    ],
)
def test_limits_of_a_step(to, p, cfi, rmsea, srmr, fewest, from_df, holds):
    step = InvarianceStep(to, 10.0, 4, p, cfi, rmsea, srmr, fewest=fewest, from_df=from_df)
    assert step.holds is holds


@pytest.mark.parametrize(
    "model, groups, pattern",
    [
        ("holzinger", lambda: [holzinger("Pasteur"), holzinger("Grant-White")], blocks(3, 3, 3)),
        ("bfi_N", lambda: bfi_by_gender("N"), ONE),
        ("bfi_six", lambda: bfi_by_gender_and_age("CE"), blocks(5, 5)),
    ],
)
def test_items_freed_one_at_a_time_equal_lavaan(model, groups, pattern):
    """Each item's own loading, and intercept: chi² falls as with lavaan's group.partial."""
    sides = groups()
    unit, _ = _pool(sides)
    scaled = [_in_units(one, unit) for one in sides]
    rows = [row for row in rows_of("invariance_partial.csv") if row["model"] == model]
    assert len(rows) == 2 * len(pattern)
    for step in ("metric", "scalar"):
        structures, found = _fitted(scaled, pattern, step)
        freed = free_each(scaled, structures, found)
        for one, row in zip(freed, (row for row in rows if row["step"] == step), strict=True):
            assert (one.item, one.df) == (int(row["item"]), int(row["df"]))
            assert one.chi2 == pytest.approx(float(row["chi2"]), rel=1e-5, abs=1e-5)
        by_chance = [float(row["p_holm"]) for row in rows if row["step"] == step]
        assert [one.p for one in freed] == pytest.approx(by_chance, rel=1e-4, abs=1e-12)


def _fitted(scaled, pattern, step):
    """The model with all items equal, as `invariance` has it."""
    numbering = _Numbering(pattern, True, len(scaled))
    start = numbering.start(confirmatory(_pool(scaled)[1], pattern), scaled[0].mean)
    structures = numbering.structures(equal_intercepts=step == "scalar")
    return structures, maximise(scaled, structures, start[: numbering.metric] if step == "metric" else start)


def test_the_item_that_fails_is_named():
    base, loadings = simulated(blocks(6), people=3000)
    easier = Moments(3000, base.mean + 0.5 * loadings[:, 0] + np.array([0, 0, 0, 0.5, 0, 0]), base.covariance)
    got = invariance([base, easier], blocks(6))
    assert (got.level, got.failing) == ("metric", 3)
    assert got.freed[3].p < 1e-6
    assert got.freed[3].chi2 == pytest.approx(got.to_scalar.chi2, rel=0.05)
    loading = np.array([0.9, 0.8, 0.8, 0.7, 0.7, 0.6])
    other = np.array([0.9, 0.8, 0.2, 0.7, 0.7, 0.6])
    one, two = (Moments(3000, np.zeros(6), np.outer(way, way) + np.diag(1 - way**2)) for way in (loading, other))
    got = invariance([one, two], blocks(6))
    assert (got.level, got.failing) == ("configural", 2)


def test_nothing_is_named_where_every_step_holds():
    base, _ = simulated(blocks(6), people=3000)
    got = invariance([base, base], blocks(6))
    assert (got.level, got.failing, got.freed) == ("scalar", None, ())


def test_groups_that_cannot_be_compared():
    with pytest.raises(BadAnswers, match="two or more"):
        invariance([holzinger()], blocks(3, 3, 3))
    with pytest.raises(BadAnswers, match="same items"):
        invariance([holzinger(), holzinger().take([0, 1, 2])], blocks(3, 3, 3))


def test_three_items_have_no_degrees_of_freedom_until_something_is_equal():
    scale = ScaleSpec("three", (0, 1, 2), (True, False, False), 1, 6)
    answers, gender, _ = bfi_answers()
    got = invariance(by_group(answers, gender - 1, scale), blocks(3))
    assert isinstance(got.configural, Fit)
    assert (got.configural.df, got.metric.df, got.scalar.df) == (0, 2, 4)
    assert np.isnan(got.configural.tli)
