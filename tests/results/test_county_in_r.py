"""An invented county of two waves, every shown number and step of it against R (tests/stats/reference/spread.R)."""

from __future__ import annotations

import numpy as np
import pytest

from kfl import stats
from kfl.results.making.change_over_time import changes
from kfl.results.making.computed import FrozenScale
from kfl.results.making.expectation import expected
from kfl.results.making.verdicts import STEPS, judge
from kfl.results.payload import Certainty
from kfl.results.reading.expected import outlook
from tests.results.counties import CALM, as_earlier
from tests.stats.reference.county import written_answers, written_nodes
from tests.stats.worlds import read_reference

LEVELS = ("group", "grade", "school", "municipality")
WORDS = {"none": Certainty.NONE, "likely": Certainty.LIKELY, "certain": Certainty.CERTAIN}


def number(text):
    return float(text) if text not in ("", "NA") else np.nan


@pytest.fixture(scope="module")
def waves():
    """Both waves, measured with R's variances, so that all that rests on them can be compared to the last digits."""
    row = {key: float(value) for key, value in read_reference("county_spread.csv")[0].items()}
    frozen = {CALM.digest: FrozenScale(row["mu"], row["sigma"], row["c"], tuple(row[level] for level in LEVELS))}
    return [county.computed(answers, frozen) for county, answers in written_answers()]


@pytest.fixture(scope="module")
def change(waves):
    return changes(waves[1], [as_earlier(waves[0])])


def test_what_is_shown_is_what_r_was_told(waves):
    for wave, results in enumerate(waves, 1):
        shown = [row["shown"] == "1" for row in written_nodes() if row["wave"] == str(wave)]
        assert (results.decision.scale[:, 0] == 0).tolist() == shown


def test_what_the_first_wave_measures_with_is_rs():
    row = {key: float(value) for key, value in read_reference("county_spread.csv")[0].items()}
    county, answers = next(written_answers())
    made = county.computed(answers).measure
    assert made.reference.mu[0] == pytest.approx(row["mu"], rel=1e-11)
    assert made.reference.sigma[0] == pytest.approx(row["sigma"], rel=1e-11)
    assert made.spread.c[0] == pytest.approx(row["c"], rel=1e-11)
    assert made.own.within[0] == pytest.approx(row["within"], rel=1e-11)
    # lmer stops a little before the top.
    assert made.spread.between[:, 0] == pytest.approx([row[level] for level in LEVELS], rel=1e-5)


def test_points_shares_and_errors_of_every_node_are_rs(waves):
    rows = read_reference("county_results.csv")
    assert len(rows) == sum(np.isfinite(results.shown.points).sum() for results in waves)
    for row in rows:
        results, node = waves[int(row["wave"]) - 1], int(row["node"])
        assert results.n[node, 0] == int(row["n"])
        assert results.shown.points[node, 0] == float(row["points"])
        assert results.shown.d[:, node, 0] == pytest.approx([float(row[f"d{level}"]) for level in (1, 2, 3)], abs=1e-12)
        assert results.se[node, 0] == pytest.approx(float(row["se"]), rel=1e-9)


@pytest.mark.parametrize("name", ["above", "top"])
def test_differences_from_the_rest_are_rs(waves, name):
    found, rows = getattr(waves[1], name), read_reference("county_pages.csv")
    compared = 0
    for row in rows:
        node = int(row["node"])
        r = {
            key.removeprefix(f"{name}_"): number(row[key]) for key in row if key.startswith(name) and "step" not in key
        }
        if np.isnan(r["whole"]):
            assert found.node[node, 0] == -1
            continue
        compared += 1
        assert found.node[node, 0] == r["whole"]
        assert (found.rest[node, 0], found.apart[node, 0]) == (r["rest"], r["apart"])
        for key, table in (("rest_se", found.rest_se), ("se", found.se), ("prior", found.prior)):
            assert table[node, 0] == pytest.approx(r[key], rel=1e-9)
        assert found.p[node, 0] == pytest.approx(r["p"], rel=1e-8)
    assert compared > 100


def test_changes_are_rs(change):
    by_blocks = 0
    for row in read_reference("county_pages.csv"):
        node = int(row["node"])
        assert change.points[node, 0] == pytest.approx(number(row["change"]), nan_ok=True)
        for key, table in (("se", change.se), ("half", change.half), ("df", change.degrees)):
            assert table[node, 0] == pytest.approx(number(row[f"change_{key}"]), rel=1e-9, nan_ok=True), (node, key)
        assert change.p[node, 0] == pytest.approx(number(row["change_p"]), rel=1e-8, nan_ok=True)
        by_blocks += np.isfinite(change.degrees[node, 0])
    assert by_blocks == 4  # the county, both regions and the municipality of twelve schools


def test_steps_and_best_estimates_are_rs(waves, change):
    verdicts = judge(waves[1].above, waves[1].top, change)
    steps = set()
    for row in read_reference("county_pages.csv"):
        node = int(row["node"])
        for name in ("above", "top", "change"):
            verdict = getattr(verdicts, name)
            word = WORDS[row[f"{name}_step"]]
            assert STEPS[verdict.step[node, 0]] == word, (node, name)
            steps.add((name, word))
            best = number(row[f"{name}_best"])
            if name != "change" and number(row[f"{name}_prior"]) == 0:
                best = np.nan  # regions: it is not known how they differ
            assert verdict.best[node, 0] == pytest.approx(best, rel=1e-9, nan_ok=True)
    assert len(steps) == 8  # all three of each, but that no change is only likely


def test_holm_over_a_page_is_r(waves, change):
    for row in read_reference("county_pages.csv"):
        node = int(row["node"])
        p = np.array([waves[1].above.p[node, 0], waves[1].top.p[node, 0], change.p[node, 0]])
        r = [number(row[f"{name}_adjusted"]) for name in ("above", "top", "change")]
        assert stats.holm(p) == pytest.approx(np.array(r), rel=1e-8, nan_ok=True)


def test_what_is_expected_of_schools_and_grades_is_rs(waves, change):
    found = expected(waves[1], change.then)
    for row in read_reference("county_expected.csv"):
        one, node = found[row["kind"]][0], int(row["node"])
        for key in ("units", "mu1", "mu2", "tau2", "cov", "omega2", "var_first", "t"):
            assert getattr(one, key) == pytest.approx(float(row[key]), abs=1e-4), key
        points, errors = int(waves[0].shown.points[node, 0]), [float(wave.se[node, 0]) ** 2 for wave in waves]
        ahead = outlook(one, points, *errors)
        # From what is stored, to four decimals.
        assert ahead.points == pytest.approx(float(row["expected"]), abs=1e-3)
        assert ahead.half == pytest.approx(float(row["half"]), abs=1e-3)
