"""What a unit's next number is expected to be, and goals judged by it (RULES C.10)."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import t

from kfl.results.making.change_over_time import changes
from kfl.results.making.expectation import expected
from kfl.results.payload import Expected, ScaleSpread, SpreadComponents, Value
from kfl.results.reading.expected import GoalVerdict, judge, outlook, proposed_target, variance_between_waves
from tests.results.counties import County, as_earlier, frozen_by

# 100 units about 500 with a variance of 400 + 225, about 510 the next time; half of the way back.
KNOWN = Expected(0, 100, 500.0, 510.0, 400.0, 312.5, 64.0, 625.0, 1.98447)


def test_expected_of_a_unit_by_hand():
    found = outlook(KNOWN, 460, 225.0, 225.0)
    assert found.points == pytest.approx(510 - 0.5 * 40)
    spread = (225 + 64) * (1 + 1 / 100 + 40**2 / (99 * 625))
    assert found.half == pytest.approx(1.98447 * sqrt(spread))


def test_a_surer_number_is_drawn_less_to_the_middle():
    assert outlook(KNOWN, 460, 0.0, 225.0).points == pytest.approx(510 - 40 * 312.5 / 400)


def test_no_number_is_expected_farther_away_than_it_was():
    farther = Expected(0, 100, 500.0, 510.0, 300.0, 600.0, 64.0, 525.0, 1.98447)
    assert outlook(farther, 460, 225.0, 225.0).points == pytest.approx(510 - 40)


SPREAD = ScaleSpread(
    200.0,
    700.0,
    SpreadComponents(0.25, [400.0, 100.0, 225.0, 25.0]),
    SpreadComponents(0.25, [0.0] * 4),
    [None] * 4,
    [0] * 4,
)


@pytest.mark.parametrize(
    "kind, schools", [("school", 0.5), ("kindergarten", 0.5), ("municipality", 0.0), ("region", 0.0)]
)
def test_what_changes_by_chance_between_two_waves(kind, schools):
    """The same schools lie in a municipality in both waves, so that what sets these apart is no chance there."""
    persons = 0.25 * 250 * 250 / 50
    expected_variance = persons + 400 * 0.3 + 100 * 0.2 + 225 * schools
    assert variance_between_waves(kind, SPREAD, Value(50, 450, 20), [0.3, 0.2, 0.5]) == pytest.approx(expected_variance)


@pytest.mark.parametrize(
    "number, target, verdict",
    [
        (524, 490, GoalVerdict.NOT_CERTAIN),  # expected 490, half 34.35: nothing to be told from chance
        (525, 525, GoalVerdict.REACHED),
        (525, 526, GoalVerdict.ON_THE_WAY),
        (456, 470, GoalVerdict.NOT_CERTAIN),
        (455, 470, GoalVerdict.WORSE),
    ],
)
def test_a_goal_of_more(number, target, verdict):
    assert judge(KNOWN, (460, 225.0), (number, 225.0), target).verdict == verdict


@pytest.mark.parametrize(
    "number, target, verdict",
    [
        (524, 500, GoalVerdict.NOT_CERTAIN),
        (525, 500, GoalVerdict.WORSE),
        (455, 455, GoalVerdict.REACHED),
        (455, 454, GoalVerdict.ON_THE_WAY),
        (456, 470, GoalVerdict.NOT_CERTAIN),  # under the target, and no more than was to be expected
    ],
)
def test_a_goal_of_less(number, target, verdict):
    assert judge(KNOWN, (460, 225.0), (number, 225.0), target, more=False).verdict == verdict


def test_nothing_is_judged_where_too_few_units_tell():
    found = judge(None, (460, 225.0), (600, 225.0), 480)
    assert (found.verdict, found.outlook) == (GoalVerdict.UNKNOWN, None)


def test_a_page_proposes_what_chance_would_hardly_reach():
    found = outlook(KNOWN, 460, 225.0, 225.0)
    assert proposed_target(KNOWN, 460, 225.0) == (round(found.points + found.half), 30)
    assert proposed_target(KNOWN, 540, 225.0, more=False) == (round(530 - found.half), -10)


@pytest.fixture(scope="module")
def waves():
    county = County(3)
    for _ in range(3):
        municipality = county.node(0, "municipality")
        for _ in range(8):
            county.school(municipality, grades=1, people=14)
    first = county.computed(county.answers(seed=21))
    second = county.computed(county.answers(seed=22, lift=0.2), frozen_by(first))
    return county, first, second


def by_hand(first, second, units, now, levels=3):
    """mu1, mu2, tau2, cov, omega2 and the seen variance, unit by unit; errors are those of whole points."""
    spread = now.shown.spread
    m1, m2 = ([float(one.shown.points[u, 0]) for u in units] for one in (first, second))
    errors = [
        [
            float(spread.c[0] * (m - spread.low[0]) * (spread.high[0] - m) / wave.n[u, 0])
            + sum(float(spread.between[level, 0] * wave.shown.d[level, u, 0]) for level in range(levels))
            for u, m in zip(units, numbers, strict=True)
        ]
        for wave, numbers in ((first, m1), (second, m2))
    ]
    count = len(units)
    mu1, mu2 = sum(m1) / count, sum(m2) / count
    seen = sum((m - mu1) ** 2 for m in m1) / (count - 1)
    cov = sum((a - mu1) * (b - mu2) for a, b in zip(m1, m2, strict=True)) / (count - 1)
    tau2 = seen - sum(errors[0]) / count
    left = [b - mu2 - min(cov / (tau2 + e), 1) * (a - mu1) for a, b, e in zip(m1, m2, errors[0], strict=True)]
    omega2 = max(sum(one**2 for one in left) / (count - 2) - sum(errors[1]) / count, 0)
    return mu1, mu2, tau2, cov, omega2, seen


def check(found, first, second, units, now, levels=3):
    mu1, mu2, tau2, cov, omega2, seen = by_hand(first, second, units, now, levels)
    assert tau2 > 0
    got = (found.mu1, found.mu2, found.tau2, found.cov, found.omega2, found.var_first)
    assert got == pytest.approx((mu1, mu2, tau2, cov, omega2, seen), abs=1e-4)
    assert (found.wave, found.units) == (0, len(units))
    assert found.t == pytest.approx(t.ppf(0.975, len(units) - 2), abs=1e-5)


def test_parameters_equal_those_by_hand(waves):
    county, first, second = waves
    then = changes(second, [as_earlier(first)]).then
    found = expected(second, then)
    check(found["school"][0], first, second, county.of_kind("school"), second)
    assert found["municipality"] == [None]
    assert set(found) == {"grade", "school", "municipality"}


def test_municipalities_hold_the_same_schools_in_both_waves():
    county = County(6)
    for _ in range(21):
        municipality = county.node(0, "municipality", 0.4)
        for _ in range(2):
            county.school(municipality, grades=1, people=14)
    first = county.computed(county.answers(seed=21))
    second = county.computed(county.answers(seed=22), frozen_by(first))
    found = expected(second, changes(second, [as_earlier(first)]).then)
    check(found["municipality"][0], first, second, county.of_kind("municipality"), second, levels=2)
    check(found["school"][0], first, second, county.of_kind("school"), second)


def test_units_with_a_goal_do_not_tell_how_others_go(waves):
    county, first, second = waves
    schools = county.of_kind("school")
    with_goal = np.zeros(second.n.shape, dtype=bool)
    with_goal[schools[:4]] = True
    then = changes(second, [as_earlier(first)]).then
    check(expected(second, then, with_goal)["school"][0], first, second, schools[4:], second)
    with_goal[schools[:5]] = True
    assert expected(second, then, with_goal)["school"] == [None]


def test_nothing_is_expected_of_a_first_wave(waves):
    _, first, _ = waves
    assert expected(first, changes(first, []).then)["school"] == [None]
