"""Polychoric correlations: as psych and lavaan have them, by plain likelihood, and in odd tables."""

import numpy as np
import ordinalcorr
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

from kfl.stats import BadAnswers, ScaleSpec, TooLittleData
from kfl.stats.crossed import PairTables, collect_tables
from kfl.stats.ordinal import (
    collect_margins,
    collect_patterns,
    pattern_margins,
    pattern_tables,
    polychoric,
    positive_definite,
    thresholds,
)
from kfl.stats.ordinal.bivariate import bivariate_normal

from ..worlds import pisa_world, read_reference
from .bfi import ITEMS, bfi_answers, complete_sheets

PAIR = ScaleSpec("pair", (0, 1), (False, False), 1, 4)


def of_table(table):
    table = np.array(table)
    spec = ScaleSpec("pair", (0, 1), (False, False), 1, len(table))
    return polychoric(PairTables(spec, table[np.newaxis]))


def drawn(rho, cuts, people, seed=1):
    """A table of two items cut at the same thresholds."""
    random = np.random.default_rng(seed)
    x = random.normal(size=people)
    y = rho * x + np.sqrt(1 - rho**2) * random.normal(size=people)
    steps = len(cuts) + 1
    cells = np.searchsorted(cuts, x) * steps + np.searchsorted(cuts, y)
    return np.bincount(cells, minlength=steps**2).reshape(steps, steps)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_bfi_equals_psych_and_lavaan(missing):
    answers, scale = bfi_answers()
    if missing == "listwise":
        answers = complete_sheets(answers)
    found = polychoric(collect_tables(answers, scale), collect_margins(answers, scale))
    rows = [row for row in read_reference("polychoric.csv") if (row["data"], row["missing"]) == ("bfi", missing)]
    assert len(rows) == 300
    at = tuple(np.array([[ITEMS.index(row[one]) for row in rows] for one in ("one", "two")]))
    # psych stops its search for the maximum early; lavaan goes on as we do.
    assert found.correlations[at] == pytest.approx([float(row["psych"]) for row in rows], abs=2e-4)
    assert found.correlations[at] == pytest.approx([float(row["lavaan"]) for row in rows], abs=1e-6)
    if missing == "listwise":
        # lavaan divides by people - 1.
        expected = [float(row["se"]) * np.sqrt(1 - 1 / answers.shape[1]) for row in rows]
        assert found.se[at] == pytest.approx(expected, rel=2e-6)


def test_bfi_thresholds_equal_psych():
    answers, scale = bfi_answers()
    expected = [[float(row[f"X{k}"]) for k in range(1, 6)] for row in read_reference("thresholds.csv")]
    assert thresholds(collect_margins(answers, scale)) == pytest.approx(np.array(expected), abs=1e-12)


def test_pisa_equals_psych_and_lavaan():
    world, _, _ = pisa_world()
    reference = read_reference("polychoric.csv")
    for scale in world.scales:
        answers = complete_sheets(world.answers[list(scale.items)])
        spec = ScaleSpec(scale.key, tuple(range(len(scale.items))), scale.turned, 1, 4)
        rows = [row for row in reference if row["data"] == scale.key]
        if rows:
            found = polychoric(collect_tables(answers, spec))
            at = np.triu_indices(len(scale.items), 1)  # the order that the rows are in
            assert found.correlations[at] == pytest.approx([float(row["lavaan"]) for row in rows], abs=1e-5)
            assert found.se[at] == pytest.approx([float(row["se"]) for row in rows], rel=1e-3)


@pytest.mark.parametrize("rho", [-0.97, -0.4, 0.0, 0.2, 0.8, 0.99])
def test_correlation_has_the_largest_likelihood(rho):
    table = drawn(rho, [-1.2, -0.3, 0.9], 3000)
    found = of_table(table)
    ends = [
        np.concatenate([[-np.inf], ndtri(table.sum(axis=1 - side).cumsum()[:-1] / 3000), [np.inf]]) for side in (0, 1)
    ]

    def loss(r):
        corner = bivariate_normal(ends[0][:, np.newaxis], ends[1], r)
        cells = np.maximum(np.diff(np.diff(corner, axis=0), axis=1), 1e-300)
        return -(table * np.log(cells)).sum()

    best = minimize_scalar(loss, bounds=(-0.9999, 0.9999), method="bounded", options={"xatol": 1e-9})
    assert found.correlations[0, 1] == pytest.approx(best.x, abs=2e-7)
    assert found.correlations[0, 1] == pytest.approx(rho, abs=4 * found.se[0, 1])


def test_correlation_equals_ordinalcorr():
    table = drawn(0.55, [-1.0, 0.2, 1.1], 2000, seed=5)
    x, y = (np.repeat(codes.ravel(), table.ravel()) for codes in np.indices(table.shape))
    assert of_table(table).correlations[0, 1] == pytest.approx(ordinalcorr.polychoric(x, y), abs=1e-4)


def test_standard_error_is_the_spread_of_estimates():
    found = [of_table(drawn(0.5, [-0.8, 0.6], 500, seed)) for seed in range(400)]
    spread = np.std([one.correlations[0, 1] for one in found], ddof=1)
    assert np.mean([one.se[0, 1] for one in found]) == pytest.approx(spread, rel=0.1)


def test_tables_and_margins_of_patterns_equal_those_of_answers():
    answers, scale = bfi_answers(ITEMS[:6])
    scale = ScaleSpec("six", scale.items, (True, False, False, True, False, False), 1, 6)
    patterns = collect_patterns(answers, scale)
    assert np.array_equal(pattern_tables(patterns).counts, collect_tables(answers, scale).counts)
    assert np.array_equal(pattern_margins(patterns), collect_margins(answers, scale))


def test_a_turned_item_turns_the_sign():
    answers, scale = bfi_answers(ITEMS[:2])
    straight = polychoric(collect_tables(answers, scale))
    turned = polychoric(collect_tables(answers, ScaleSpec("two", (0, 1), (True, False), 1, 6)))
    assert turned.correlations[0, 1] == pytest.approx(-straight.correlations[0, 1], abs=1e-12)
    assert turned.thresholds[0] == pytest.approx(-straight.thresholds[0, ::-1], abs=1e-12)


def test_codes_that_nobody_used_change_nothing():
    table = drawn(0.6, [-0.5, 0.7], 900)
    wider = np.zeros((6, 6), dtype=np.int64)
    wider[np.ix_([1, 2, 4], [0, 3, 4])] = table
    found, expected = of_table(wider), of_table(table)
    assert found.correlations[0, 1] == pytest.approx(expected.correlations[0, 1], abs=1e-9)
    assert found.se[0, 1] == pytest.approx(expected.se[0, 1], rel=1e-6)
    assert np.isneginf(found.thresholds[0, 0])
    assert np.isposinf(found.thresholds[0, 4])


def test_answers_that_always_agree_reach_the_limit():
    found = of_table(np.diag([30, 40, 30]))
    assert found.correlations[0, 1] == 0.99999
    assert np.isnan(found.se[0, 1])
    assert of_table(np.diag([30, 40, 30])[::-1]).correlations[0, 1] == -0.99999


def likelihood(table, cuts, rho):
    corner = bivariate_normal(np.array([-np.inf, *cuts[0], np.inf])[:, np.newaxis], [-np.inf, *cuts[1], np.inf], rho)
    cells = np.diff(np.diff(corner, axis=0), axis=1)
    return (table * np.log(np.maximum(cells, 1e-15))).sum()


def test_thin_and_odd_tables_have_no_better_correlation_far_off():
    random = np.random.default_rng(0)
    for _ in range(150):
        steps = random.integers(2, 6)
        table = random.multinomial(random.choice([5, 20, 60, 400]), random.dirichlet(np.full(steps**2, 0.2)))
        table = table.reshape(steps, steps)
        if min((table.sum(axis=0) > 0).sum(), (table.sum(axis=1) > 0).sum()) < 2:
            continue
        found = of_table(table)
        best = max(likelihood(table, found.thresholds, rho) for rho in np.linspace(-0.99, 0.99, 67))
        assert likelihood(table, found.thresholds, found.correlations[0, 1]) > best - 1e-4


@pytest.mark.parametrize("table", [[[0, 0], [3, 4]], [[5, 0], [6, 0]]])
def test_an_item_without_variation_has_no_correlation(table):
    found = of_table(table)
    assert np.isnan(found.correlations[0, 1])
    assert np.isnan(found.se[0, 1])
    with pytest.raises(TooLittleData, match="unknown"):
        positive_definite(found.correlations)


def test_too_little_and_wrong_margins():
    with pytest.raises(TooLittleData):
        of_table(np.zeros((3, 3), dtype=np.int64))
    with pytest.raises(TooLittleData):
        polychoric(PairTables(ScaleSpec("one", (0,), (False,), 1, 3), np.zeros((0, 3, 3), dtype=np.int64)))
    with pytest.raises(BadAnswers, match="shape"):
        polychoric(PairTables(PAIR, np.ones((1, 4, 4), dtype=np.int64)), np.ones((2, 3), dtype=np.int64))


def test_smoothing_lifts_only_what_must_be():
    good = np.array([[1, 0.3], [0.3, 1]])
    assert np.array_equal(positive_definite(good), good)
    bad = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    smooth = positive_definite(bad)
    assert np.linalg.eigvalsh(smooth)[0] > 0
    assert np.array_equal(np.diag(smooth), np.ones(3))
    assert smooth == pytest.approx(np.array([[1, 0.5, -0.5], [0.5, 1, 0.5], [-0.5, 0.5, 1]]), abs=1e-6)
