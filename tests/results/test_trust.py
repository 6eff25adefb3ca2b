"""How far a shown number can be trusted: from shown numbers and wave-wide ones only."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kfl.analysis.judgements import Judgement
from kfl.results.payload import Reliability
from kfl.results.reading.trust import (
    judged,
    share_half,
    share_interval,
)

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


@pytest.mark.parametrize("judgement", list(Judgement))
def test_scale_is_judged_as_it_was_with_the_release(judgement):
    assert judged(Reliability(judgement.value)) is judgement


def test_scale_without_reliability_is_not_judged():
    assert judged(None) is Judgement.UNKNOWN
