"""Half-widths, mean block sizes, and what the intervals of a whole tree rest on."""

import numpy as np
import pytest

from kfl.stats import (
    BadAnswers,
    ScaleSpec,
    collect,
    half_width,
    intraclass_correlation,
    mean_block_size,
    points_apart,
    pooled_within_sd,
    reference,
    scale_n,
    spread,
)

from . import plain
from .worlds import committed_world, read_reference, synthetic_world

ONE = ScaleSpec("one", (0,), (False,), 1, 5)
# 0 county > 1, 2 schools > 3, 4 | 5, 6 classes
TREE = np.array([-1, 0, 0, 1, 1, 2, 2])
LEVEL = np.array([0, 1, 1, 2, 2, 2, 2])


def wave_of(answers_by_class, tree=TREE, level=LEVEL, first=3):
    codes = np.array([[code for answers in answers_by_class for code in answers]], dtype=int)
    group = np.repeat(np.arange(len(answers_by_class)) + first, [len(a) for a in answers_by_class])
    own = collect(codes, group, len(tree), [ONE])
    return own, own.roll_up(tree), spread(own, own.roll_up(tree), tree, level)


def test_half_width_of_one_block():
    assert half_width(25, 100.0, 1, 0.3) == pytest.approx(39.2)


def test_half_width_grows_with_clustering():
    assert half_width(100, 80.0, 20, 0.1) == pytest.approx(plain.half_width(100, 80.0, 20, 0.1))


def test_half_width_of_one_block_needs_no_rho():
    assert half_width(25, 100.0, 1, np.nan) == pytest.approx(39.2)


@pytest.mark.parametrize("n, s, rho", [(0, 100.0, 0.1), (9, np.nan, 0.1), (9, 100.0, np.nan)])
def test_half_width_unknown(n, s, rho):
    assert np.isnan(half_width(n, s, 5, rho))


def test_mean_block_size_shares_n_among_blocks():
    n = np.array([[40], [30], [10], [12], [18], [10], [0]])
    assert mean_block_size(n, TREE).ravel().tolist() == [20, 15, 5, 1, 1, 1, 1]


def test_mean_block_size_is_at_least_one():
    assert mean_block_size(np.array([[1], [1], [0]]), np.array([-1, 0, 0])).ravel().tolist() == [1, 1, 1]


def test_mean_block_size_does_not_tell_which_block_was_empty():
    full = np.array([[20], [10], [10]])
    lopsided = np.array([[20], [20], [0]])
    tree = np.array([-1, 0, 0])
    assert mean_block_size(full, tree)[0] == mean_block_size(lopsided, tree)[0]


def test_spread_of_a_tree():
    own, rolled, wave = wave_of([[1, 2, 3, 3], [2, 3, 3], [4, 5, 3], [5, 5, 4, 2]])
    assert wave.s == pooled_within_sd(own.take(np.arange(3, 7)))
    assert wave.rho[0] == intraclass_correlation(rolled.take(np.array([1, 2])))
    assert wave.rho[1] == wave.rho[2] == intraclass_correlation(rolled.take(np.array([3, 4, 5, 6])))
    assert wave.rho[3:].ravel().tolist() == [0, 0, 0, 0]


def test_half_widths_of_a_tree():
    _, rolled, wave = wave_of([[1, 2, 3, 3], [2, 3, 3], [4, 5, 3], [5, 5, 4, 2]])
    rho = wave.rho.ravel()
    expected = [plain.half_width(14, wave.s[0], 7, rho[0]), plain.half_width(7, wave.s[0], 3.5, rho[1])]
    got = wave.half_widths(scale_n(rolled)).ravel()
    assert got[:2] == pytest.approx(expected)
    assert got[3] == pytest.approx(plain.half_width(4, wave.s[0], 1, 0))


def test_only_child_of_the_wave_lends_its_interval():
    tree, level = np.array([-1, 0, 1, 1]), np.array([0, 1, 2, 2])
    _, rolled, wave = wave_of([[1, 2, 4], [5, 5, 3]], tree, level, first=2)
    widths = wave.half_widths(scale_n(rolled)).ravel()
    assert widths[0] == widths[1]
    assert not np.isnan(widths).any()


def test_only_answering_child_lends_its_interval():
    _, rolled, wave = wave_of([[1, 2, 4], [5, 5, 3]])  # school 2 has no answers
    widths = wave.half_widths(scale_n(rolled)).ravel()
    assert widths[0] == widths[1]
    assert np.isnan(widths[2])


def test_nobody_answered_gives_no_intervals():
    _, rolled, wave = wave_of([[], [], [], []])
    assert np.isnan(wave.half_widths(scale_n(rolled))).all()


def test_mixed_class_beside_grades_is_a_block_of_its_school():
    # 0 school > 1 grade > 2, 3 classes; 4 mixed class right under the school
    tree, level = np.array([-1, 0, 1, 1, 0]), np.array([0, 1, 2, 2, 2])
    _, rolled, wave = wave_of([[1, 2, 3], [2, 3, 3], [5, 5, 4]], tree, level, first=2)
    assert wave.rho[0] == intraclass_correlation(rolled.take(np.array([1, 4])))
    assert wave.block_sizes(scale_n(rolled))[0] == 4.5


def test_half_widths_do_not_depend_on_a_groups_own_spread():
    _, rolled, wave = wave_of([[1, 5, 1, 5], [3, 3, 3, 3], [4, 5, 3], [5, 5, 2]])
    widths = wave.half_widths(scale_n(rolled)).ravel()
    assert widths[3] == widths[4]


def test_spread_of_things_that_do_not_fit():
    own, rolled, _ = wave_of([[1], [2], [3], [4]])
    with pytest.raises(BadAnswers, match="7 nodes"):
        spread(own, rolled, TREE, LEVEL[:3])
    with pytest.raises(BadAnswers, match="7 nodes"):
        spread(own, rolled.total(), TREE, LEVEL)


def test_county_interval_from_a_synthetic_wave():
    world = synthetic_world()
    nodes = world.groups + 1
    tree = np.append([-1], np.zeros(world.groups, dtype=int))
    own = collect(world.answers, world.group + 1, nodes, world.scales)
    rolled = own.roll_up(tree)
    wave = spread(own, rolled, tree, np.minimum(np.arange(nodes), 1))
    n = scale_n(rolled)[0]
    got = wave.half_widths(scale_n(rolled))[0]
    for s in range(3):
        expected = plain.half_width(n[s], wave.s[s], n[s] / 12, wave.rho[0, s])
        assert got[s] == pytest.approx(expected, rel=1e-12)


def test_half_widths_equal_r_on_synthetic_schools():
    world = committed_world()
    own = collect(world.answers, world.group, world.groups, world.scales)
    widths = half_width(scale_n(own), pooled_within_sd(own), 1, 0)
    in_points = points_apart(widths, reference(own))
    keys = [scale.key for scale in world.scales]
    for row in read_reference("differences.csv"):
        at = int(row["school"]), keys.index(row["scale"])
        assert widths[at] == pytest.approx(float(row["half_width"]), rel=1e-11)
        assert in_points[at] == pytest.approx(float(row["points_half_width"]), rel=1e-11)
