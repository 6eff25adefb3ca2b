"""A unit against the rest of the level above and of the whole wave, and what is said of it (RULES C.4, C.5)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from kfl import stats
from kfl.results.making.change_over_time import changes
from kfl.results.making.comparing import AgainstRest
from kfl.results.making.verdicts import STEPS, judge
from kfl.results.payload import Certainty
from tests.results.counties import County, as_earlier, frozen_by

CLASS, GRADE, SCHOOL, MUNICIPALITY = range(4)


@pytest.fixture(scope="module")
def county():
    made = County(5)
    for size in (2, 4, 4):
        municipality = made.node(0, "municipality")
        for _ in range(size):
            made.school(municipality)
    return made


@pytest.fixture(scope="module")
def results(county):
    return county.computed(county.answers())


def path(county, node):
    while node >= 0:
        yield node
        node = county.parent[node]


def test_levels_above(county, results):
    kinds = {}
    for kind in ("group", "grade", "school", "municipality"):
        kinds[kind] = {county.kind[node] for node in results.above.node[county.of_kind(kind), 0]}
    assert kinds == {"group": {"school"}, "grade": {"school"}, "school": {"municipality"}, "municipality": {"county"}}
    assert (results.top.node[county.of_kind("school"), 0] == 0).all()
    assert (results.top.node[county.of_kind("municipality"), 0] == -1).all()  # the level above is the county


def under(county, node):
    return {one for one in range(len(county.parent)) if node in path(county, one)}


def test_difference_to_the_rest_by_hand():
    made = County(6)
    for _ in range(3):
        made.school(made.node(0, "municipality"), classes=2, people=14)
    results = made.computed(made.answers(skipped=0.0))
    spread = results.shown.spread
    for node, whole in ((made.of_kind("group")[0], made.of_kind("school")[0]), (made.of_kind("municipality")[1], 0)):
        n, rest_n = results.n[node, 0], results.n[whole, 0] - results.n[node, 0]
        m, M = results.shown.means[[node, whole], 0]
        ref = results.reference
        rest = round(500 + 100 * ((results.n[whole, 0] * M - n * m) / rest_n - ref.mu[0]) / ref.sigma[0])
        assert results.above.node[node, 0] == whole
        assert results.above.rest[node, 0] == rest
        own = results.shown.points[node, 0]
        assert results.above.apart[node, 0] == own - rest
        middle = (own + rest) / 2
        within = spread.c[0] * (middle - spread.low[0]) * (spread.high[0] - middle)
        blocks = 0.0
        inside, beside = under(made, node), under(made, whole)
        for level, kind in enumerate(("group", "grade", "school")):
            for side, people in ((inside - {node}, n), (beside - inside - {whole}, rest_n)):
                for block in side:
                    if made.kind[block] != kind:
                        continue
                    size = results.n[block, 0] - (n if node in under(made, block) else 0)
                    blocks += spread.between[level, 0] * (size / people) ** 2
        assert results.above.se[node, 0] ** 2 == pytest.approx(within / n + within / rest_n + blocks, rel=1e-4)


def test_prior_is_what_lies_between_the_two_levels(county, results):
    between = results.shown.spread.between[:, 0]
    group, grade, school, municipality = (
        county.of_kind(kind)[0] for kind in ("group", "grade", "school", "municipality")
    )
    above, top = results.above.prior[:, 0], results.top.prior[:, 0]
    assert above[group] == pytest.approx(between[CLASS] + between[GRADE])
    assert above[grade] == pytest.approx(between[GRADE])
    assert above[school] == pytest.approx(between[SCHOOL])
    assert above[municipality] == pytest.approx(between[MUNICIPALITY])
    assert top[group] == pytest.approx(between.sum())
    assert top[school] == pytest.approx(between[SCHOOL] + between[MUNICIPALITY])


def test_a_mixed_class_has_no_grade_on_its_way():
    made = County(7)
    for _ in range(2):
        school = made.school(0)
        mixed = made.class_of(school, 15)
    results = made.computed(made.answers())
    assert results.above.prior[mixed, 0] == pytest.approx(results.shown.spread.between[CLASS, 0])


def test_no_top_that_holds_the_same_people_as_the_level_above():
    """One municipality is all of its county: a school is not compared with the same rest twice."""
    made = County(8)
    municipality = made.node(0, "municipality")
    for _ in range(4):
        made.school(municipality)
    results = made.computed(made.answers())
    schools = made.of_kind("school")
    assert results.above.node[schools, 0].tolist() == [municipality] * 4
    assert results.top.node[schools, 0].tolist() == [-1] * 4
    assert np.isnan(results.top.p[schools, 0]).all()
    assert results.top.node[made.of_kind("group"), 0].tolist() == [0] * len(made.of_kind("group"))


def test_levels_that_hold_the_same_pupils_are_passed_over():
    """A grade of one class, a school of one grade that is its own municipality."""
    made = County(9)
    lonely = made.node(0, "municipality")
    group = made.class_of(made.node(made.node(lonely, "school"), "grade"), 20)
    other = made.node(0, "municipality")
    for _ in range(3):
        made.school(other)
    results = made.computed(made.answers())
    assert results.above.node[group, 0] == 0
    assert results.top.node[group, 0] == -1
    assert np.isnan(results.top.apart[group, 0])


def one(apart, se, prior=np.nan):
    """A page with these differences, a scale each."""
    difference, error, variance = (np.array([np.broadcast_to(values, len(apart))]) for values in (apart, se, prior))
    nothing = np.zeros((1, len(apart)))
    p = stats.two_sided(difference, error)
    return AgainstRest(nothing.astype(int), nothing, nothing, difference, error, variance, p)


def told(verdict):
    return [STEPS[step] for step in verdict.step[0]]


def none(scales):
    return one([np.nan] * scales, [np.nan] * scales)


def test_three_steps():
    """Errors of 10: 30 is certain alone, 20 is likely where units differ much, 5 is not to be told."""
    prior = 900.0
    found = judge(one([30, 20, 5, 0], [10] * 4, prior), none(4), None)
    assert told(found.above) == [Certainty.CERTAIN, Certainty.LIKELY, Certainty.NONE, Certainty.NONE]
    weight = prior / (prior + 100)
    assert found.above.best[0] == pytest.approx(weight * np.array([30, 20, 5, 0]))
    assert NormalDist().cdf(20 / 10 * weight**0.5) > 0.9 > NormalDist().cdf(5 / 10 * weight**0.5)


def test_likely_from_ninety_in_a_hundred():
    weight = 100 / 200
    line = NormalDist().inv_cdf(0.9) * 10 / weight**0.5
    found = judge(one([line - 0.01, line + 0.01], [10, 10], 100.0), none(2), None)
    assert told(found.above) == [Certainty.NONE, Certainty.LIKELY]


@pytest.mark.parametrize("prior", [np.nan, 0.0])
def test_two_steps_where_it_is_not_known_how_units_differ(prior):
    found = judge(one([30, 19], [10, 10], prior), none(2), None)
    assert told(found.above) == [Certainty.CERTAIN, Certainty.NONE]
    assert np.isnan(found.above.best).all()


def test_level_above_and_top_are_one_family():
    alone = judge(one([21], [10]), none(1), None)
    both = judge(one([21], [10]), one([1], [10]), None)
    assert told(alone.above) == [Certainty.CERTAIN]
    assert told(both.above) == [Certainty.NONE]


@pytest.fixture(scope="module")
def two_waves(county, results):
    second = county.computed(county.answers(seed=2, lift=0.3), frozen_by(results))
    return second, changes(second, [as_earlier(results)])


def test_change_is_of_the_same_family(two_waves):
    second, change = two_waves
    found = judge(second.above, second.top, change)
    pages = np.concatenate([second.above.p, second.top.p, change.p], axis=1)
    assert np.isfinite(pages).sum(axis=1).max() == 3
    sure = stats.certain(pages)[0]
    for number, verdict in enumerate((found.above, found.top, found.change)):
        assert ((verdict.step[:, 0] == 2) == sure[:, number]).all()
    assert 0 < (found.change.step == 2).sum() < len(second.n)


def test_a_change_of_another_measure_is_not_tested_and_leaves_the_rest_more_room(two_waves):
    second, change = two_waves
    comparable = np.zeros(second.n.shape, dtype=bool)
    found = judge(second.above, second.top, change, comparable)
    assert (found.change.step == 0).all()
    alone = judge(second.above, second.top, None)
    assert (found.above.step == alone.above.step).all()
    assert alone.change is None
