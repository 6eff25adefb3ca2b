"""Points: the sanity checks that any 500/100 scale must pass, and R's figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import ScaleSpec, collect, person_sd, points, points_apart, reference, scale_means, scale_n

from . import plain
from .worlds import World, as_people, committed_world, pisa_world, read_reference, synthetic_world


def collected(world):
    return collect(world.answers, world.group, world.groups, world.scales)


def own_points(world):
    sums = collected(world)
    return points(scale_means(sums), reference(sums))


def test_whole_reference_population_has_exactly_500_and_100():
    everybody = collected(synthetic_world()).total()
    ref = reference(everybody)
    assert points(scale_means(everybody), ref).tolist() == [[500.0] * 3]
    assert points_apart(person_sd(everybody), ref).tolist() == [[100.0] * 3]


def test_reference_is_the_same_from_blocks_and_from_their_total():
    sums = collected(synthetic_world())
    blocks, total = reference(sums), reference(sums.total())
    assert blocks.mu.tolist() == total.mu.tolist()
    assert blocks.sigma.tolist() == total.sigma.tolist()


def widened(world, shift):
    """The same answers, all moved by shift, on scales that reach far enough."""
    scales = tuple(ScaleSpec(s.key, s.items, s.turned, s.low + shift, s.high + shift) for s in world.scales)
    answers = np.where(world.answers < 0, -1, world.answers + shift).astype(np.int8)
    return World(answers, world.group, world.groups, scales)


@given(st.integers(1, 20))
def test_moving_every_answer_equally_leaves_points(shift):
    world = synthetic_world(schools=4)
    np.testing.assert_allclose(own_points(widened(world, shift)), own_points(world), rtol=1e-12)


@given(st.sets(st.integers(0, 11)))
def test_turning_items_and_their_marks_leaves_points(flipped):
    world = synthetic_world(schools=4)
    answers = world.answers.copy()
    scales = []
    for s in world.scales:
        for row in flipped & set(s.items):
            answers[row] = np.where(answers[row] < 0, -1, s.low + s.high - answers[row])
        turned = tuple(mark ^ (row in flipped) for row, mark in zip(s.items, s.turned, strict=True))
        scales.append(ScaleSpec(s.key, s.items, turned, s.low, s.high))
    other = World(answers, world.group, world.groups, tuple(scales))
    np.testing.assert_allclose(own_points(other), own_points(world), rtol=1e-12)


def test_person_who_skipped_everything_affects_neither_mean_nor_n():
    world = synthetic_world()
    empty = np.full((12, 1), -1, dtype=np.int8)
    more = World(np.hstack([world.answers, empty]), np.append(world.group, 0), world.groups, world.scales)
    assert own_points(more).tolist() == own_points(world).tolist()
    assert scale_n(collected(more)).tolist() == scale_n(collected(world)).tolist()


def test_points_on_an_older_reference_show_change():
    world = synthetic_world()
    ref = reference(collected(world))
    later = collected(widened(world, 1)).total()
    expected = 500 + 100 / ref.sigma
    np.testing.assert_allclose(points(scale_means(later), ref)[0], expected, rtol=1e-12)


def test_points_equal_the_plain_ones():
    world = synthetic_world()
    people, _ = as_people(world)
    got = own_points(world)
    first = [p for p, g in zip(people, world.group, strict=True) if g == 0]
    for s, scale in enumerate(world.scales):
        mu, sigma = plain.scale_mean(people, scale), plain.sd(plain.scores(people, scale))
        assert got[0, s] == pytest.approx(plain.points(plain.scale_mean(first, scale), mu, sigma), rel=1e-12)


@pytest.mark.parametrize("codes", [[], [3], [3, 3, 3]])
def test_no_points_where_nothing_varies(codes):
    one = ScaleSpec("one", (0,), (False,), 1, 5)
    sums = collect(np.array([codes], dtype=int), np.zeros(len(codes), dtype=int), 1, [one])
    assert np.isnan(reference(sums).sigma).all()
    assert np.isnan(points(scale_means(sums), reference(sums))).all()


def check_reference_against_r(name, world):
    rows = {row["scale"]: row for row in read_reference("variation.csv") if row["world"] == name}
    ref = reference(collected(world))
    for s, scale in enumerate(world.scales):
        assert ref.mu[s] == pytest.approx(float(rows[scale.key]["mu"]), rel=1e-11)
        assert ref.sigma[s] == pytest.approx(float(rows[scale.key]["sigma"]), rel=1e-11)


def test_reference_equals_r_on_synthetic_answers():
    check_reference_against_r("synthetic", committed_world())


def test_reference_equals_r_on_pisa_pupils():
    check_reference_against_r("pisa", pisa_world()[0])


def test_school_points_equal_r_on_synthetic_answers():
    world = committed_world()
    sums = collected(world)
    ref = reference(sums)
    got = {"points": points(scale_means(sums), ref), "sd": person_sd(sums), "n": scale_n(sums)}
    keys = [scale.key for scale in world.scales]
    rows = read_reference("school_points.csv")
    assert len(rows) == 36
    for row in rows:
        at = int(row["school"]), keys.index(row["scale"])
        for name, values in got.items():
            assert values[at] == pytest.approx(float(row[name]), rel=1e-11)
