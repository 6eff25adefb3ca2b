"""The main formulas together, on real pupils: school results on three PISA scales equal R's."""

from pathlib import Path

import numpy as np
import pytest

from kfl.stats import collect, points, points_apart, reference, scale_means, scale_n, spread

from .worlds import pisa_world, read_reference


def pisa_schools():
    """Sums of a tree county > schools > grades, its spread, and the schools' codes (nodes 1..)."""
    world, schools, school_of = pisa_world()
    count = len(schools)
    tree = np.concatenate([[-1], np.zeros(count, dtype=int), school_of + 1])
    level = np.repeat([0, 1, 2], [1, count, world.groups])
    own = collect(world.answers, world.group + count + 1, len(tree), world.scales)
    rolled = own.roll_up(tree)
    return world, schools, rolled, spread(own, rolled, tree, level)


def test_pisa_school_results_equal_r():
    world, schools, rolled, wave = pisa_schools()
    ref = reference(rolled.take(np.array([0])))
    n, means = scale_n(rolled), scale_means(rolled)
    got = {
        "n": n,
        "mean": means,
        "points": points(means, ref),
        "points_half_width": points_apart(wave.half_widths(n), ref),
    }
    keys = [scale.key for scale in world.scales]
    folder = Path(__file__).parents[1] / "results" / "reference"
    rows = read_reference("pisa_schools.csv", folder)
    shown = {(row["scale"], row["school"]) for row in rows}
    for key in ("belonging", "support", "anxiety"):
        large = n[1 : len(schools) + 1, keys.index(key)] >= 7
        assert {s for k, s in shown if k == key} == {s for s, yes in zip(schools, large, strict=True) if yes}
    for row in rows:
        at = schools.index(row["school"]) + 1, keys.index(row["scale"])
        for name, values in got.items():
            assert values[at] == pytest.approx(float(row[name]), rel=1e-11)
    for row in read_reference("pisa_pieces.csv", folder):
        s = keys.index(row["scale"])
        assert wave.s[s] == pytest.approx(float(row["s"]), rel=1e-11)
        assert wave.rho[1, s] == pytest.approx(float(row["rho_school"]), rel=1e-9)
