"""Variances between the blocks of each level, also where some level cannot be estimated."""

from itertools import pairwise

import numpy as np
import pytest

from kfl.stats import (
    BadAnswers,
    ScaleSpec,
    collect,
    components,
    group_scores,
    group_values,
    nested_intercepts,
    random_intercept,
    variance_components,
)
from kfl.stats.errors import NoConvergence

from . import plain
from .reference.county import written_answers, written_nodes
from .worlds import read_reference


class Tree:
    """Persons' values under nodes that are added one by one; level -1 has no variance."""

    def __init__(self, seed=1):
        self.parent, self.level, self.values, self.at = [-1], [-1], [], []
        self.random = np.random.default_rng(seed)
        self.true = [0.0]

    def node(self, above, level, sd=0.5):
        self.parent.append(above)
        self.level.append(level)
        self.true.append(self.true[above] + self.random.normal(0, sd))
        return len(self.parent) - 1

    def people(self, node, count):
        self.values += list(self.true[node] + self.random.normal(size=count))
        self.at += [node] * count

    def own(self):
        return group_values(np.array(self.values)[:, np.newaxis], np.array(self.at), len(self.parent))

    def fit(self, levels):
        return variance_components(self.own(), np.array(self.parent), np.array(self.level), levels)

    def nested(self, *levels):
        """The model of these levels alone, lowest first."""
        number = np.array([levels.index(level) if level in levels else -1 for level in self.level])
        return nested_intercepts(self.own(), np.array(self.parent), number, len(levels))


def schools_of(count, classes=3, size=8, seed=1):
    """Schools with classes: level 0 and 1."""
    tree = Tree(seed)
    for _ in range(count):
        school = tree.node(0, 1)
        for _ in range(classes):
            tree.people(tree.node(school, 0), size)
    return tree


def test_balanced_schools_equal_the_analysis_of_variance():
    tree = schools_of(12)
    values = iter(tree.values)
    schools = [[[next(values) for _ in range(8)] for _ in range(3)] for _ in range(12)]
    within, of_class, of_school = plain.balanced_components(schools)
    assert min(of_class, of_school) > 0
    found = tree.fit(2)
    assert found.within == pytest.approx([within])
    assert found.between.ravel() == pytest.approx([of_class, of_school])
    assert found.blocks.ravel().tolist() == [36, 12]


def test_nine_blocks_are_left_out_and_ten_are_not():
    nine, ten = schools_of(9), schools_of(10)
    assert np.isnan(nine.fit(2).between[1, 0])
    assert nine.fit(2).blocks[1, 0] == 9
    assert np.isfinite(ten.fit(2).between).all()


def test_the_rest_is_fitted_again_without_what_is_left_out():
    nine = schools_of(9)
    number = np.array(nine.at)
    alone = random_intercept(group_values(np.array(nine.values)[:, np.newaxis], number, len(nine.parent)))
    found = nine.fit(2)
    assert found.between[0] == pytest.approx(alone.icc / (1 - alone.icc) * alone.within, rel=1e-6)
    assert found.within == pytest.approx(alone.within, rel=1e-6)


def test_blocks_without_persons_are_no_blocks():
    tree = schools_of(9)
    tree.node(tree.node(0, 1), 0)
    assert tree.fit(2).blocks.ravel().tolist() == [27, 9]


def test_classes_that_are_the_grades_are_left_to_these():
    tree = Tree()
    for _ in range(12):
        school = tree.node(0, 2)
        for _ in range(3):
            tree.people(tree.node(tree.node(school, 1), 0), 9)
    found, without = tree.fit(3), tree.nested(1, 2)
    assert found.between.ravel() == pytest.approx([0, *without.between.ravel()], rel=1e-6)
    assert found.within == pytest.approx(without.within)


def test_one_block_at_each_level_leaves_all_to_the_highest():
    tree = Tree()
    for _ in range(15):
        tree.people(tree.node(tree.node(tree.node(tree.node(0, 3), 2), 1), 0), 9)
    found = tree.fit(4)
    assert found.between[:3].ravel().tolist() == [0, 0, 0]
    assert found.between[3] == pytest.approx(tree.nested(3).between[0])
    assert found.between[3] > 0


def test_mixed_classes_tell_classes_from_grades():
    """Every grade has one class, but schools without grades have classes of their own."""
    tree = Tree()
    for number in range(24):
        school = tree.node(0, 2)
        for _ in range(3):
            tree.people(tree.node(tree.node(school, 1, 0.3) if number < 8 else school, 0), 9)
    found, all_levels = tree.fit(3), tree.nested(0, 1, 2)
    assert found.between.ravel() == pytest.approx(all_levels.between.ravel(), rel=1e-6)
    assert found.between[0, 0] > 0.1


def test_one_municipality_of_many_schools_is_left_out():
    tree = Tree()
    municipality = tree.node(0, 2)
    for _ in range(12):
        school = tree.node(municipality, 1)
        for _ in range(2):
            tree.people(tree.node(school, 0), 9)
    found = tree.fit(3)
    assert np.isnan(found.between[2, 0])
    assert found.between[:2].ravel() == pytest.approx(tree.nested(0, 1).between.ravel(), rel=1e-6)


def test_a_level_that_differs_less_than_by_chance_has_none():
    tree = Tree()
    for _ in range(12):
        tree.at += [tree.node(0, 0)] * 2
        tree.values += [1.0, 5.0]
    assert tree.fit(1).between.tolist() == [[0.0]]


def test_too_few_of_everything():
    found = schools_of(3).fit(2)
    assert np.isnan(found.between).all()
    assert np.isnan(found.within).all()
    assert found.blocks.ravel().tolist() == [9, 3]


def test_persons_who_do_not_differ_from_their_class_have_no_model():
    tree = Tree()
    for number in range(12):
        tree.at += [tree.node(0, 0)] * 3
        tree.values += [float(number)] * 3
    found = tree.fit(1)
    assert np.isnan(found.between).all()
    assert found.blocks.tolist() == [[12]]


def test_a_level_whose_model_will_not_settle_is_left_to_the_next(monkeypatch):
    tree = schools_of(12)
    one_level = tree.nested(1)
    alone = components.nested_intercepts

    def stubborn(own, parent, level, levels):
        if levels == 2:
            raise NoConvergence("no")
        return alone(own, parent, level, levels)

    monkeypatch.setattr(components, "nested_intercepts", stubborn)
    assert tree.fit(2).between.ravel() == pytest.approx([0, one_level.between[0, 0]])


def test_only_the_level_that_will_not_settle_is_left_out(monkeypatch):
    tree = schools_of(12)
    alone = components.nested_intercepts

    def stubborn(own, parent, level, levels):
        if (level[np.array(tree.level) == 1] >= 0).any():
            raise NoConvergence("no")
        return alone(own, parent, level, levels)

    monkeypatch.setattr(components, "nested_intercepts", stubborn)
    assert tree.fit(2).between.ravel() == pytest.approx([tree.nested(0).between[0, 0], 0])


def test_scales_are_fitted_each_by_itself():
    many, few = schools_of(12, seed=2), schools_of(12, seed=3)
    keep = np.array(few.at) < few.parent.index(0, few.parent.index(0) + 1) + 20
    tables = np.full((len(many.values), 2), np.nan)
    tables[:, 0] = many.values
    tables[keep, 1] = np.array(few.values)[keep]
    own = group_values(tables, np.array(many.at), len(many.parent))
    found = variance_components(own, np.array(many.parent), np.array(many.level), 2)
    assert found.between[:, 0] == pytest.approx(many.fit(2).between[:, 0])
    assert np.isnan(found.between[1, 1])


def test_levels_that_do_not_exist():
    tree = schools_of(3)
    with pytest.raises(BadAnswers, match="group number"):
        tree.fit(1)


def test_more_differing_classes_have_more_variance():
    """Over trees that differ only in how far classes lie apart."""
    found = []
    for sd in (0.2, 0.6, 1.8):
        tree = Tree()
        for _ in range(40):
            tree.people(tree.node(0, 0, sd), 9)
        found.append(float(tree.fit(1).between[0, 0]))
    assert all(a < b for a, b in pairwise(found))


@pytest.mark.parametrize("case", ["all", "few_municipalities", "classes_are_grades"])
def test_an_invented_county_equals_lmer(case):
    """Mixed classes without a grade, hidden ones left out; then eight municipalities; then one class a grade."""
    names = ["group", "grade", "school", "municipality"]
    kept = {int(row["node"]) for row in read_reference("county_cases.csv") if row["case"] == case}
    nodes = [row for row in written_nodes() if row["wave"] == "1"]
    shown = np.array([row["shown"] == "1" for row in nodes])
    parent = np.array([int(row["parent"]) for row in nodes])
    level = np.array([names.index(row["kind"]) if row["kind"] in names else -1 for row in nodes])
    _, answers = next(written_answers())
    scale = ScaleSpec("calm", (0, 1, 2, 3), (False, True, False, False), 1, 5)
    there = shown[answers.group] & np.isin(answers.group, list(kept))
    sums = collect(answers.codes[:, there], answers.group[there], len(nodes), [scale])
    found = variance_components(group_scores(sums), parent, level, 4)
    rows = [row for row in read_reference("county_components.csv") if row["case"] == case]
    assert found.blocks.ravel().tolist() == [int(row["blocks"]) for row in rows]
    within = float(rows[0]["within"])
    assert found.within[0] == pytest.approx(within, rel=1e-6)
    for one, row in enumerate(rows):
        if row["between"]:  # lmer stops some 1e-6 of the variance within before the top
            assert found.between[one, 0] == pytest.approx(float(row["between"]), rel=1e-5, abs=2e-6 * within)
        elif int(row["blocks"]) < 10:
            assert np.isnan(found.between[one, 0])
        else:
            assert found.between[one, 0] == 0
