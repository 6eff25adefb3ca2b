"""The numbers of a form, against the textbook version in tests/stats/plain.py, person by person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kfl import stats
from kfl.disclosure import REASONS, Hidden, Thresholds
from kfl.results.making.compute import Answers, compute_form
from kfl.results.making.computed import AskedScale, FrozenScale, WaveTree, WrongTree
from kfl.results.making.pages import PageWriter
from kfl.results.payload import NodeBeside, read_page
from tests.stats import plain

SCALES = (
    AskedScale(stats.ScaleSpec("calm", (0, 1, 2), (False, True, False), 1, 5), "d-calm"),
    AskedScale(stats.ScaleSpec("help", (3, 4, 5, 6), (False, False, False, True), 1, 4), "d-help"),
    AskedScale(stats.ScaleSpec("?room", (7,), (False,), 1, 4), "", measured=False),
)
KINDS = ("county", "region", "municipality", "municipality", "school", "school", "school", *["grade"] * 5)


def a_tree():
    """A county of two municipalities, three schools, grades with one to three classes."""
    parent = [-1, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 6]
    kind = list(KINDS)
    for grade, classes in zip(range(7, 12), (3, 2, 2, 1, 2), strict=True):
        parent += [grade] * classes
        kind += ["group"] * classes
    return WaveTree(np.array(parent), np.array(kind))


def answers_of(tree, seed=4, sizes=(12, 25)):
    random = np.random.default_rng(seed)
    classes = np.flatnonzero(tree.kind == "group")
    group = np.repeat(classes, random.integers(*sizes, len(classes)))
    people = len(group)
    school = random.normal(0, 0.4, len(tree.parent))[group]
    codes = np.empty((8, people), dtype=np.int8)
    for scale in SCALES:
        for row, turned in zip(scale.spec.items, scale.spec.turned, strict=True):
            value = (scale.spec.low + scale.spec.high) / 2 + (-1 if turned else 1) * school
            codes[row] = np.clip(np.rint(value + random.normal(0, 1.0, people)), scale.spec.low, scale.spec.high)
    codes[random.random(codes.shape) < 0.05] = -1
    split = random.integers(1, 3, people).astype(np.int8)
    return sheets(group, split, codes)


def sheets(group, split, codes):
    """Answers of people who handed in one sheet each."""
    return Answers(group, split, codes, np.ones(len(group), dtype=bool))


def computed(tree, answers, frozen=None, scales=SCALES):
    invited = np.bincount(answers.group, minlength=len(tree.parent))
    return compute_form(tree, invited, answers, scales, frozen or {}, Thresholds())


def people_under(tree, answers, node):
    """Sheets of everybody at or below a node, as the textbook wants them."""
    found = []
    for place, sheet in zip(answers.group, answers.codes.T, strict=True):
        at = place
        while at >= 0 and at != node:
            at = tree.parent[at]
        if at == node:
            found.append([None if code < 0 else int(code) for code in sheet])
    return found


@pytest.fixture(scope="module")
def case():
    tree = a_tree()
    answers = answers_of(tree)
    return tree, answers, computed(tree, answers)


@pytest.mark.parametrize("column", [0, 1])
def test_points_and_n_equal_the_textbook_at_every_shown_node(case, column):
    tree, answers, results = case
    spec = SCALES[column].spec
    everybody = people_under(tree, answers, 0)
    mu, sigma = plain.scale_mean(everybody, spec), plain.sd(plain.scores(everybody, spec))
    shown = np.flatnonzero(results.decision.scale[:, column] == 0)
    assert len(shown) > 10
    for node in shown:
        people = people_under(tree, answers, results.nodes[node])
        assert results.n[node, column] == plain.scale_n(people, spec)
        assert results.points[node, column] == pytest.approx(plain.points(plain.scale_mean(people, spec), mu, sigma))


LEVELS = {"group": 0, "grade": 1, "school": 2, "municipality": 3}


@pytest.mark.parametrize("column", [0, 1])
def test_errors_equal_the_textbook_at_every_shown_node(case, column):
    """SE² = c (m - low) (high - m) / n + what blocks below add by their shares, m being the whole points."""
    tree, answers, results = case
    spec = SCALES[column].spec
    everybody = people_under(tree, answers, 0)
    mu, sigma = float(plain.scale_mean(everybody, spec)), plain.sd(plain.scores(everybody, spec))
    shown = (results.decision.scale[:, column] == 0).tolist()
    between, c = results.measure.spread.between[:, column], 0.25  # under thirty lowest blocks
    own = np.bincount(answers.group, minlength=len(tree.parent)).tolist()
    sizes = plain.block_sizes(results.n[:, column].tolist(), shown, own, tree.parent.tolist())
    levels = [LEVELS.get(kind, -1) for kind in tree.kind]
    checked = 0
    for node in np.flatnonzero(shown).tolist():
        n = plain.scale_n(people_under(tree, answers, node), spec)
        whole = round(plain.points(plain.scale_mean(people_under(tree, answers, node), spec), mu, sigma))
        m = mu + sigma * (whole - 500) / 100
        variance = c * (m - spec.low) * (spec.high - m) / n
        for level in range(3):
            d = plain.shares(node, level, sizes, tree.parent.tolist(), levels)
            assert results.shown.d[level, node, column] == pytest.approx(d, abs=6e-6)
            variance += between[level] * d
        assert results.se[node, column] == pytest.approx(100 * variance**0.5 / sigma, rel=1e-4)
        checked += 1
    assert checked > 10


def test_variances_between_blocks_lean_on_what_is_usual(case):
    """Few blocks: ten classes or fewer, five grades, three schools, two municipalities."""
    tree, answers, results = case
    spec = SCALES[0].spec
    shown = results.decision.scale[:, 0] == 0
    assert shown.all()
    blocks = [plain.scores(people_under(tree, answers, node), spec) for node in np.flatnonzero(tree.kind == "group")]
    within = float(plain.within_variance(blocks))
    assert results.measure.own.within[0] == pytest.approx(within)
    fitted, used = results.measure.own.fitted[:, 0], results.measure.spread.between[:, 0]
    assert len(blocks) == 10
    assert used[0] == pytest.approx(plain.leaned(fitted[0], 10, 0.05 * within))
    assert used[1:] == pytest.approx([0.01 * within, 0.03 * within, 0.005 * within])
    assert np.isnan(fitted[1:]).all()


def test_answered_and_invited_count_everybody_below(case):
    tree, answers, results = case
    sheets = (answers.codes >= 0).any(axis=0)
    for node in range(len(tree.parent)):
        under = [i for i, g in enumerate(answers.group) if node in _ancestors(tree, g)]
        assert results.invited[node] == len(under)
        assert results.answered[node] == sheets[under].sum()


def _ancestors(tree, node):
    found = {int(node)}
    while (node := tree.parent[node]) >= 0:
        found.add(int(node))
    return found


def test_difference_is_to_the_rest_of_the_level_above(case):
    tree, answers, results = case
    spec = SCALES[1].spec
    node = int(np.flatnonzero((tree.kind == "group") & (results.above.node[:, 1] >= 0))[0])
    above = int(results.above.node[node, 1])
    assert tree.kind[above] == "school"
    own, whole = (people_under(tree, answers, place) for place in (node, above))
    n, N = plain.scale_n(own, spec), plain.scale_n(whole, spec)
    m, M = float(plain.scale_mean(own, spec)), float(plain.scale_mean(whole, spec))
    reference = results.reference.mu[1], results.reference.sigma[1]
    rest = round(plain.points((N * M - n * m) / (N - n), *reference))
    assert results.above.rest[node, 1] == rest
    assert results.above.apart[node, 1] == round(plain.points(m, *reference)) - rest


def test_a_frozen_reference_is_used_and_not_made_again(case):
    tree, answers, own = case
    between = (0.04, 0.03, 0.02, 0.01)
    results = computed(tree, answers, {"d-calm": FrozenScale(3.0, 0.5, 0.2, between)})
    assert results.points[0, 0] == pytest.approx(500 + 100 * (_mean(tree, answers) - 3.0) / 0.5)
    assert results.fresh.tolist() == [False, True, False]
    assert own.fresh.tolist() == [True, True, False]
    assert results.measure.spread.c[0] == 0.2
    assert results.measure.spread.between[:, 0] == pytest.approx(between)
    # What the wave itself would have made stands beside it.
    assert results.measure.own.spread.between[:, 0] == pytest.approx(own.measure.spread.between[:, 0])
    assert results.measure.spread.c[1] == own.measure.spread.c[1]


def _mean(tree, answers):
    return float(plain.scale_mean(people_under(tree, answers, 0), SCALES[0].spec))


def test_a_single_question_has_shares_but_no_points(case):
    _tree, _answers, results = case
    assert np.isnan(results.points[:, 2]).all()
    assert (results.decision.items[:, 2] == 0).any()


def test_sd_is_told_from_thirty_on(case):
    _tree, _answers, results = case
    told = np.isfinite(results.sd[:, 0])
    assert told[0]
    assert not told[results.n[:, 0] < 30].any()


def test_girls_and_boys_stand_only_where_the_decision_says_so(case):
    tree, answers, results = case
    shown = results.decision.split[:, 0] == 0
    node = int(np.flatnonzero(shown)[0])
    for side, code in ((results.girls, 1), (results.boys, 2)):
        assert (np.isfinite(side.points[:, 0]) == shown).all()
        alone = sheets(answers.group[answers.split == code], answers.split[answers.split == code],
                        answers.codes[:, answers.split == code])  # fmt: skip
        assert side.n[node, 0] == plain.scale_n(people_under(tree, alone, results.nodes[node]), SCALES[0].spec)


def test_girls_and_boys_are_compared_as_they_are_shown(case):
    """By what persons differ alone: they sit in the same classes and schools."""
    tree, _answers, results = case
    places = [NodeBeside(node, str(tree.kind[node]), "", None) for node in results.nodes.tolist()]
    spread = results.measure.in_points
    compared = 0
    for written in PageWriter(results, SCALES, places, []).pages():
        for scale, cell in enumerate(read_page(written.stored).scales):
            assert (cell.between is None) == (cell.girls is None)
            if cell.between:
                compared += 1
                assert cell.between.points == cell.girls.points - cell.boys.points
                middle = (cell.girls.points + cell.boys.points) / 2
                within = spread.c[scale] * (middle - spread.low[scale]) * (spread.high[scale] - middle)
                assert cell.between.half == round(1.96 * (within / cell.girls.n + within / cell.boys.n) ** 0.5)
                if cell.between.certain:
                    assert abs(cell.between.points) > cell.between.half
    assert compared


def test_design_effects_are_those_of_the_intervals(case):
    """SE² = what persons make · effect / n, but that the interval is that of the whole points."""
    _tree, _answers, results = case
    spread = results.shown.spread
    for scale in range(2):
        shown = np.isfinite(results.se[:, scale])
        points = results.shown.points[shown, scale]
        persons = spread.c[scale] * (points - spread.low[scale]) * (spread.high[scale] - points)
        again = persons * results.effect[shown, scale] / results.n[shown, scale]
        assert results.se[shown, scale] ** 2 == pytest.approx(again, rel=0.01)
        assert (results.effect[shown, scale] > 1.2).any()


def test_groups_without_gender_have_no_split():
    tree = a_tree()
    answers = answers_of(tree)
    results = computed(tree, sheets(answers.group, answers.split * 0, answers.codes))
    assert results.girls is None
    assert results.direct.shape[1] == 1


def test_hidden_nodes_have_no_number_at_all():
    tree = a_tree()
    results = computed(tree, answers_of(tree, seed=9, sizes=(2, 14)))
    hidden = results.decision.scale[:, 0] != 0
    assert hidden.any()
    for table in (results.points, results.se, results.sd, results.above.apart, results.top.apart, results.above.rest):
        assert np.isnan(table[hidden, 0]).all()
    assert (results.above.node[hidden, 0] == -1).all()
    assert (results.top.node[hidden, 0] == -1).all()
    assert np.isnan(results.shown.d[:, hidden, 0]).all()
    assert (results.decision.scale[np.maximum(results.nearest[:, 0], 0), 0] == 0).all()


def test_one_leader_a_school_still_has_an_interval():
    """No school is shown, so persons vary about the mean of all: s is their SD, and nothing lies between blocks."""
    schools = 9
    tree = WaveTree(np.array([-1, *[0] * schools]), np.array(["municipality", *["school"] * schools]))
    random = np.random.default_rng(2)
    answers = sheets(np.arange(1, schools + 1), np.zeros(schools, dtype=np.int8),
                      random.integers(1, 5, (8, schools)).astype(np.int8))  # fmt: skip
    results = computed(tree, answers)
    assert results.decision.scale[:, 1].tolist() == [0] + [REASONS.index(Hidden.PROTECTED)] * schools
    assert results.se[0, 1] == pytest.approx(100 / schools**0.5)
    assert results.measure.spread.between[:, 1].tolist() == [0, 0, 0, 0]


def test_everybody_alike_is_hidden_and_not_divided_by_zero():
    tree = a_tree()
    answers = answers_of(tree)
    alike = answers.codes.copy()
    alike[:3] = 2  # scale 0 with one turned item: nobody differs, and nobody stands at an end
    results = computed(tree, sheets(answers.group, answers.split, alike))
    assert np.isnan(results.points[:, 0]).all()
    for table in (results.decision.scale, results.decision.items, results.decision.split):
        assert set(table[:, 0].tolist()) == {REASONS.index(Hidden.PROTECTED)}  # a reason of its own would tell
    assert np.isfinite(results.points[0, 1])


def test_a_node_outside_the_tree_is_refused():
    tree = a_tree()
    answers = answers_of(tree)
    with pytest.raises(WrongTree):
        computed(tree, sheets(answers.group + 99, answers.split, answers.codes))


def test_nodes_without_anybody_invited_have_no_place():
    tree = a_tree()
    answers = answers_of(tree)
    only = answers.group < 17  # some classes have nobody
    results = computed(tree, sheets(answers.group[only], answers.split[only], answers.codes[:, only]))
    assert len(results.nodes) < len(tree.parent)
    assert set(results.nodes) == set().union(*(_ancestors(tree, node) for node in answers.group[only]))


def test_a_class_filled_up_by_whoever_holds_its_codes_is_hidden():
    """All sheets but six of a class are of people who handed in two: n is printed as it is, but shows nothing."""
    tree = a_tree()
    answers = answers_of(tree)
    node = int(answers.group[-1])
    alone = answers.alone.copy()
    alone[np.flatnonzero(answers.group == node)[6:]] = False
    filled = replace(answers, alone=alone)
    before, after = computed(tree, answers), computed(tree, filled)
    place = int(np.flatnonzero(before.nodes == node)[0])
    assert before.decision.scale[place, 0] == 0
    assert after.decision.scale[place, 0] != 0
    assert after.n[0, 0] == before.n[0, 0]
