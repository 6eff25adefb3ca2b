"""Change between two waves: repeated cross-sections, and the persons who were in both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    BadScale,
    ReferenceMoments,
    ScaleSpec,
    SumsDiffer,
    SumsTooLarge,
    change,
    cluster_mean,
    collect,
    collect_panel,
    group_scores,
    group_values,
    hedges_g,
    panel_change,
    person_scores,
)

from .worlds import read_reference

SCALES = (
    ScaleSpec("four", (0, 1, 2, 3), (False, False, True, False), 1, 5),
    ScaleSpec("three", (4, 5, 6), (False,) * 3, 1, 4),
)
NAMES = {
    "n_before": "n_before",
    "n_after": "n_after",
    "before": "before",
    "after": "after",
    "difference": "difference",
    "se": "difference_se",
    "low": "difference_low",
    "high": "difference_high",
    "g": "g",
    "g_se": "g_se",
    "g_low": "g_low",
    "g_high": "g_high",
}
PANEL = ("sd_difference", "correlation", "matched_before", "matched_after")
TABLES = ("pairs", "before_only", "after_only", "before", "after", "before_square", "after_square", "product")


def sheets():
    """Answers of both waves and each person's school, as written down for R."""
    rows = read_reference("panel.csv")
    school = np.array([int(row["school"]) for row in rows])
    waves = [np.array([[int(row[f"{w}{i}"] or -1) for row in rows] for i in range(7)]) for w in ("before", "after")]
    return *waves, school


def rows_of(kind):
    return [row for row in read_reference("change.csv") if row["kind"] == kind]


def check(changes, rows, more=None):
    """`changes` by part of the county: the result and which of its groups."""
    for row in rows:
        result, at = changes[row["part"]]
        place = at, [scale.key for scale in SCALES].index(row["scale"])
        assert result.units[place] == int(row["units"])
        for name, column in NAMES.items():
            assert getattr(result, name)[place] == pytest.approx(float(row[column]), rel=1e-9, abs=1e-12)
        for name in PANEL if more else ():
            panel, at = more[row["part"]]
            assert getattr(panel, name)[place] == pytest.approx(float(row[name]), rel=1e-9)


def test_change_of_repeated_cross_sections_equals_sandwich():
    before, after, school = sheets()
    waves = [group_scores(collect(wave, school, 9, SCALES)) for wave in (before, after)]
    halves = change(*waves, np.arange(9) % 2, 2)
    check({"all": (change(*waves), 0), "even": (halves, 0), "odd": (halves, 1)}, rows_of("waves"))


def test_change_of_the_panel_equals_sandwich():
    before, after, school = sheets()
    sums = collect_panel(before, after, school, 9, SCALES)
    halves = panel_change(sums, np.arange(9) % 2, 2)
    parts = {"all": (panel_change(sums), 0), "even": (halves, 0), "odd": (halves, 1)}
    check({name: (part.change, at) for name, (part, at) in parts.items()}, rows_of("panel"), parts)


def test_change_in_points_is_the_same_in_sds():
    before, after, school = sheets()
    by = ReferenceMoments(np.array([3.0, 2.5]), np.array([0.9, 0.8]))
    raw = [group_scores(collect(wave, school, 9, SCALES)) for wave in (before, after)]
    sums = collect_panel(before, after, school, 9, SCALES)
    pairs = panel_change(sums), panel_change(sums, by=by)
    assert pairs[1].sd_difference == pytest.approx(pairs[0].sd_difference * 100 / by.sigma)
    assert pairs[1].correlation == pytest.approx(pairs[0].correlation)
    for plain, scaled in (
        (change(*raw), change(*(wave.in_points(by) for wave in raw))),
        (pairs[0].change, pairs[1].change),
    ):
        assert scaled.difference == pytest.approx(plain.difference * 100 / by.sigma, abs=1e-9)
        assert scaled.se == pytest.approx(plain.se * 100 / by.sigma)
        assert scaled.g_se == pytest.approx(plain.g_se)


def test_the_units_covariance_counts():
    """Units that lie high in both waves make a change surer than two strangers' waves would be."""
    values = np.array([[1.0, 2, 8, 9, 4, 5]]).T
    before = group_values(values, np.arange(6) // 2, 3)
    after = group_values(values + 1, np.arange(6) // 2, 3)
    result = change(before, after)
    apart = np.hypot(cluster_mean(before).se, cluster_mean(after).se)
    assert result.se == pytest.approx(np.array([[0.0]]), abs=1e-12)
    assert apart > 1


def test_cross_sections_have_hedges_g_of_their_persons():
    before, after, school = sheets()
    waves = [group_scores(collect(wave, school, 9, SCALES)) for wave in (before, after)]
    everybody = [wave.regroup(np.zeros(9, dtype=int), 1) for wave in waves]
    assert change(*waves).g == pytest.approx(hedges_g(everybody[1], everybody[0]).g, rel=1e-12)


def test_units_in_one_wave_only_count_and_those_in_none_do_not():
    before = group_values(np.array([[1.0], [2], [3], [5]]), np.array([0, 0, 1, 1]), 4)
    after = group_values(np.array([[2.0], [3], [4], [7]]), np.array([0, 0, 2, 2]), 4)
    result = change(before, after)
    assert result.units.tolist() == [[3]]
    assert result.difference == pytest.approx(np.array([[16 / 4 - 11 / 4]]))


def test_no_change_where_it_does_not_exist():
    nobody = group_values(np.empty((0, 1)), np.empty(0, dtype=int), 2)
    some = group_values(np.array([[1.0], [2], [3], [5]]), np.array([0, 0, 1, 1]), 2)
    for result in (change(nobody, some), change(some, nobody), change(nobody, nobody)):
        assert np.isnan([result.difference, result.se, result.low, result.g, result.g_se]).all()
    one_unit = change(some.take(np.array([0])), some.take(np.array([1])))
    assert one_unit.difference == pytest.approx(np.array([[2.5]]))
    assert np.isfinite(one_unit.g).all()
    assert np.isnan([one_unit.se, one_unit.low, one_unit.g_se, one_unit.g_high]).all()
    alike = group_values(np.full((4, 1), 3.0), np.array([0, 0, 1, 1]), 2)
    assert change(alike, alike).se.tolist() == [[0.0]]
    assert np.isnan(change(alike, alike).g).all()


def test_no_panel_without_pairs():
    before, after, school = sheets()
    lost = panel_change(collect_panel(before, np.full_like(after, -1), school, 9, SCALES))
    assert lost.matched_before.tolist() == [[0.0, 0.0]]
    assert np.isnan([lost.change.difference, lost.sd_difference, lost.correlation, lost.matched_after]).all()
    one = panel_change(collect_panel(before[:, :1] * 0 + 3, after[:, :1] * 0 + 4, school[:1] * 0, 1, SCALES))
    assert one.change.difference == pytest.approx(np.array([[0.5, 1.0]]))
    assert np.isnan([one.sd_difference, one.correlation, one.change.se, one.change.g]).all()


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 50), st.data())
def test_panels_are_the_same_for_any_split_and_order(seed, people, data):
    random = np.random.default_rng(seed)
    waves = random.integers(1, 5, (2, 7, people)).astype(np.int8)
    waves[random.random(waves.shape) < 0.4] = -1
    group = random.integers(-1, 3, people)
    whole = collect_panel(*waves, group, 3, SCALES)
    merged = None
    for piece in np.split(random.permutation(people), sorted(data.draw(st.lists(st.integers(0, people), max_size=3)))):
        part = collect_panel(*waves[:, :, piece], group[piece], 3, SCALES)
        merged = part if merged is None else part + merged
    index = np.array([1, 0, 1])
    direct = collect_panel(*waves, np.where(group < 0, -1, index[np.maximum(group, 0)]), 2, SCALES)
    for table in TABLES:
        assert np.array_equal(getattr(merged, table), getattr(whole, table))
        assert np.array_equal(getattr(whole.regroup(index, 2), table), getattr(direct, table))


def test_panel_equals_person_by_person():
    before, after, school = sheets()
    result = panel_change(collect_panel(before, after, school, 9, SCALES))
    for at, scale in enumerate(SCALES):
        apart = person_scores(after, scale) - person_scores(before, scale)
        apart = apart[~np.isnan(apart)]
        assert result.change.difference[0, at] == pytest.approx(apart.mean(), rel=1e-12)
        assert result.sd_difference[0, at] == pytest.approx(apart.std(ddof=1), rel=1e-12)


def test_waves_that_do_not_fit():
    before, after, school = sheets()
    scores = group_scores(collect(before, school, 9, SCALES))
    with pytest.raises(BadAnswers, match="same units"):
        change(scores, scores.take(np.arange(8)))
    with pytest.raises(BadAnswers, match="one shape"):
        collect_panel(before, after[:, 1:], school, 9, SCALES)
    with pytest.raises(BadScale):
        collect_panel(before, after, school, 9, ())
    sums = collect_panel(before, after, school, 9, SCALES)
    with pytest.raises(SumsDiffer):
        sums + collect_panel(before, after, school, 9, SCALES[:1])
    with pytest.raises(SumsTooLarge):
        collect_panel(
            np.full((301, 1), 3), np.full((301, 1), 3), [0], 1, [ScaleSpec("l", range(301), (False,) * 301, 1, 5)]
        )
