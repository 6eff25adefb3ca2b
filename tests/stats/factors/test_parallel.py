"""Parallel analysis: eigenvalues and number of factors as psych::fa.parallel, and chance drawn as it should be."""

import numpy as np
import pytest

from kfl.stats import ScaleSpec, TooLittleData, collect_products
from kfl.stats.factors.parallel import Eigenvalues, parallel_analysis
from kfl.stats.moments import Moments, moments
from kfl.stats.ordinal import collect_patterns

from ..ordinal.bfi import bfi_answers, complete_sheets
from ..worlds import read_reference


def bfi(kind):
    answers, scale = bfi_answers()
    answers = complete_sheets(answers)
    if kind == "pearson":
        return moments(collect_products(answers, np.zeros(answers.shape[1], dtype=int), 1, scale))
    return collect_patterns(answers, scale)


@pytest.mark.parametrize("kind, replications, within", [("pearson", 100, 1e-9), ("polychoric", 5, 2e-4)])
def test_bfi_equals_psych(kind, replications, within):
    found = parallel_analysis(bfi(kind), seed=1, replications=replications)
    rows = [row for row in read_reference("parallel.csv") if row["matrix"] == kind]
    assert found.components.observed == pytest.approx([float(row["component"]) for row in rows], abs=within)
    assert found.factors.observed == pytest.approx([float(row["factor"]) for row in rows], abs=within)
    assert found.components.stand_out == int(rows[0]["ncomp"])
    assert found.factors.stand_out == int(rows[0]["nfact"])
    assert found.people == 2436


def test_chance_is_that_of_unrelated_people():
    people, items = 60, 6
    random = np.random.default_rng(8)
    drawn = [np.corrcoef(random.standard_normal((people, items)), rowvar=False) for _ in range(3000)]
    expected = np.quantile(np.linalg.eigvalsh(drawn)[:, ::-1], 0.95, axis=0)
    found = parallel_analysis(Moments(people, np.zeros(items), np.eye(items)), seed=4, replications=3000)
    assert found.components.chance == pytest.approx(expected, abs=0.015)
    assert found.components.stand_out == 0


def test_polychoric_chance_is_about_that_of_as_many_normal_people():
    random = np.random.default_rng(2)
    answers = random.integers(0, 5, (6, 2000)).astype(np.int8)
    patterns = collect_patterns(answers, ScaleSpec("six", tuple(range(6)), (False,) * 6, 0, 4))
    steps = parallel_analysis(patterns, seed=3, replications=60)
    normal = parallel_analysis(Moments(2000, np.zeros(6), np.eye(6)), seed=3, replications=60)
    # Five even steps tell nearly as much as the normal variables they are cut from, hence a little more chance.
    assert 0.9 < ((steps.components.chance[0] - 1) / (normal.components.chance[0] - 1)) < 1.4


def test_the_seed_decides():
    one, same, other = (parallel_analysis(bfi("pearson"), seed=seed, replications=10) for seed in (1, 1, 2))
    assert np.array_equal(one.components.chance, same.components.chance)
    assert not np.array_equal(one.components.chance, other.components.chance)


@pytest.mark.parametrize(
    "observed",
    [
        Moments(100, np.zeros(1), np.eye(1)),
        Moments(5, np.zeros(5), np.eye(5)),
        Moments(50, np.zeros(3), np.diag([1.0, 1.0, 0.0])),
        Moments(50, np.zeros(3), np.ones((3, 3))),
        collect_patterns(np.array([[1, 1, 1, 1], [1, 2, 1, 2]]), ScaleSpec("flat", (0, 1), (False, False), 1, 2)),
    ],
)
def test_what_parallel_analysis_cannot_do(observed):
    with pytest.raises(TooLittleData):
        parallel_analysis(observed, seed=1)


def test_what_explains_nothing_is_no_factor():
    """Past zero every observed eigenvalue may lie above chance's: both are then about what is left over."""
    found = Eigenvalues(np.array([2.1, 0.2, 0.0, -0.05, -0.1]), np.array([1.2, 0.1, -0.01, -0.2, -0.3]))
    assert found.stand_out == 2
    assert Eigenvalues(np.array([2.1, 1.0]), np.array([1.0, 0.9])).stand_out == 2
