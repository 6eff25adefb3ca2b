"""Design effects of reliability and fit: those of base R and lavaan, and 1 for strangers with normal answers."""

from __future__ import annotations

import csv
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from kfl.stats import BadAnswers, ScaleSpec, TooLittleData, collect_products
from kfl.stats.factors.confirmatory import one_factor
from kfl.stats.factors.design_effects import design_effects
from kfl.stats.moments import moments

from .samples import rows_of

ANSWERS = Path(__file__).parent / "reference" / "clustered_answers.csv"


def products(codes, cluster, steps=5):
    spec = ScaleSpec("s", tuple(range(len(codes))), (False,) * len(codes), 1, steps)
    return collect_products(np.ascontiguousarray(codes, dtype=np.int8), cluster, int(cluster.max()) + 1, spec)


def clustered(items):
    with ANSWERS.open() as file:
        table = np.array([[int(value) for value in row] for row in list(csv.reader(file))[1:]])
    return products(table[:, 1 : 1 + items].T, table[:, 0] - 1)


@pytest.mark.parametrize("row", rows_of("design_effects.csv"), ids=lambda row: row["items"])
def test_they_equal_lavaan(row):
    sums = clustered(int(row["items"]))
    found = design_effects(sums, one_factor(moments(sums)))
    assert found.clusters == 25
    assert found.alpha == pytest.approx(float(row["alpha"]), rel=1e-7)
    assert found.omega == pytest.approx(float(row["omega"]), rel=1e-5)
    if row["chi2"].strip() == "NA":
        assert isnan(found.chi2)
    else:
        assert found.chi2 == pytest.approx(float(row["chi2"]), rel=1e-5)


def test_strangers_with_nearly_normal_answers_have_none():
    random = np.random.default_rng(5)
    level = random.normal(0, 10, 40_000)
    codes = np.clip(np.rint(50 + level + random.normal(0, 10, (4, 40_000))), 1, 99)
    sums = products(codes, np.arange(40_000) % 2_000, steps=99)
    found = design_effects(sums, one_factor(moments(sums)))
    assert (found.alpha, found.omega, found.chi2) == pytest.approx((1, 1, 1), abs=0.1)


def test_without_a_model_only_alpha_is_known():
    found = design_effects(clustered(5), None)
    assert found.alpha > 2
    assert isnan(found.omega)
    assert isnan(found.chi2)


def test_clusters_without_anybody_do_not_count():
    sums = clustered(4)
    longer = sums.regroup(np.arange(25) * 2, 50)
    assert repr(design_effects(longer, None)) == repr(design_effects(sums, None))


def test_one_cluster_is_too_few():
    with pytest.raises(TooLittleData, match="2 clusters"):
        design_effects(clustered(4).regroup(np.zeros(25, dtype=np.int64), 1), None)


def test_an_item_without_spread_is_refused():
    codes = np.array([[1, 2, 3, 4], [2, 2, 2, 2]])
    with pytest.raises(TooLittleData, match="without spread"):
        design_effects(products(codes, np.arange(4) % 2), None)


def test_a_model_of_other_items_is_refused():
    with pytest.raises(BadAnswers, match="one factor"):
        design_effects(clustered(5), one_factor(moments(clustered(4))))
