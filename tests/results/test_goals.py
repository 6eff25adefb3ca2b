"""Goals are judged against what comes by itself: the documented example, and schools that pick their weakest scale."""

from __future__ import annotations

import random
from math import sqrt

import pytest

from kfl.results.payload import Expected
from kfl.results.reading.expected import GoalVerdict, judge, outlook, proposed_target

# The example of docs/methods/goals.md: 60 schools; t is that of 58 degrees of freedom.
KNOWN = Expected(
    wave=0, units=60, mu1=500.0, mu2=502.0, tau2=400.0, cov=380.0, omega2=135.0, var_first=600.0, t=2.00172
)
FIRST = (460, 144.0)


def test_what_comes_by_itself_by_hand():
    """380 ÷ (400 + 144) = 0.6985; 502 - 0.6985 · 40 = 474.06; √(279 · (1 + 1/60 + 1600 ÷ 35,400)) = 17.212."""
    found = outlook(KNOWN, *FIRST, 144.0)
    assert found.points == pytest.approx(474.059, abs=0.001)
    assert found.half == pytest.approx(2.00172 * 17.2122, abs=0.001)


def test_proposed_target_is_what_would_be_certain_and_says_what_comes_by_itself():
    target, by_itself = proposed_target(KNOWN, *FIRST)
    assert (target, by_itself) == (509, 14)
    assert judge(KNOWN, FIRST, (target, 144.0), target).verdict is GoalVerdict.REACHED


def test_schools_that_pick_their_weakest_scale_and_do_nothing_seldom_seem_to_succeed():
    """Ten scales; true results have an SD of 20, true changes one of 7, and each wave an error of 12.

    The next results lie about what is expected with 49 and with what the first number left unknown, 400·144 ÷ 544.
    """
    chance = random.Random(8)
    schools, scales = 3000, 10
    known = Expected(0, schools, 500.0, 500.0, 400.0, 400.0, 49 + 400 * 144 / 544, 544.0, 1.961)
    above = naive = gained = 0
    for _ in range(schools):
        true = [chance.gauss(500, 20) for _ in range(scales)]
        seen = [chance.gauss(one, 12) for one in true]
        weakest = min(range(scales), key=seen.__getitem__)
        first, second = round(seen[weakest]), round(chance.gauss(chance.gauss(true[weakest], 7), 12))
        verdict = judge(known, (first, 144.0), (second, 144.0), first).verdict
        above += verdict is GoalVerdict.REACHED
        naive += second - first > 1.96 * sqrt(2 * 144 + 49)
        gained += second - first
    assert gained / schools > 8  # by itself
    assert above / schools < 0.035  # 2.5 % are allowed on this side
    assert naive > 2 * above
