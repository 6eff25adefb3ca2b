"""The main formulas together, on real pupils: school results on three PISA scales equal R's."""

from pathlib import Path

import numpy as np
import pytest

from kfl.stats import (
    block_shares,
    collect,
    estimate_spread,
    group_scores,
    points,
    points_apart,
    reference,
    scale_means,
    scale_n,
)

from .worlds import pisa_world, read_reference

FOLDER = Path(__file__).parents[1] / "results" / "reference"
THREE = ("belonging", "support", "anxiety")
GRADE, SCHOOL = 1, 2
INNER = 3


def pisa_schools(key):
    """One scale over county > schools > grades: its sums by node, where it is shown by R, and what the tree is."""
    world, schools, school_of = pisa_world()
    count = len(schools)
    scale = next(one for one in world.scales if one.key == key)
    parent = np.concatenate([[-1], np.zeros(count, dtype=int), school_of + 1])
    level = np.repeat([-1, SCHOOL, GRADE], [1, count, world.groups])
    own = collect(world.answers, world.group + count + 1, len(parent), [scale])
    shown = np.zeros(len(parent), dtype=bool)
    shown[0] = True
    for row in read_reference("pisa_shown.csv", FOLDER):
        if row["scale"] == key:
            school, grade = row["school"], row["grade"]
            shown[1 + (count + world.names.index((school, grade)) if grade else schools.index(school))] = True
    return own, shown, parent, level, schools


@pytest.mark.parametrize("key", THREE)
def test_pisa_school_results_equal_r(key):
    own, shown, parent, level, schools = pisa_schools(key)
    whole = own.roll_up(parent)
    ref = reference(whole.take(np.array([0])))
    n, means = scale_n(whole), scale_means(whole)
    scores = group_scores(own)
    block = np.arange(len(parent))
    for _ in range(2):
        block = np.where(shown[block], block, np.maximum(parent[block], 0))
    lowest = np.where(shown & (level == GRADE), np.arange(len(parent)), -1)
    ends = np.array([1.0]), np.array([4.0])
    made = estimate_spread(
        scores.regroup(lowest, len(parent)), scores.regroup(block, len(parent)), ends, parent, level, INNER
    )
    (piece,) = [row for row in read_reference("pisa_pieces.csv", FOLDER) if row["scale"] == key]
    assert made.spread.c[0] == pytest.approx(float(piece["c"]), rel=1e-11)
    assert made.within[0] == pytest.approx(float(piece["within"]), rel=1e-11)
    assert made.blocks[:, 0].tolist() == [0, int(piece["grades"]), int(piece["schools"]), 0]
    for name, one in (("grade", GRADE), ("school", SCHOOL)):
        near = 2e-6 * made.within[0]  # lmer stops a little before the top
        assert made.fitted[one, 0] == pytest.approx(float(piece[f"fitted_{name}"]), rel=1e-5, abs=near)
        assert made.spread.between[one, 0] == pytest.approx(float(piece[name]), rel=1e-5, abs=near)

    invited = np.bincount(pisa_world()[0].group + len(schools) + 1, minlength=len(parent))
    d = np.round(block_shares(n, shown[:, np.newaxis], invited, parent, level, INNER).of_nodes(), 5)
    as_points = points(means, ref)
    on_page = ref.mu + ref.sigma * (np.rint(as_points) - 500) / 100
    half = 1.96 * points_apart(np.sqrt(made.spread.variance(n, on_page, d)), ref)
    rows = [row for row in read_reference("pisa_schools.csv", FOLDER) if row["scale"] == key]
    assert len(rows) > 80
    for row in rows:
        node = 1 + schools.index(row["school"])
        assert n[node, 0] == int(row["n"])
        assert means[node, 0] == pytest.approx(float(row["mean"]), rel=1e-11)
        assert as_points[node, 0] == pytest.approx(float(row["points"]), rel=1e-11)
        assert d[GRADE, node, 0] == pytest.approx(float(row["d_grade"]), abs=1e-12)
        assert half[node, 0] == pytest.approx(float(row["points_half_width"]), rel=1e-5)
