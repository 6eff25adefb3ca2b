"""All numbers of one form in one wave, at every node at once: plain arrays in, plain arrays out.

Nothing is rounded and nothing is left out here but what `disclosure.decide` hides: `pages` rounds and writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure, stats

from ..payload import Reliability, SealedScale
from . import reliability
from .comparing import ShownNumbers, against, height, level_above, the_top
from .computed import AskedScale, Float, FrozenScale, Results, Side, WaveTree, WrongTree
from .measure import ScaleMeasure, measure
from .same_measure import kept_of
from .sheet_arrays import Answers, Bool, Int, complete, rows_together, set_of
from .variance_levels import INNER, level_of

GIRLS, BOYS = 1, 2
D_DECIMALS = 5  # of the shares of blocks: they stand on the page, so that intervals can be worked out again
FEWEST_FOR_SD = 30  # RULES C.6


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
    measure: ScaleMeasure

    @property
    def measured(self) -> Bool:
        """Scales that have points."""
        return np.asarray(np.isfinite(self.measure.reference.sigma))

    @property
    def shown(self) -> Bool:
        """Where points stand."""
        return np.asarray((self.decision.scale == 0) & self.measured)


def compute_form(
    wave: WaveTree,
    invited: Int,
    answers: Answers,
    scales: Sequence[AskedScale],
    frozen: Mapping[str, FrozenScale],
    thresholds: disclosure.Thresholds,
    *,
    silence_tells: bool = True,
) -> Results:
    """Everything that may be told about one form.

    `invited` counts those invited right at each node; `frozen` holds by scale digest what an earlier
    release has frozen; `silence_tells` is false for pupils and children (`disclosure.Presence`).
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
    frozen: Mapping[str, FrozenScale],
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
    everybody = counted.sums.take(np.array([0]))
    made = measure(counted.own, everybody, counted.tree, counted.kind, decision.scale == 0, scales, frozen)
    unknown = ~np.isfinite(made.reference.sigma) & np.array([scale.measured for scale in scales])
    return _Judged(rules, alone, presence, _without(decision, unknown), made)


def _in_points(
    counted: _Counted, judged: _Judged, invited: Int, sheets: Answers, thresholds: disclosure.Thresholds
) -> Results:
    """The numbers of what is shown: points, their uncertainty, and how they stand to the level above."""
    tree, sums, decision, made = counted.tree, counted.sums, judged.decision, judged.measure
    reference = made.reference
    n = stats.scale_n(sums)
    shown = _shown(counted, judged, invited, n)
    answers = _answers_by_scale(sums)
    above = level_above(tree.parent, counted.kind, judged.shown, answers)
    enough = judged.shown & (sums.persons >= FEWEST_FOR_SD) & (n >= FEWEST_FOR_SD)
    girls, boys = _sides(counted, judged, shown)
    se = np.sqrt(shown.spread.variance(n, shown.points, shown.d))
    over_complete = list(_over_complete(counted, judged, sheets, thresholds))
    return Results(
        nodes=counted.nodes,
        kind=counted.kind,
        tree=tree,
        answered=tree.totals(judged.presence.answered),
        invited=tree.totals(invited),
        rules=judged.rules,
        direct=counted.direct,
        alone=judged.alone,
        presence=judged.presence,
        decision=decision,
        measure=made,
        shown=shown,
        n=n,
        points=stats.points(shown.means, reference),
        se=se,
        sd=stats.points_apart(np.where(enough, stats.person_sd(sums), np.nan), reference),
        above=against(shown, above),
        top=against(shown, the_top(above, judged.shown, answers)),
        nearest=_nearest(tree, decision.scale == 0),
        items_nearest=_nearest(tree, decision.items == 0),
        item_n=sums.n,
        percent=disclosure.whole_percent(sums.counts),
        girls=girls,
        boys=boys,
        effect=_effects(counted, judged, invited, n),
        icc2=_icc2(counted.kind, made.in_points, shown, se),
        reliability=[found for found, _kept in over_complete],
        sums=[kept for _found, kept in over_complete],
    )


def _shown(counted: _Counted, judged: _Judged, invited: Int, n: Int) -> ShownNumbers:
    """Whole points and what their uncertainty rests on: what the pages hold, and nothing finer."""
    made = judged.measure
    means = np.where(judged.shown, stats.scale_means(counted.sums), np.nan)
    shares = _shares(counted, judged.shown, invited, n)
    return ShownNumbers(
        n=n,
        means=means,
        points=np.rint(stats.points(means, made.reference)),
        shares=shares,
        d=np.round(shares.of_nodes(), D_DECIMALS),
        spread=made.in_points,
        to_points=made.reference,
        height=height(counted.kind, counted.tree.parent, made.in_points.between),
    )


def _shares(counted: _Counted, shown: Bool, invited: Int, n: Int) -> stats.BlockShares:
    return stats.block_shares(n, shown, invited, counted.tree.parent, level_of(counted.kind), INNER)


def _effects(counted: _Counted, judged: _Judged, invited: Int, n: Int) -> Float:
    """Design effects, also of questions outside every scale: what blocks add, over what persons make."""
    spread, shown = judged.measure.spread, judged.decision.scale == 0
    within = spread.within(stats.scale_means(counted.sums))
    blocks = spread.of_blocks(_shares(counted, shown, invited, n).of_nodes())
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 + blocks * n / within)


def _icc2(kind: NDArray[np.str_], spread: stats.Spread, shown: ShownNumbers, se: Float) -> dict[str, Float]:
    """Share of the variance of such groups' means that is no chance, where at least ten are shown."""
    found = {}
    level = level_of(kind)
    for name in np.unique(kind[level >= 0]):
        nodes = np.flatnonzero(kind == name)
        known = np.isfinite(se[nodes])
        error = (np.where(known, se[nodes], 0.0) ** 2).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        differ = spread.between[level[nodes[0]] :].sum(axis=0)
        total = np.where(known.sum(axis=0) >= stats.FEWEST_BLOCKS, differ + error, np.nan)
        found[str(name)] = differ / np.where(total > 0, total, np.nan)
    return found


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


def _over_complete(
    counted: _Counted, judged: _Judged, answers: Answers, thresholds: disclosure.Thresholds
) -> Iterator[tuple[Reliability | None, SealedScale | None]]:
    """Of each scale that the whole wave shows what its complete sheets tell: how well its questions hold together (in
    numbers where these may stand, B.8), and the sums that later waves are compared with."""
    shown, everybody = judged.decision.scale == 0, counted.sums.take(np.array([0]))
    for number, rows in enumerate(rows_together(judged.rules)):
        if not judged.shown[0, number]:
            yield None, None
            continue
        spec = counted.specs[number]
        block = counted.tree.nearest(shown[:, number])[counted.group]
        whole = set_of(answers, rows, spec.enough, block, len(shown))
        codes = complete(answers, rows).codes
        products = stats.collect_products(codes, np.zeros(codes.shape[1], dtype=np.int64), 1, spec)
        items = bool(judged.decision.items[0, number] == 0)
        full = items and whole.is_full(thresholds.k)
        told = items and not judged.rules[number].sensitive
        yield (
            reliability.of_wave(products, full=full, everybody=everybody),
            SealedScale(kept_of(products), full) if told else None,
        )


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


def _answers_by_scale(sums: stats.Sums) -> Int:
    return np.stack([sums.n[:, scale.items].sum(axis=1) for scale in sums.scales], axis=1)


def _sides(counted: _Counted, judged: _Judged, shown: ShownNumbers) -> tuple[Side | None, Side | None]:
    """Girls and boys, where they are told apart at all."""
    if len(counted.by_part) == 1:
        return None, None
    there = (judged.decision.split == 0) & judged.measured
    girls, boys = (_side(counted.by_part[part], counted.tree.parent, there, shown) for part in (GIRLS, BOYS))
    return girls, boys


def _side(own: stats.Sums, parent: Int, there: Bool, shown: ShownNumbers) -> Side:
    """They sit in the same classes as all: how they fall on them is not told, so all's shares stand for theirs."""
    sums = own.roll_up(parent)
    n = stats.scale_n(sums)
    points = stats.points(np.where(there, stats.scale_means(sums), np.nan), shown.to_points)
    return Side(n, points, np.sqrt(shown.spread.variance(n, np.rint(points), shown.d)))


def _nearest(tree: disclosure.Tree, shown: Bool) -> Int:
    return np.stack([tree.nearest(column) for column in shown.T], axis=1)
