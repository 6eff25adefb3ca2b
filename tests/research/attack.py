"""Nasty small counties, everything that pages and report tell of them, and who can be singled out with it.

The attacker knows who is where, who answered what question (not what they answered), and takes every number for the
exact sum behind it. `old_rule` is how reports were once let through: it is kept to show that the rig sees what leaks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from kfl import stats
from kfl.disclosure import Thresholds, Tree
from kfl.disclosure.attacker import Cell, Matrix
from kfl.research.making.form import FormPart, ReportedForm, form_report, measured
from kfl.research.making.safety import RootShown
from kfl.results.making.compute import compute_form
from kfl.results.making.computed import AskedScale, Results, WaveTree
from kfl.results.making.sheet_arrays import Answers
from kfl.results.payload import ItemText, ScaleText

ITEMS = 4
SPEC = stats.ScaleSpec("ro", tuple(range(ITEMS)), (False, True, False, False), 1, 4)
ASKED = AskedScale(SPEC, "digest")
K = Thresholds().k


@dataclass(frozen=True, eq=False)
class County:
    """What was answered, what the pages show and what the report tells."""

    tree: WaveTree
    answers: Answers
    results: Results
    form: ReportedForm
    part: FormPart

    @property
    def compares(self) -> bool:
        """Whether numbers of girls and of boys may stand, had there been enough sheets for a model."""
        return next(measured(self.form)).compares


def random_county(seed: int) -> County:
    """Two to four schools with classes of any size; some skip, in whole classes or one by one; some hand in twice."""
    random = np.random.default_rng(seed)
    parent, kind = [-1], ["county"]
    for _school in range(random.integers(1, 4)):
        school = len(parent)
        parent.append(0)
        kind.append("school")
        for _class in range(random.integers(1, 5)):
            parent.append(school)
            kind.append("group")
    tree = WaveTree(np.array(parent), np.array(kind))
    classes = np.flatnonzero(tree.kind == "group")
    group = np.repeat(classes, random.choice([0, 2, 5, 7, 8, 12, 25], len(classes)))
    people = len(group)
    level = np.repeat(random.normal(0, 1, people)[np.newaxis], ITEMS, axis=0)
    codes = np.clip(np.rint(2.5 + level + random.normal(0, 1, (ITEMS, people))), 1, 4).astype(np.int8)
    codes[1] = 5 - codes[1]
    skips = random.choice([0.0, 0.0, 0.01, 0.05, 0.3, 0.9], len(parent))[group]
    codes[random.random(codes.shape) < skips] = -1
    split = random.integers(1, 3, people) if random.random() < 0.7 else np.zeros(people, dtype=np.int64)
    alone = random.random(people) >= random.choice([0.0, 0.0, 0.3])
    answers = Answers(group, split.astype(np.int8), codes, alone)
    invited = np.bincount(group, minlength=len(parent))
    results = compute_form(tree, invited, answers, [ASKED], {}, Thresholds())
    form = _form(tree, answers, results)
    return County(tree, answers, results, form, form_report(form))


def _form(tree: WaveTree, answers: Answers, results: Results) -> ReportedForm:
    shown = np.zeros((len(tree.parent), 1), dtype=bool)
    shown[results.nodes] = results.decision.scale == 0
    root = RootShown(
        *(bool(table[0, 0] == 0) for table in (results.decision.scale, results.decision.items, results.decision.split))
    )
    items = [ItemText(f"q{n}", {"nb": f"Spørsmål {n}"}, SPEC.turned[n], []) for n in range(ITEMS)]
    text = ScaleText("ro", {"nb": "Ro"}, {}, "ro", "high", "digest", True, False, 1, 4, items)
    return ReportedForm(
        informant="pupil_5_10", questionnaire={"nb": "Elever"}, version=1, invited=len(answers.group),
        answered=len(answers.group), answers=answers, tree=tree, asked=[(ASKED, text)], shown=[root], nodes_shown=shown,
        places=[], visible=[[]], thresholds=Thresholds(), reliability=results.reliability, since=[None],
    )  # fmt: skip


def complete_of(answers: Answers) -> np.ndarray:
    return (answers.codes >= 0).all(axis=0)


def old_rule(county: County) -> bool:
    """As it once was: sums of complete sheets stand where those with any answer who are not complete are 0 or many."""
    given = (county.answers.codes >= 0).any(axis=0)
    left = int(given.sum() - complete_of(county.answers).sum())
    shown = county.results.decision
    return bool(shown.scale[0, 0] == 0 and shown.items[0, 0] == 0 and (left == 0 or left >= K))


def matrix(county: County, item: int, *, complete: bool, sides: bool) -> Matrix:
    """Everything told about one item: sums of shown nodes, of girls and boys there, and perhaps of the complete."""
    answers, results = county.answers, county.results
    place = np.full(len(county.tree.parent), -1)
    place[results.nodes] = np.arange(len(results.nodes))
    local, parent = place[answers.group], results.tree.parent
    held = complete_of(answers)
    there = answers.codes[item] >= 0
    keys: dict[tuple[int, int, bool], list[int]] = {}
    for person in np.flatnonzero(there).tolist():
        keys.setdefault((int(local[person]), int(answers.split[person]), bool(held[person])), []).append(person)
    cells = [
        Cell(f"{node}:{side}:{'all' if whole else 'some'}", int(answers.alone[people].sum()), (len(people),))
        for (node, side, whole), people in keys.items()
    ]
    under = {node: _below(parent, node) for node in range(len(parent))}
    rows: set[frozenset[int]] = set()

    def told(nodes: set[int], side: int | None, *, whole: bool = False) -> None:
        rows.add(
            frozenset(
                number
                for number, (node, part, held) in enumerate(keys)
                if node in nodes and side in (None, part) and (held or not whole)
            )
        )

    for node, nodes in under.items():
        if results.decision.scale[node, 0] == 0:
            told(nodes, None)
        if results.decision.split[node, 0] == 0:
            told(nodes, 1)
            told(nodes, 2)
    if complete:
        told(under[0], None, whole=True)
    if sides:
        told(under[0], 1, whole=True)
        told(under[0], 2, whole=True)
    if complete:
        clusters = next(measured(county.form)).clusters[results.nodes]
        for school in np.unique(clusters[clusters >= 0]).tolist():
            told(set(np.flatnonzero(clusters == school).tolist()), None, whole=True)
    return Matrix(f"q{item}", cells, sorted(rows - {frozenset()}, key=sorted), K)


def _below(parent: np.ndarray, top: int) -> set[int]:
    found = {top}
    for node in range(top + 1, len(parent)):
        if int(parent[node]) in found:
            found.add(node)
    return found


def whose_alpha(answers: np.ndarray, skipper: int, alpha: float) -> list[tuple[int, ...]]:
    """What the only one who skipped can have answered, if alpha of the others is known to the last digit.

    Sums and sums of squares of each item over everybody are known, so each guess gives those of the complete sheets;
    alpha then gives the sum of squares of their totals, which must be a whole number.
    """
    items, people = answers.shape
    gap = int(np.flatnonzero(answers[:, skipper] < 0)[0])
    given = np.where(answers < 0, 0, answers).astype(np.int64)
    sums, squares = given.sum(axis=1), (given**2).sum(axis=1)
    n, found = people - 1, []
    for guess in product(range(1, 5), repeat=items - 1):
        own = np.insert(np.array(guess), gap, 0)
        total, square = sums - own, squares - own**2
        apart = (n * square - total**2).sum()  # n (n - 1) times the items' variances, added up
        whole = apart / (1 - alpha * (items - 1) / items)  # the same of the totals
        of_totals = (whole + total.sum() ** 2) / n
        if abs(of_totals - round(of_totals)) < 1e-6:
            found.append(guess)
    return found


def hidden_means(seed: int) -> tuple[list[int], list[int], int]:
    """One school with two hidden classes: which totals of the smaller fit the likeness told, the old way and ours.

    The attacker is given everything but how the sum of the two is shared between them.
    """
    random = np.random.default_rng(seed)
    sizes = [15] * 10 + [3, 4]
    tree = WaveTree(np.array([-1, 0, *[1] * 12]), np.array(["county", "school", *["group"] * 12]))
    group = np.repeat(np.arange(2, 14), sizes)
    level = random.normal(0, 0.5, 14)[group]
    codes = np.clip(np.rint(2.5 + level + random.normal(0, 1, (ITEMS, len(group)))), 1, 4).astype(np.int8)
    answers = Answers(group, np.zeros(len(group), dtype=np.int8), codes, np.ones(len(group), dtype=bool))
    results = compute_form(tree, np.bincount(group, minlength=14), answers, [ASKED], {}, Thresholds())
    assert (results.decision.scale[-2:, 0] != 0).all()
    sums = stats.collect_scores(codes, group, 14, [SPEC])
    small, other = 12, 13
    together, truth = int(sums.score_sum[[small, other], 0].sum()), int(sums.score_sum[small, 0])
    unit = int(sums.units[0])
    old, ours = [], []
    shown = results.decision.scale == 0
    of_classes = _alike(sums, sums.score_sum, np.arange(2, 14))
    for guess in range(sizes[-2] * unit, sizes[-2] * 4 * unit + 1):
        if not sizes[-1] * unit <= together - guess <= sizes[-1] * 4 * unit:
            continue
        totals = sums.score_sum.copy()
        totals[[small, other], 0] = guess, together - guess
        if abs(_alike(sums, totals, np.arange(2, 14)) - of_classes) < 1e-12:
            old.append(guess)
        if abs(_within(replace(sums, score_sum=totals), results.tree, shown) - results.measure.own.within[0]) < 1e-9:
            ours.append(guess)
    return old, ours, truth


def _within(sums: stats.ScoreSums, tree: Tree, shown: np.ndarray) -> float:
    """What intervals rest on: the variance within release blocks, of which the two hidden classes are one."""
    blocks = tree.nearest(shown[:, 0])
    pooled = sums.regroup(blocks, len(blocks))
    degrees = pooled.persons.sum() - (pooled.persons > 0).sum()
    return float(stats.squares_within(pooled).sum() / degrees)


def _alike(sums: stats.ScoreSums, totals: np.ndarray, groups: np.ndarray) -> float:
    """How alike persons of one class are, by the analysis of variance."""
    classes = stats.group_scores(replace(sums, score_sum=totals).take(groups))
    n, mean, people = classes.persons[:, 0], classes.mean[:, 0], int(classes.persons.sum())
    between = float(n @ (mean - n @ mean / people) ** 2) / (len(n) - 1)
    within = float(classes.squares.sum()) / (people - len(n))
    usual_size = (people - float((n**2).sum()) / people) / (len(n) - 1)
    return (between - within) / (between + (usual_size - 1) * within)
