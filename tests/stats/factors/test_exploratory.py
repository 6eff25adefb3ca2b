"""Exploratory factor analysis: as psych::fa, and the order, signs and refusals that make it the same every time."""

import sys

import numpy as np
import pytest

from kfl.stats import BadAnswers, TooLittleData, collect_products
from kfl.stats.errors import NotIdentified, RotationNotInstalled
from kfl.stats.factors.exploratory import exploratory
from kfl.stats.moments import moments
from kfl.stats.ordinal import collect_patterns, pattern_tables, polychoric

from ..ordinal.bfi import ITEMS, bfi_answers, complete_sheets
from ..worlds import read_reference

SIMPLE = np.kron(np.eye(2), np.full((4, 1), 0.7))
BETWEEN = np.array([[1, 0.4], [0.4, 1]])


def bfi_matrix(name):
    answers, scale = bfi_answers()
    answers = complete_sheets(answers)
    if name == "pearson":
        return moments(collect_products(answers, np.zeros(answers.shape[1], dtype=int), 1, scale))
    return polychoric(pattern_tables(collect_patterns(answers, scale))).correlations


def correlations_of(loadings, between):
    matrix = loadings @ between @ loadings.T
    np.fill_diagonal(matrix, 1)
    return matrix


@pytest.mark.parametrize("name", ["pearson", "polychoric"])
@pytest.mark.parametrize("method", ["minres", "ml"])
def test_bfi_equals_psych(name, method):
    found = exploratory(bfi_matrix(name), 5, method=method)
    rows = [row for row in read_reference("exploratory.csv") if (row["matrix"], row["fm"]) == (name, method)]
    assert [row["item"] for row in rows] == ITEMS
    at = [0, 1, 2, 3, 4]
    turned = np.array([[float(row[f"f{k + 1}"]) for k in at] for row in rows])
    # psych orders near-equal factors by unrotated digits; ours by what they explain, as in the R script.
    assert found.pattern == pytest.approx(turned, abs=2e-4)
    direct = np.array([[float(row[f"direct{k + 1}"]) for k in at] for row in rows])
    alike = np.abs(found.pattern.T @ direct / np.linalg.norm(direct, axis=0) / np.linalg.norm(found.pattern, axis=0))
    assert np.diag(alike) == pytest.approx(1, abs=1e-6)
    assert found.communalities == pytest.approx([float(row["communality"]) for row in rows], abs=2e-4)
    rows = [r for r in read_reference("exploratory_between.csv") if (r["matrix"], r["fm"]) == (name, method)]
    between = np.array([[float(row[f"f{k + 1}"]) for k in at] for row in rows])
    assert found.factor_correlations == pytest.approx(between, abs=2e-4)


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_a_true_simple_structure_is_found(method):
    found = exploratory(correlations_of(SIMPLE, BETWEEN), 2, method=method)
    assert found.pattern[:, np.argsort(-found.pattern[0])] == pytest.approx(SIMPLE, abs=1e-5)
    assert found.factor_correlations == pytest.approx(BETWEEN, abs=1e-5)
    assert found.structure == pytest.approx(found.pattern @ found.factor_correlations)
    assert found.communalities == pytest.approx(np.full(8, 0.49), abs=1e-6)
    assert found.explained.sum() == pytest.approx(found.communalities.sum())
    assert found.rmsr == pytest.approx(0, abs=1e-6)
    assert found.df == 13


def test_turned_and_reordered_items_give_the_same_factors():
    matrix = bfi_matrix("pearson").correlation
    found = exploratory(matrix, 5)
    random = np.random.default_rng(3)
    order, sign = random.permutation(25), random.choice([-1.0, 1.0], 25)
    other = exploratory(matrix[np.ix_(order, order)] * np.outer(sign[order], sign[order]), 5)
    assert other.explained == pytest.approx(found.explained, abs=1e-4)
    assert np.abs(other.pattern) == pytest.approx(np.abs(found.pattern[order]), abs=1e-4)
    assert (other.pattern.sum(axis=0) >= 0).all()
    assert (np.diff(found.explained) <= 0).all()


def test_unrotated_factors_are_uncorrelated():
    found = exploratory(bfi_matrix("pearson"), 3, rotation="none")
    assert np.array_equal(found.factor_correlations, np.eye(3))
    assert np.array_equal(found.structure, found.pattern)


@pytest.mark.parametrize(
    "matrix, factors, options, error",
    [
        (np.eye(3), 2, {}, NotIdentified),
        (np.eye(3), 0, {}, NotIdentified),
        (np.ones((2, 3)), 1, {}, BadAnswers),
        (np.full((4, 4), 0.5), 1, {}, BadAnswers),
        (np.eye(4), 1, {"method": "pca"}, BadAnswers),
        (np.eye(4), 1, {"rotation": "varimax"}, BadAnswers),
        (np.where(np.eye(4) == 1, 1.0, np.nan), 1, {}, TooLittleData),
        (np.ones((4, 4)), 1, {"method": "ml"}, TooLittleData),
    ],
)
def test_what_cannot_be_factored(matrix, factors, options, error):
    with pytest.raises(error):
        exploratory(matrix, factors, **options)


def test_statsmodels_missing_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.multivariate.factor_rotation", None)
    with pytest.raises(RotationNotInstalled, match=r"pip install 'kfl\[analysis\]'"):
        exploratory(correlations_of(SIMPLE, BETWEEN), 2)
    assert exploratory(correlations_of(SIMPLE, BETWEEN), 1).pattern.shape == (8, 1)


@pytest.mark.parametrize("case", ["six", "seven", "six again"])
def test_where_psych_stops_at_its_bound_so_do_we_and_say_so(case):
    rows = [row for row in read_reference("exploratory_bounds.csv") if row["case"] == case]
    matrix = np.array([[float(one) for one in row["correlations"].split()] for row in rows])
    found = exploratory(matrix, int(rows[0]["factors"]), rotation="none")
    assert not found.proper
    # Both stop at 0.005, of which minres then keeps about that much.
    assert 1 - found.communalities == pytest.approx([float(row["unique"]) for row in rows], abs=5e-3)


def test_an_item_explained_more_than_wholly_is_no_proper_solution():
    matrix = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])
    for method in ("minres", "ml"):
        assert not exploratory(matrix, 1, method=method).proper
    assert exploratory(correlations_of(SIMPLE, BETWEEN), 2).proper
