"""How much persons differ."""

import numpy as np
import pytest

from kfl.stats import ScaleSpec, collect, person_means, person_sd, squares_within

from . import plain
from .worlds import as_people, committed_world, in_group, pisa_world, read_reference, synthetic_world

ONE = ScaleSpec("one", (0,), (False,), 1, 5)


def blocks_of(*blocks):
    codes = np.array([[code for block in blocks for code in block]], dtype=int)
    group = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    return collect(codes, group, len(blocks), [ONE])


def test_person_sd_has_n_minus_1():
    assert person_sd(blocks_of([1, 2, 3])).tolist() == [[1.0]]


@pytest.mark.parametrize("block", [[], [4]])
def test_no_sd_for_fewer_than_two(block):
    assert np.isnan(person_sd(blocks_of(block))).all()


def test_sd_is_exactly_zero_where_all_answer_alike():
    scale = ScaleSpec("three", (0, 1, 2), (False,) * 3, 1, 5)
    sums = collect(np.tile([[4], [5], [5]], 100_003), np.zeros(100_003, dtype=int), 1, [scale])
    assert person_sd(sums).tolist() == [[0.0]]


def test_variation_equals_the_plain_one():
    world = synthetic_world()
    sums = collect(world.answers, world.group, world.groups, world.scales)
    people, group = as_people(world)
    for s, scale in enumerate(world.scales):
        blocks = [plain.scores(in_group(people, group, g), scale) for g in range(world.groups)]
        assert person_sd(sums)[:, s] == pytest.approx([plain.sd(b) for b in blocks], rel=1e-12)
        assert squares_within(sums)[:, s] == pytest.approx([float(plain.squares(b)) for b in blocks], rel=1e-12)


def check_against_r(name, world):
    rows = {row["scale"]: row for row in read_reference("variation.csv") if row["world"] == name}
    assert len(rows) == len(world.scales)
    everybody = collect(world.answers, world.group, world.groups, world.scales).total()
    for s, scale in enumerate(world.scales):
        row = rows[scale.key]
        assert everybody.persons[0, s] == int(row["persons"])
        assert person_means(everybody)[0, s] == pytest.approx(float(row["person_mean"]), rel=1e-11)
        assert person_sd(everybody)[0, s] == pytest.approx(float(row["sigma"]), rel=1e-11)


def test_variation_equals_r_on_synthetic_answers():
    check_against_r("synthetic", committed_world())


def test_variation_equals_r_on_pisa_pupils():
    check_against_r("pisa", pisa_world()[0])
