"""Change between waves: of schools, of others' cohorts, and of what holds many schools or few (RULES C.7)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from kfl import stats
from kfl.results.making import change_over_time
from kfl.results.making.change_over_time import changes
from kfl.results.making.history import HIDDEN
from tests.results.counties import County, as_earlier, frozen_by

CLASS, GRADE, SCHOOL = range(3)


def county_of(schools, seed=1, municipalities=1, grades=2):
    county = County(seed)
    for number in range(municipalities):
        municipality = county.node(0, "municipality")
        for _ in range(schools):
            county.school(municipality, grades=grades, people=12 + number)
    return county


def two_waves(county, lift=0.0, skipped=0.05):
    first = county.computed(county.answers(seed=11, skipped=skipped))
    second = county.computed(county.answers(seed=12, lift=lift, skipped=skipped), frozen_by(first))
    return first, second


@pytest.fixture(scope="module")
def many():
    county = county_of(12, municipalities=2)
    return county, *two_waves(county)


def squared(results, points, n, d, levels=(CLASS, GRADE, SCHOOL)):
    """Squared standard error of a number by hand, its variance of persons taken at `points`."""
    spread = results.shown.spread
    within = spread.c[0] * (points - spread.low[0]) * (spread.high[0] - points)
    return within / n + sum(spread.between[level, 0] * d[level] for level in levels)


def test_change_of_a_school_is_of_two_whole_numbers_and_two_errors(many):
    county, first, second = many
    found = changes(second, [as_earlier(first)])
    for school in county.of_kind("school"):
        before, now = first.shown.points[school, 0], second.shown.points[school, 0]
        assert found.points[school, 0] == now - before
        middle = (before + now) / 2
        expected = sum(squared(second, middle, one.n[school, 0], one.shown.d[:, school, 0]) for one in (first, second))
        assert found.se[school, 0] == pytest.approx(expected**0.5)
        assert found.half[school, 0] == pytest.approx(1.96 * expected**0.5)
        assert np.isnan(found.degrees[school, 0])


def test_a_grade_is_another_cohort(many):
    county, first, second = many
    found = changes(second, [as_earlier(first)])
    for grade in county.of_kind("grade"):
        middle = (first.shown.points[grade, 0] + second.shown.points[grade, 0]) / 2
        expected = sum(squared(second, middle, one.n[grade, 0], one.shown.d[:, grade, 0]) for one in (first, second))
        expected += 2 * second.shown.spread.between[GRADE, 0]
        assert found.se[grade, 0] == pytest.approx(expected**0.5)
    assert np.isnan(found.prior[county.of_kind("grade")]).all()


def by_hand(blocks):
    """CR1 of the difference of two means over blocks of (n then, points then, n now, points now), and G."""
    before = sum(n * m for n, m, _, _ in blocks) / sum(n for n, _, _, _ in blocks)
    after = sum(n * m for _, _, n, m in blocks) / sum(n for _, _, n, _ in blocks)
    n1, n2 = sum(b[0] for b in blocks), sum(b[2] for b in blocks)
    pulls = [b[2] * (b[3] - after) / n2 - b[0] * (b[1] - before) / n1 for b in blocks]
    people = n1 + n2
    factor = len(blocks) / (len(blocks) - 1) * (people - 1) / (people - 2)
    shares = [(b[0] + b[2]) / people for b in blocks]
    return factor * sum(pull**2 for pull in pulls), 1 / sum(share**2 for share in shares)


def blocks_of(schools, first, second):
    return [
        (first.n[s, 0], first.shown.points[s, 0], second.n[s, 0], second.shown.points[s, 0]) for s in schools
    ]  # fmt: skip


def test_a_municipality_of_twelve_schools_rests_on_what_each_changed_by(many):
    """Questions are skipped, so that its n is more than its schools' together: that is no block."""
    county, first, second = many
    found = changes(second, [as_earlier(first)])
    for municipality in county.of_kind("municipality"):
        schools = [s for s in county.of_kind("school") if county.parent[s] == municipality]
        assert first.n[municipality, 0] > first.n[schools, 0].sum()
        variance, effective = by_hand(blocks_of(schools, first, second))
        assert found.se[municipality, 0] == pytest.approx((variance + 1 / 6) ** 0.5)
        assert found.degrees[municipality, 0] == pytest.approx(effective - 1)
        quantile = t.ppf(0.975, effective - 1)
        assert found.half[municipality, 0] == pytest.approx(quantile * (variance + 1 / 6) ** 0.5)
        change = abs(found.points[municipality, 0])
        expected = 2 * t.sf(change / (variance + 1 / 6) ** 0.5, effective - 1)
        assert found.p[municipality, 0] == pytest.approx(expected)


def test_the_county_rests_on_all_its_schools(many):
    county, first, second = many
    found = changes(second, [as_earlier(first)])
    variance, effective = by_hand(blocks_of(county.of_kind("school"), first, second))
    assert found.se[0, 0] == pytest.approx((variance + 1 / 6) ** 0.5)
    assert found.degrees[0, 0] == pytest.approx(effective - 1)


def hidden_then(results, nodes, county):
    """The wave as if these nodes had been hidden, with all below them."""
    wave = as_earlier(results)
    under = list(nodes)
    for node, above in enumerate(county.parent):
        if above in under:
            under.append(node)
    state, n, points = wave.state.copy(), wave.n.copy(), wave.points.copy()
    state[under], n[under], points[under] = HIDDEN, 0, 0
    return replace(wave, state=state, n=n, points=points)


def test_what_is_hidden_in_a_municipality_is_one_block():
    county = county_of(12)
    first, second = two_waves(county, skipped=0.0)
    schools = county.of_kind("school")
    away, kept = schools[:2], schools[2:]
    found = changes(second, [hidden_then(first, away, county)])
    blocks = blocks_of(kept, first, second)

    def remainder(results):
        left = results.n[1, 0] - results.n[kept, 0].sum()
        total = (
            results.n[1, 0] * results.shown.points[1, 0] - (results.n[kept, 0] * results.shown.points[kept, 0]).sum()
        )
        return left, total / left

    variance, effective = by_hand([*blocks, (*remainder(first), *remainder(second))])
    assert found.se[1, 0] == pytest.approx((variance + 1 / 6) ** 0.5)
    assert found.degrees[1, 0] == pytest.approx(effective - 1)


def test_an_older_wave_lends_no_blocks_to_a_change_since_a_later_one():
    """Two schools were hidden last time and shown the time before: their own change is since then."""
    county = county_of(13)
    oldest = county.computed(county.answers(seed=10))
    first = county.computed(county.answers(seed=11, skipped=0.0), frozen_by(oldest))
    second = county.computed(county.answers(seed=12, skipped=0.0), frozen_by(oldest))
    away = county.of_kind("school")[:2]
    last = hidden_then(first, away, county)
    both, alone = changes(second, [as_earlier(oldest), last]), changes(second, [last])
    assert both.wave[away, 0].tolist() == [0, 0]
    assert both.wave[1, 0] == 1
    assert both.se[1, 0] == alone.se[1, 0]
    assert both.degrees[1, 0] == alone.degrees[1, 0]


def test_schools_changes_over_one_and_two_waves_are_not_put_together():
    county = county_of(23)
    oldest = county.computed(county.answers(seed=10, lift=-1.0))
    first = county.computed(county.answers(seed=11), frozen_by(oldest))
    second = county.computed(county.answers(seed=12), frozen_by(oldest))
    away = county.of_kind("school")[:2]
    last = hidden_then(first, away, county)
    both, alone = changes(second, [as_earlier(oldest), last]), changes(second, [last])
    kept = county.of_kind("school")[2:]
    assert (both.points[away, 0] > 50).all()
    assert both.prior[kept, 0] == pytest.approx(alone.prior[kept, 0])


@pytest.mark.parametrize("schools, blocks", [(9, False), (10, True)])
def test_under_ten_schools_the_change_rests_on_the_two_intervals(schools, blocks):
    county = county_of(schools)
    first, second = two_waves(county)
    found = changes(second, [as_earlier(first)])
    middle = (first.shown.points[1, 0] + second.shown.points[1, 0]) / 2
    expected = sum(squared(second, middle, one.n[1, 0], one.shown.d[:, 1, 0]) for one in (first, second)) ** 0.5
    assert np.isfinite(found.degrees[1, 0]) == blocks
    assert (found.se[1, 0] == pytest.approx(expected)) != blocks


def test_few_schools_change_by_what_schools_change_by_where_that_is_known():
    county = county_of(21)
    small = county.node(0, "municipality")
    for _ in range(3):
        county.school(small)
    schools = county.of_kind("school")
    first, second = two_waves(county, lift={s: 0.4 * (i % 3 - 1) for i, s in enumerate(schools)})
    found = changes(second, [as_earlier(first)])
    seen = np.var(found.points[schools, 0], ddof=1) - np.mean(found.se[schools, 0] ** 2)
    assert seen > 0
    assert found.prior[schools, 0] == pytest.approx([seen] * 24)
    middle = (first.shown.points[small, 0] + second.shown.points[small, 0]) / 2
    lower = sum(
        squared(second, middle, one.n[small, 0], one.shown.d[:, small, 0], (CLASS, GRADE)) for one in (first, second)
    )
    share = (first.shown.d[SCHOOL, small, 0] + second.shown.d[SCHOOL, small, 0]) / 2
    assert found.se[small, 0] == pytest.approx((lower + seen * share) ** 0.5)


@pytest.mark.parametrize("schools, known", [(19, False), (20, True)])
def test_under_twenty_schools_nobody_knows_how_schools_change(schools, known):
    county = county_of(schools, grades=1)
    first, second = two_waves(county)
    found = changes(second, [as_earlier(first)])
    assert np.isfinite(found.prior[county.of_kind("school"), 0]).all() == known


def test_without_an_earlier_wave_nothing_changed(many):
    _, _, second = many
    found = changes(second, [])
    assert (found.wave == -1).all()
    assert np.isnan(found.points).all()
    assert np.isnan(found.p).all()


def test_rules_numbers_are_the_rules():
    assert (change_over_time.FEWEST_BLOCKS, change_over_time.FEWEST_UNITS) == (10, 20)


def of_two_municipalities(seed: int, home: int) -> tuple[County, list[int], int]:
    """Twelve schools in each, and a large one that thrives, in one of them."""
    county = County(seed)
    municipalities = [county.node(0, "municipality", 0) for _ in range(2)]
    for number, municipality in enumerate(municipalities * 12):
        county.random = np.random.default_rng(1000 * seed + number)
        county.school(municipality, grades=2, classes=1, people=15)
    large = county.node(municipalities[home], "school", 0)
    county.true[large] = county.true[0] + 0.5
    county.random = np.random.default_rng(seed)
    for _ in range(2):
        county.class_of(county.node(large, "grade", 0), 60, sd=0.1)
    return county, municipalities, large


def test_a_school_that_moved_to_another_municipality_is_no_certain_change_of_either():
    """It hangs in each wave where it hung then: nothing changed in it, and its weight makes the change unsure."""
    certain = moved = 0
    for seed in range(1, 13):
        (first, at, large), (second, _, _) = (of_two_municipalities(seed, home) for home in (1, 0))
        before = first.computed(first.answers(seed))
        after = second.computed(second.answers(seed + 500), frozen_by(before))
        found = changes(after, [as_earlier(before)])
        (alone,) = stats.certain(found.p[:, :1])
        for municipality in at:
            assert before.n[municipality, 0] != after.n[municipality, 0]
            certain += int(alone[municipality, 0])
            moved += 1
    assert certain <= moved / 12
