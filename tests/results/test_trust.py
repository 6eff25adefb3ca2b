"""How far a shown number can be trusted: from shown numbers and wave-wide ones only."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from kfl.analysis.judgements import Judgement
from kfl.results.payload import Reliability
from kfl.results.reading.trust import (
    alike_within,
    best_estimate,
    judged,
    share_half,
    share_interval,
    weight,
)
from kfl.stats import mean_reliability

WILSON = list(csv.DictReader((Path(__file__).parent / "reference/wilson.csv").read_text().splitlines()))


@pytest.mark.parametrize("row", WILSON, ids=lambda row: f"{row['count']}/{row['n']}")
def test_share_interval_is_that_of_r(row):
    n, count = int(row["n"]), int(row["count"])
    expected = (round(100 * float(row["low"])), round(100 * float(row["high"])))
    assert share_interval(100 * count // n, n) == expected


def test_share_from_clusters_is_as_sure_as_one_from_fewer_strangers():
    assert share_interval(30, 60, 3.0) == share_interval(30, 20)
    assert share_half(60, 3.0) == share_half(20)


def test_share_interval_holds_the_share_and_stays_within_0_and_100():
    for n in (10, 17, 5000, 900_000):
        for share in range(101):
            low, high = share_interval(share, n, 1.5)
            assert 0 <= low <= share <= high <= 100


def test_no_share_is_further_off_than_what_stands_above_the_scale():
    for n in (10, 23, 120):
        for share in range(101):
            low, high = share_interval(share, n)
            assert (high - low) / 2 <= share_half(n) + 1  # both ends are rounded
    assert share_half(10_000_000) == 1


def test_weight_is_spearman_brown():
    assert weight(1, 0.2) == 0.2
    assert weight(4, 0.2) == pytest.approx(0.5)
    assert weight(20, 0.0) == 0
    assert weight(13, 0.07) == pytest.approx(mean_reliability(13, 0.07).item())


def test_best_estimate_lies_between_the_value_and_the_level_above():
    assert best_estimate(10, 560, 500, 0.1) == 532  # λ = 1 / 1.9
    assert best_estimate(10, 440, 500, 0.1) == 468
    assert best_estimate(10, 500, 500, 0.1) == 500


def test_best_estimate_is_not_given_where_the_value_stands_alone():
    assert best_estimate(30, 560, 500, 0.01) is None  # large enough
    assert best_estimate(25, 560, 500, 0.2) is None  # λ = 0.86
    assert best_estimate(10, 560, 500, None) is None


def test_alike_within_leaves_out_what_schools_share():
    alike = {"group": [0.28, 0.05, None], "school": [0.1, 0.06, 0.1], "county": [None, None, None]}
    assert alike_within(alike, 0, "group", "school") == pytest.approx(0.2)
    assert alike_within(alike, 1, "group", "school") is None  # classes differ no more than their schools do
    assert alike_within(alike, 2, "group", "school") is None
    assert alike_within(alike, 0, "school", "county") == 0.1
    assert alike_within(alike, 0, "department", "school") is None
    assert alike_within({}, 0, "group", "school") is None  # an old release


def test_best_estimates_of_a_simulated_county_are_nearer_the_truth_than_the_values():
    """Classes of 12 in schools of six classes: what classes truly are is known here."""
    random = np.random.default_rng(5)
    schools, classes, people = 200, 6, 12
    school = random.normal(0, 20, (schools, 1))
    truth = 500 + school + random.normal(0, 30, (schools, classes))
    seen = truth + random.normal(0, 95, (schools, classes, people)).mean(axis=2)
    above = seen.mean(axis=1, keepdims=True) + np.zeros_like(seen)
    everything = 20**2 + 30**2 + 95**2
    of_school = (20**2 + 30**2 / classes) / everything
    alike = {"group": [(20**2 + 30**2) / everything], "school": [of_school]}
    rho = alike_within(alike, 0, "group", "school")
    best = [
        best_estimate(people, round(own), round(level), rho)
        for own, level in zip(seen.ravel().tolist(), above.ravel().tolist(), strict=True)
    ]
    off, off_best = np.square(seen - truth).mean(), np.square(np.array(best) - truth.ravel()).mean()
    assert off_best < 0.75 * off


@pytest.mark.parametrize("judgement", list(Judgement))
def test_scale_is_judged_as_it_was_with_the_release(judgement):
    assert judged(Reliability(judgement.value)) is judgement


def test_scale_without_reliability_is_not_judged():
    assert judged(None) is Judgement.UNKNOWN
