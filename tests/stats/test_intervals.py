"""What the intervals of a scale rest on, and what they come to."""

from math import sqrt

import numpy as np
import pytest

from kfl.stats import (
    USUAL_SHARES,
    BadAnswers,
    Spread,
    collect,
    estimate_spread,
    group_values,
    points,
    reference,
    variance_components,
)

from . import plain
from .worlds import committed_world

ENDS = np.array([1.0]), np.array([5.0])
CLASS, GRADE, SCHOOL, MUNICIPALITY, NONE = 0, 1, 2, 3, -1


def spread_of(c, between, low=1.0, high=5.0, inner=3):
    return Spread(np.array([c]), np.array(between)[:, np.newaxis], np.array([low]), np.array([high]), inner)


def test_persons_vary_most_in_the_middle_and_not_at_the_ends():
    made = spread_of(0.25, [0, 0, 0, 0])
    assert made.within(np.array([3.0, 1.0, 5.0, 2.0])).tolist() == [1.0, 0.0, 0.0, 0.75]


def test_a_mean_beyond_the_end_has_no_negative_variance():
    assert spread_of(0.25, [0, 0, 0, 0]).within(np.array([5.01])).tolist() == [0.0]


def test_variance_of_a_mean_by_hand():
    made = spread_of(0.25, [0.04, 0.01, 0.02, 9.0])
    shares = np.array([[[0.5]], [[0.25]], [[1.0]]])
    got = made.variance(np.array([[40]]), np.array([[2.0]]), shares)
    assert got == pytest.approx(0.75 / 40 + 0.04 * 0.5 + 0.01 * 0.25 + 0.02)  # municipalities are all there


def test_no_variance_of_nobody():
    made = spread_of(0.25, [0.04, 0.01, 0.02, 0])
    assert np.isnan(made.variance(np.array([[0]]), np.array([[2.0]]), np.zeros((3, 1, 1)))).all()


def test_in_points_variances_are_those_of_scale_units():
    """The same spread in points gives the same interval, 100 / sigma times as long."""
    world = committed_world()
    own = reference(collect(world.answers, np.zeros(len(world.group), dtype=int), 1, world.scales))
    mu, sigma = own.mu[0], own.sigma[0]
    between = [0.04, 0.01, 0.02, 0]
    made = spread_of(0.2, between)
    low, high = (float(points(np.full(3, end), own)[0]) for end in (1.0, 5.0))
    in_points = spread_of(0.2, [b * (100 / sigma) ** 2 for b in between], low, high)
    shares, n, mean = np.array([[[0.5]], [[0.25]], [[1.0]]]), np.array([[40]]), np.array([[2.5]])
    as_points = 500 + 100 * (mean - mu) / sigma
    assert in_points.variance(n, as_points, shares) == pytest.approx(
        made.variance(n, mean, shares) * (100 / sigma) ** 2
    )


class Wave:
    """Persons on a scale from 1 to 5 under schools with grades and classes; hidden classes' people hang at theirs."""

    def __init__(self, seed=5):
        self.parent, self.level, self.hidden = [-1], [NONE], [False]
        self.values, self.at = [], []
        self.random = np.random.default_rng(seed)

    def node(self, above, level, hidden=False):
        self.parent.append(above)
        self.level.append(level)
        self.hidden.append(hidden)
        return len(self.parent) - 1

    def people(self, node, count):
        middle = 3 + self.random.normal(0, 0.4)
        values = np.clip(np.rint(4 * (middle + self.random.normal(0, 0.8, count))) / 4, 1, 5)
        self.values += values.tolist()
        self.at += [node] * count

    def scores(self, at):
        return group_values(np.array(self.values)[:, np.newaxis], np.array(at), len(self.parent))

    def estimated(self, usual=USUAL_SHARES):
        """What is hidden is one block with its parent's."""
        hidden = np.array(self.hidden)
        at = np.array(self.at)
        block = np.where(hidden[at], np.array(self.parent)[at], at)
        childless = ~np.isin(np.arange(len(self.parent)), self.parent)
        shown = np.where(hidden[at] | ~childless[at], -1, at)
        return estimate_spread(
            self.scores(shown), self.scores(block), ENDS, np.array(self.parent), np.array(self.level), 3, usual
        )

    def blocks(self):
        """Lists of scores, as `plain` wants them."""
        of = {}
        for value, node in zip(self.values, self.at, strict=True):
            of.setdefault(self.parent[node] if self.hidden[node] else node, []).append(value)
        return list(of.values())


def wave_of(schools=12, grades=2, classes=2, size=9, seed=5):
    wave = Wave(seed)
    for _ in range(schools):
        school = wave.node(0, SCHOOL)
        for _ in range(grades):
            grade = wave.node(school, GRADE)
            for _ in range(classes):
                wave.people(wave.node(grade, CLASS), size)
    return wave


def test_c_by_hand():
    wave = Wave()
    for _ in range(15):
        for values in ([1, 2, 3], [4, 4, 5, 5]):
            wave.at += [wave.node(0, SCHOOL)] * len(values)
            wave.values += values
    # Squares 2 and 1; rooms 2 * (2 - 1) * (5 - 2) and 3 * (4.5 - 1) * (5 - 4.5).
    found = wave.estimated()
    assert found.spread.c == pytest.approx([3 / (6 + 5.25)])
    assert found.within == pytest.approx([45 / 75])


def test_c_and_what_lies_within_equal_the_plain_ones():
    wave = wave_of()
    found = wave.estimated()
    assert found.spread.c == pytest.approx([plain.bounded_c(wave.blocks(), 1, 5)])
    assert found.within == pytest.approx([plain.within_variance(wave.blocks())])


def test_what_is_hidden_is_one_block_for_c_and_none_for_its_level():
    wave = wave_of()
    school = wave.parent.index(0, 1)
    for _ in range(2):
        wave.people(wave.node(school, CLASS, hidden=True), 4)
    found, without = wave.estimated(), wave_of().estimated()
    assert len(wave.blocks()) == 49
    assert found.spread.c == pytest.approx([plain.bounded_c(wave.blocks(), 1, 5)])
    assert found.spread.c != pytest.approx(without.spread.c)
    assert found.fitted == pytest.approx(without.fitted, nan_ok=True)
    assert found.blocks.tolist() == without.blocks.tolist()


@pytest.mark.parametrize("schools, fallback", [(29, True), (30, False)])
def test_under_thirty_lowest_blocks_c_is_a_quarter(schools, fallback):
    wave = Wave()
    for _ in range(schools):
        wave.people(wave.node(0, SCHOOL), 9)
    found = wave.estimated()
    assert found.spread.c == pytest.approx([0.25 if fallback else plain.bounded_c(wave.blocks(), 1, 5)])
    assert abs(plain.bounded_c(wave.blocks(), 1, 5) - 0.25) > 0.01


def test_levels_lean_on_what_is_usual_as_on_twenty_blocks():
    found = wave_of().estimated()
    within, fitted = found.within[0], found.fitted[:, 0]
    assert found.blocks.ravel().tolist() == [48, 24, 12, 0]
    assert np.isfinite(fitted[:3]).all()
    assert fitted[0] > 0
    expected = [
        plain.leaned(fitted[0], 48, 0.05 * within),
        plain.leaned(fitted[1], 24, 0.01 * within),
        plain.leaned(fitted[2], 12, 0.03 * within),
        0.005 * within,
    ]
    assert found.spread.between[:, 0] == pytest.approx(expected)
    assert np.isnan(fitted[3])


@pytest.mark.parametrize("schools", [9, 10])
def test_a_level_of_nine_blocks_has_what_is_usual_and_one_of_ten_leans_on_it(schools):
    wave = wave_of(schools)
    found = wave.estimated()
    usual = 0.03 * found.within[0]
    if schools == 9:
        assert np.isnan(found.fitted[SCHOOL, 0])
        assert found.spread.between[SCHOOL, 0] == pytest.approx(usual)
    else:
        assert found.spread.between[SCHOOL, 0] == pytest.approx(plain.leaned(found.fitted[SCHOOL, 0], 10, usual))


def test_a_fit_of_zero_counts_as_zero():
    wave = Wave()
    for _ in range(40):
        wave.at += [wave.node(0, SCHOOL)] * 4
        wave.values += [1.0, 2.0, 4.0, 5.0]
    found = wave.estimated()
    assert found.fitted[SCHOOL].tolist() == [0.0]
    assert found.spread.between[SCHOOL, 0] == pytest.approx(20 * 0.03 * found.within[0] / 60)


def test_first_waves_of_a_few_classes_rest_on_what_is_usual():
    wave = wave_of(schools=2, grades=2, classes=2)
    found = wave.estimated()
    assert found.spread.c.tolist() == [0.25]
    assert found.spread.between[:, 0] == pytest.approx(np.array(USUAL_SHARES) * plain.within_variance(wave.blocks()))
    assert np.isnan(found.fitted).all()


def test_leaders_hang_at_no_level_and_vary_about_the_mean_of_all():
    wave = Wave()
    for _ in range(3):
        wave.people(wave.node(0, MUNICIPALITY), 9)
    found = wave.estimated()
    assert found.spread.c == pytest.approx([plain.bounded_c([wave.values], 1, 5)])
    assert found.spread.between.ravel().tolist() == [0, 0, 0, 0]


def test_mixed_classes_are_blocks_of_their_own():
    wave = wave_of(schools=10)
    for school in [node for node, level in enumerate(wave.level) if level == SCHOOL]:
        wave.people(wave.node(school, CLASS), 7)
    found = wave.estimated()
    assert found.blocks.ravel().tolist() == [50, 20, 10, 0]
    assert np.isfinite(found.spread.between).all()


def test_nobody_who_answered_leaves_what_is_usual():
    wave = wave_of(schools=1)
    wave.values, wave.at = [np.nan], [0]
    found = wave.estimated()
    assert found.spread.c.tolist() == [0.25]
    assert found.spread.between.ravel().tolist() == [0, 0, 0, 0]


def test_classes_of_one_person_each_still_have_an_interval():
    wave = Wave()
    for _ in range(40):
        wave.people(wave.node(0, CLASS), 1)
    found = wave.estimated()
    assert found.spread.c.tolist() == [0.25]
    middle = plain.mean(wave.values)
    assert found.within == pytest.approx([0.25 * (middle - 1) * (5 - middle)])
    assert np.isfinite(found.spread.between).all()


def test_estimates_are_those_of_the_components():
    wave = wave_of()
    found = variance_components(wave.scores(wave.at), np.array(wave.parent), np.array(wave.level), 4)
    assert wave.estimated().fitted == pytest.approx(found.between, nan_ok=True)


def test_half_width_of_a_class_in_the_middle():
    made = spread_of(0.25, [0.04, 0.01, 0.02, 0])
    half = 1.96 * np.sqrt(made.variance(np.array([[25]]), np.array([[3.0]]), np.zeros((3, 1, 1))))
    assert half == pytest.approx(1.96 * sqrt(1 / 25))


def test_scores_of_other_nodes():
    wave = wave_of(schools=2)
    own = wave.scores(wave.at)
    with pytest.raises(BadAnswers, match="same nodes"):
        estimate_spread(own, own.take(np.arange(3)), ENDS, np.array(wave.parent), np.array(wave.level), 3)
