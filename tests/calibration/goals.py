"""Units that choose their weakest scale for a goal, and how the next wave is judged (RULES C.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kfl.results.making.expectation import expected
from kfl.results.payload import Value
from kfl.results.reading.expected import GoalVerdict, judge, variance_between_waves

from . import truths
from .tallies import Counts, add
from .told import Told
from .worlds import GRADE, MUNICIPALITY, SCHOOL, Wave

SCALES = 10  # to choose from
RISE = 40  # points that a goal truly gains where something is done
PUPILS = 150  # at the schools whose gain is told
UP = (GoalVerdict.REACHED, GoalVerdict.ON_THE_WAY)


class Goal(NamedTuple):
    """A unit's weakest scale, and whether something is done about it."""

    kind: str
    node: int
    scale: int
    helped: bool


def choose(random: np.random.Generator, wave: Wave, told: Told) -> list[Goal]:
    """Every school, municipality and grade takes the scale with its lowest number; half of the schools of 150 rise."""
    invited = wave.county.total(wave.county.invited)
    found = []
    for kind in (GRADE, SCHOOL, MUNICIPALITY):
        for node in wave.county.of_kind(kind).tolist():
            points = told.points[node, :SCALES]
            if np.isnan(points).all():
                continue
            helped = kind == SCHOOL and invited[node] == PUPILS and random.random() < 0.5
            found.append(Goal(kind, node, int(np.nanargmin(points)), bool(helped)))
    return found


def raise_helped(after: Wave, before: Wave, goals: list[Goal], sigma: np.ndarray) -> Wave:
    """The second wave, with a true gain at the schools where something was done."""
    effect = after.effect.copy()
    then, level = truths.of_units(before), after.level
    variance = after.variances.below(SCHOOL, after.instrument.scales)
    for goal in goals:
        if goal.helped:
            node, scale = goal.node, goal.scale
            wanted = then[node, scale] + RISE * sigma[scale] / 100
            found = truths.level_for(after.instrument, scale, variance[scale], after.variances.noise, wanted)
            effect[node, scale] += found - level[node, scale]
    return after.with_effect(effect)


def unchanged(before: Told, after: Told, goals: list[Goal]) -> Counts:
    """Where nothing was done: how many are judged certainly above, or below, what was to be expected."""
    counts: Counts = {}
    for goal, verdict in _judged(before, after, goals):
        add(counts, (goal.kind, "goals judged"), verdict != GoalVerdict.UNKNOWN, 1)
        if verdict != GoalVerdict.UNKNOWN:
            add(counts, (goal.kind, "goals, above by chance"), verdict in UP, 1)
            add(counts, (goal.kind, "goals, below by chance"), verdict == GoalVerdict.WORSE, 1)
            moved = after.points[goal.node, goal.scale] - before.points[goal.node, goal.scale]
            add(counts, (goal.kind, "goals, points by themselves"), moved, 1)
    return counts


def gained(before: Told, after: Told, goals: list[Goal]) -> Counts:
    """Where something was done: how many of the true gains are seen."""
    counts: Counts = {}
    for goal, verdict in _judged(before, after, goals):
        if goal.helped and verdict != GoalVerdict.UNKNOWN:
            add(counts, (goal.kind, "goals, +40 seen"), verdict in UP, 1)
    return counts


def _judged(before: Told, after: Told, goals: list[Goal]) -> Iterator[tuple[Goal, GoalVerdict]]:
    known = expected(after.results, after.then, _with_goal(after.n.shape, goals))
    for goal in goals:
        place = goal.node, goal.scale
        if np.isfinite(after.points[place]) and np.isfinite(before.points[place]):
            first, second = ((int(told.points[place]), _variance(goal, told)) for told in (before, after))
            yield goal, judge(known[goal.kind][goal.scale], first, second, first[0] + RISE).verdict


def _variance(goal: Goal, told: Told) -> float:
    """As the page that judges the goal works it out from what it shows."""
    place = goal.node, goal.scale
    value = Value(int(told.n[place]), int(told.points[place]), int(told.half[place]))
    d = told.results.shown.d[:, goal.node, goal.scale].tolist()
    return variance_between_waves(goal.kind, told.spread(goal.scale), value, d)


def _with_goal(shape: tuple[int, ...], goals: list[Goal]) -> np.ndarray:
    found = np.zeros(shape, dtype=bool)
    for goal in goals:
        found[goal.node, goal.scale] = True
    return found
