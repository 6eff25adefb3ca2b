"""Invented counties of any shape, computed without a database: a tree node by node, people under it, answers."""

from __future__ import annotations

import numpy as np

from kfl import stats
from kfl.disclosure import Thresholds
from kfl.results.making.compute import compute_form
from kfl.results.making.computed import AskedScale, FrozenScale, Results, WaveTree
from kfl.results.making.history import HIDDEN, SHOWN, Earlier
from kfl.results.making.sheet_arrays import Answers

CALM = AskedScale(stats.ScaleSpec("calm", (0, 1, 2, 3), (False, True, False, False), 1, 5), "d-calm")


class County:
    """Nodes are added under others; people answer four questions about one thing."""

    def __init__(self, seed: int = 1, kind: str = "county") -> None:
        self.parent, self.kind = [-1], [kind]
        self.true = [0.0]
        self.people: list[tuple[int, int]] = []
        self.invited: dict[int, int] = {}
        self.random = np.random.default_rng(seed)

    def node(self, above: int, kind: str, sd: float = 0.2) -> int:
        self.parent.append(above)
        self.kind.append(kind)
        self.true.append(self.true[above] + self.random.normal(0, sd))
        return len(self.parent) - 1

    def class_of(self, above: int, people: int, kind: str = "group", sd: float = 0.2) -> int:
        node = self.node(above, kind, sd)
        self.answered(node, people)
        return node

    def answered(self, node: int, people: int, invited: int | None = None) -> None:
        self.people.append((node, people))
        self.invited[node] = self.invited.get(node, 0) + (people + 2 if invited is None else invited)

    def school(self, above: int, grades: int = 3, classes: int = 2, people: int = 15) -> int:
        node = self.node(above, "school")
        for _ in range(grades):
            grade = self.node(node, "grade")
            for _ in range(classes):
                self.class_of(grade, people)
        return node

    @property
    def tree(self) -> WaveTree:
        return WaveTree(np.array(self.parent), np.array(self.kind))

    def of_kind(self, kind: str) -> list[int]:
        return [node for node, one in enumerate(self.kind) if one == kind]

    def answers(self, seed: int = 1, lift: dict[int, float] | float = 0.0, skipped: float = 0.05) -> Answers:
        """`lift` moves answers, by node (with all below it) or everywhere."""
        random = np.random.default_rng(seed)
        group = np.repeat([node for node, _ in self.people], [count for _, count in self.people])
        up = np.array(self.true)
        if isinstance(lift, dict):
            for node in range(len(self.parent)):
                at = node
                while at >= 0:
                    up[node] += lift.get(at, 0.0)
                    at = self.parent[at]
        else:
            up = up + lift
        person = up[group] + random.normal(0, 0.7, len(group))
        rows = [
            np.clip(np.rint(3 + (-1 if turned else 1) * person + random.normal(0, 0.7, len(group))), 1, 5)
            for turned in CALM.spec.turned
        ]
        codes = np.array(rows).astype(np.int8)
        codes[random.random(codes.shape) < skipped] = -1
        return Answers(group, np.zeros(len(group), dtype=np.int8), codes, np.ones(len(group), dtype=bool))

    def computed(self, answers: Answers, frozen: dict[str, FrozenScale] | None = None, **more: object) -> Results:
        invited = np.zeros(len(self.parent), dtype=np.int64)
        for node, count in self.invited.items():
            invited[node] = count
        return compute_form(
            self.tree, invited, answers, [CALM], frozen or {}, Thresholds(), silence_tells=False, **more
        )


def frozen_by(results: Results) -> dict[str, FrozenScale]:
    """What a later wave measures with."""
    made, spread = results.measure.reference, results.measure.spread
    one = FrozenScale(float(made.mu[0]), float(made.sigma[0]), float(spread.c[0]), tuple(spread.between[:, 0].tolist()))
    return {CALM.digest: one}


def as_earlier(results: Results) -> Earlier:
    """The same tree's results as a later wave sees them on its pages."""
    there = np.isfinite(results.shown.points)
    points, half = (np.where(there, table, 0).astype(np.int64) for table in (results.shown.points, 1.96 * results.se))
    n = np.where(there, results.n, 0)
    state = np.where(there, SHOWN, HIDDEN).astype(np.int8)
    d = np.where(there, results.shown.d, 0.0)
    return Earlier(state, n, points, half, d, results.tree.parent, results.invited)
