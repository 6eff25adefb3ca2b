"""All numbers of one form in one wave, at every node at once: plain arrays in, plain arrays out.

Nothing is rounded and nothing is left out here but what `disclosure.decide` hides: `pages` rounds and writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure, stats
from kfl.analysis.pooled import in_blocks, only

from ..payload import Reliability
from . import reliability
from .computed import AskedScale, Float, Results, Side, WaveTree, WrongTree
from .sheet_arrays import Answers, Bool, Int, complete, rows_together, set_of

GRADE = "grade"
GIRLS, BOYS = 1, 2
FEWEST_FOR_SD = 30  # RULES C.5


@dataclass(frozen=True, eq=False)
class _Counted:
    """The answers of one form at its nodes: right there by split part, and with everything below."""

    nodes: Int  # number in the wave's tree
    kind: NDArray[np.str_]  # (nodes,)
    tree: disclosure.Tree
    group: Int  # (people,) the node of each
    cell: Int  # (people,) node and part of each, as the sums' groups are numbered
    specs: list[stats.ScaleSpec]
    direct: Int  # (nodes, parts, items, codes)
    by_part: list[stats.Sums]
    own: stats.Sums  # all parts together
    sums: stats.Sums  # with everything below


@dataclass(frozen=True, eq=False)
class _Judged:
    """What may be shown of it, and what points are measured with."""

    rules: tuple[disclosure.JudgedScale, ...]
    alone: Int
    presence: disclosure.Presence
    decision: disclosure.Decision
    reference: stats.ReferenceMoments
    fresh: Bool

    @property
    def measured(self) -> Bool:
        """Scales that have points."""
        return np.asarray(np.isfinite(self.reference.sigma))

    @property
    def shown(self) -> Bool:
        """Where points stand."""
        return np.asarray((self.decision.scale == 0) & self.measured)


def compute_form(
    wave: WaveTree,
    invited: Int,
    answers: Answers,
    scales: Sequence[AskedScale],
    frozen: Mapping[str, tuple[float, float]],
    thresholds: disclosure.Thresholds,
    *,
    silence_tells: bool = True,
) -> Results:
    """Everything that may be told about one form.

    `invited` counts those invited right at each node; `frozen` holds mu and sigma by scale digest where an
    earlier release has frozen them; `silence_tells` is false for pupils and children (`disclosure.Presence`).
    """
    counted = _count(wave, invited, answers, [scale.spec for scale in scales])
    judged = _judge(counted, invited[counted.nodes], answers, scales, frozen, thresholds, silence_tells)
    return _in_points(counted, judged, invited[counted.nodes], answers, thresholds)


def _count(wave: WaveTree, invited: Int, answers: Answers, specs: list[stats.ScaleSpec]) -> _Counted:
    """One pass over the answers."""
    nodes, parent = _form_tree(wave, invited, answers.group)
    local = np.full(len(wave.parent), -1, dtype=np.int64)
    local[nodes] = np.arange(len(nodes))
    group = local[answers.group]
    parts = 3 if answers.split.any() else 1
    cell = group * parts + (answers.split.astype(np.int64) if parts == 3 else 0)
    own_parts = stats.collect(answers.codes, cell, len(nodes) * parts, specs)
    by_part = [_every(own_parts, number, parts) for number in range(parts)]
    own = reduce(add, by_part)
    direct = own_parts.counts.reshape(len(nodes), parts, *own_parts.counts.shape[1:])
    sums = own.roll_up(parent)
    return _Counted(
        nodes, wave.kind[nodes], disclosure.Tree(parent), group, cell, specs, direct, by_part, own, sums
    )  # fmt: skip


def _judge(
    counted: _Counted,
    invited: Int,
    answers: Answers,
    scales: Sequence[AskedScale],
    frozen: Mapping[str, tuple[float, float]],
    thresholds: disclosure.Thresholds,
    silence_tells: bool,
) -> _Judged:
    """Let `disclosure` decide, on the numbers of people and nothing else."""
    count = len(counted.nodes)
    rules = tuple(rule_of(scale) for scale in scales)
    alone = _alone(answers, counted.cell, counted.direct, counted.specs)
    present = (answers.codes >= 0).any(axis=0)
    sheets, single = (np.bincount(counted.group[one], minlength=count) for one in (present, present & answers.alone))
    presence = disclosure.Presence(sheets, single, invited, silence_tells)
    decision = disclosure.decide(counted.tree, counted.direct, rules, thresholds, alone, presence)
    reference, fresh = _reference(counted.sums, scales, frozen, decision)
    decision = _without(decision, ~np.isfinite(reference.sigma) & np.array([scale.measured for scale in scales]))
    return _Judged(rules, alone, presence, decision, reference, fresh)


def _in_points(
    counted: _Counted, judged: _Judged, invited: Int, answers: Answers, thresholds: disclosure.Thresholds
) -> Results:
    """The numbers of what is shown: points, their uncertainty, and how they stand to the level above."""
    tree, sums, shown, decision, reference = counted.tree, counted.sums, judged.shown, judged.decision, judged.reference
    wide = _spread(counted.own, sums, tree, counted.kind, decision.scale == 0)
    n = stats.scale_n(sums)
    means = np.where(shown, stats.scale_means(sums), np.nan)
    above = _level_above(tree.parent, counted.kind, shown, _answers_by_scale(sums))
    rest = stats.against_rest(n, means, above, wide)
    enough = shown & (sums.persons >= FEWEST_FOR_SD) & (n >= FEWEST_FOR_SD)
    girls, boys = _sides(counted, judged, wide)
    return Results(
        nodes=counted.nodes,
        tree=tree,
        answered=tree.totals(judged.presence.answered),
        invited=tree.totals(invited),
        rules=judged.rules,
        direct=counted.direct,
        alone=judged.alone,
        presence=judged.presence,
        decision=decision,
        reference=reference,
        fresh=judged.fresh,
        n=n,
        points=stats.points(means, reference),
        half=stats.points_apart(np.where(shown, wide.half_widths(n), np.nan), reference),
        sd=stats.points_apart(np.where(enough, stats.person_sd(sums), np.nan), reference),
        above=above,
        apart=stats.points_apart(rest.difference, reference),
        apart_half=stats.points_apart(rest.half_width, reference),
        certain=rest.certain,
        nearest=_nearest(tree, decision.scale == 0),
        items_nearest=_nearest(tree, decision.items == 0),
        item_n=sums.n,
        percent=disclosure.whole_percent(sums.counts),
        girls=girls,
        boys=boys,
        effect=wide.effects(n),
        alike=_alike(sums, counted.kind, decision.scale == 0),
        reliability=_reliability(counted, judged, answers, thresholds),
    )


def _form_tree(wave: WaveTree, invited: Int, group: NDArray[np.integer[Any]]) -> tuple[Int, Int]:
    """Numbers of the nodes with somebody invited at or under them, and their parents among themselves."""
    count = len(wave.parent)
    if invited.shape != (count,) or (len(group) and (group.min() < 0 or group.max() >= count)):
        raise WrongTree("answers or invitations name a node that the wave has not")
    here = invited > 0
    here[np.unique(group)] = True  # answers count even where a late list forgot the invitation
    here[0] = True
    for node in range(count - 1, 0, -1):  # parents come before children, so this closes upwards
        if here[node]:
            here[wave.parent[node]] = True
    nodes = np.flatnonzero(here)
    local = np.full(count, -1, dtype=np.int64)
    local[nodes] = np.arange(len(nodes))
    parent = np.where(wave.parent[nodes] >= 0, local[wave.parent[nodes]], -1)
    return nodes, parent


def _reliability(
    counted: _Counted, judged: _Judged, answers: Answers, thresholds: disclosure.Thresholds
) -> list[Reliability | None]:
    """Of each scale that the whole wave shows, over its complete sheets; in numbers where these may stand (B.8)."""
    shown, everybody = judged.decision.scale == 0, counted.sums.take(np.array([0]))
    found: list[Reliability | None] = []
    for number, rows in enumerate(rows_together(judged.rules)):
        if not judged.shown[0, number]:
            found.append(None)
            continue
        spec = counted.specs[number]
        block = counted.tree.nearest(shown[:, number])[counted.group]
        whole = set_of(answers, rows, spec.enough, block, len(shown))
        full = bool(judged.decision.items[0, number] == 0) and whole.is_full(thresholds.k)
        found.append(reliability.of_wave(complete(answers, rows).codes, spec, full=full, everybody=everybody))
    return found


def _alone(answers: Answers, cell: Int, direct: Int, specs: Sequence[stats.ScaleSpec]) -> Int:
    """Of the people who hang directly on each node, those who handed in no other sheet."""
    if answers.alone.all():
        return direct
    codes = np.where(answers.alone, answers.codes, np.asarray(-1, dtype=answers.codes.dtype))
    return stats.collect(codes, cell, direct.shape[0] * direct.shape[1], specs).counts.reshape(direct.shape)


def _every(sums: stats.Sums, first: int, step: int) -> stats.Sums:
    """Every so many groups, as views: a nation's sums are too large to copy for nothing."""
    return replace(
        sums,
        counts=sums.counts[first::step],
        persons=sums.persons[first::step],
        score_sum=sums.score_sum[first::step],
        score_square_sum=sums.score_square_sum[first::step],
    )


def rule_of(scale: AskedScale) -> disclosure.JudgedScale:
    """The scale as the disclosure rules see it."""
    spec = scale.spec
    return disclosure.JudgedScale(spec.key, spec.items, spec.turned, spec.low, spec.high, scale.sensitive)


def _reference(
    sums: stats.Sums,
    scales: Sequence[AskedScale],
    frozen: Mapping[str, tuple[float, float]],
    decision: disclosure.Decision,
) -> tuple[stats.ReferenceMoments, Bool]:
    """Frozen references, and this wave's own where there is none yet (RULES C.2)."""
    made = stats.reference(sums.take(np.array([0])))
    mu, sigma = made.mu.copy(), made.sigma.copy()
    fresh = np.zeros(len(scales), dtype=bool)
    for number, scale in enumerate(scales):
        if scale.digest in frozen and scale.measured:
            mu[number], sigma[number] = frozen[scale.digest]
        elif scale.measured and decision.scale[0, number] == 0 and np.isfinite(sigma[number]):
            fresh[number] = True
        else:  # not measured, or nothing of it is shown anywhere: no reference comes of it
            mu[number] = sigma[number] = np.nan
    return stats.ReferenceMoments(mu, sigma), fresh


def _without(decision: disclosure.Decision, scales: Bool) -> disclosure.Decision:
    """Hide scales that cannot be put in points although the rules allow them: everybody has one score.

    With the reason that all else has, for a reason of its own would say so.
    """
    protected = disclosure.REASONS.index(disclosure.Hidden.PROTECTED)
    told_apart = disclosure.REASONS.index(disclosure.Hidden.SPLIT)
    tables = {}
    for name in ("scale", "items", "split"):
        table = getattr(decision, name)
        tables[name] = np.where(scales & np.isin(table, (0, told_apart)), np.int8(protected), table)
    return replace(decision, **tables)


def _spread(
    own: stats.Sums, sums: stats.Sums, tree: disclosure.Tree, kind: NDArray[np.str_], shown: Bool
) -> stats.Spread:
    """The wave's spread over release blocks (RULES A.3); where nobody shares a block, people stand for themselves."""
    _, level = np.unique(kind, return_inverse=True)
    wide = stats.spread(in_blocks(own, tree, shown), only(sums, shown), tree.parent, level)
    everybody = stats.person_sd(sums.take(np.array([0])))[0]
    return replace(
        wide,
        s=np.where(np.isnan(wide.s), everybody, wide.s),
        rho=np.where(np.isnan(wide.rho), 0.0, wide.rho),
    )


def _alike(sums: stats.Sums, kind: NDArray[np.str_], shown: Bool) -> dict[str, Float]:
    """How alike people of one class, grade, school … answer, pooled over those that are shown (RULES A.3)."""
    told = only(sums, shown)
    return {
        str(level): stats.intraclass_correlation(told.take(np.flatnonzero(kind == level))) for level in np.unique(kind)
    }


def _answers_by_scale(sums: stats.Sums) -> Int:
    return np.stack([sums.n[:, scale.items].sum(axis=1) for scale in sums.scales], axis=1)


def _level_above(parent: Int, kind: NDArray[np.str_], shown: Bool, answers: Int) -> Int:
    """The level above of RULES C.4: past grades, past what is hidden, past what holds the same answers."""
    is_grade = np.append(kind == GRADE, False)  # the last place stands for "no parent"
    step = parent.copy()
    while is_grade[step].any():
        step = np.where(is_grade[step], parent[step], step)
    above = np.where(shown, step[:, np.newaxis], -1)
    column = np.arange(shown.shape[1])
    while True:
        useless = (above >= 0) & (~shown[above, column] | (answers[above, column] == answers))
        if not useless.any():
            return above
        above = np.where(useless, step[above], above)


def _sides(counted: _Counted, judged: _Judged, wide: stats.Spread) -> tuple[Side | None, Side | None]:
    """Girls and boys, where they are told apart at all."""
    if len(counted.by_part) == 1:
        return None, None
    shown = (judged.decision.split == 0) & judged.measured
    girls, boys = (
        _side(counted.by_part[part], counted.tree.parent, shown, wide, judged.reference) for part in (GIRLS, BOYS)
    )
    return girls, boys


def _side(own: stats.Sums, parent: Int, shown: Bool, wide: stats.Spread, reference: stats.ReferenceMoments) -> Side:
    sums = own.roll_up(parent)
    n = stats.scale_n(sums)
    means = np.where(shown, stats.scale_means(sums), np.nan)
    half = np.where(shown, wide.half_widths(n), np.nan)
    return Side(n, stats.points(means, reference), stats.points_apart(half, reference))


def _nearest(tree: disclosure.Tree, shown: Bool) -> Int:
    return np.stack([tree.nearest(column) for column in shown.T], axis=1)
