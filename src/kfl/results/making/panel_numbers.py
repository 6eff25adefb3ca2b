"""The panel of a form and an earlier wave: its persons, where it is shown, and its numbers (RULES B.6, C.7).

In it are those who were scored on the scale in both waves at the same school or kindergarten; that is decided once, for
all levels. Its numbers are of release blocks divided by it, as girls and boys are, in the trees of both waves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from kfl import stats
from kfl.disclosure.decision import sharing_items
from kfl.disclosure.panel_gate import gate_panel
from kfl.disclosure.panels import PanelWave, decide_panel
from kfl.surveys.models import NodeKind

from ..payload import Panel, PanelGap
from .change_over_time import FEWEST_BLOCKS, ROUNDING
from .closed_forms import OWNS_SHEETS, ClosedForm, FrozenWave
from .computed import Float
from .sheet_arrays import Bool, Int

ABOVE_SCHOOLS = (NodeKind.MUNICIPALITY, NodeKind.REGION, NodeKind.COUNTY)
HAVE_PANELS = {*OWNS_SHEETS, *ABOVE_SCHOOLS}  # a grade's pupils stand in another grade then


@dataclass(frozen=True, eq=False)
class Partner:
    """An earlier wave that this one has panels with, and what its release shows by node and scale of its own."""

    wave: int  # position in FormText.earlier
    form: ClosedForm
    row: Int  # (sheets of this wave,) the same person's sheet in the earlier wave, -1 = none
    pairs: Int  # (pairs, 2) nodes of this and of the earlier wave that are one unit, of the levels that have panels
    n: Int  # (nodes, scales) 0 where the scale is hidden
    k: int
    lost: Int | None  # (nodes,) sheets that its pages hold and that were erased since, of those counted at each node
    other: Callable[[int], tuple[Bool | None, Bool | None]]  # of its own panel with a wave before it, as in `PanelWave`


@dataclass(frozen=True, eq=False)
class SharedPanel:
    """The panel of scales that share items, in both waves, and where it is to be shown."""

    scales: list[int]
    partner: Partner
    then: list[int]  # the same scales in the earlier wave
    waves: tuple[PanelWave, PanelWave]
    decided: Bool  # (pairs,)

    @property
    def pairs(self) -> Int:
        return self.partner.pairs

    def gate(self, told: Bool) -> None:
        """Judge what the pages hold, by nodes of this wave's tree; raises as `gate_panel` does."""
        gate_panel(self.waves[0], told)
        then = np.zeros(len(self.waves[1].tree), dtype=bool)
        then[self.pairs[told[self.pairs[:, 0]], 1]] = True
        if then.sum() != told.sum():
            raise ValueError("a panel is shown at a unit that was not in the earlier wave")
        gate_panel(self.waves[1], then)


@dataclass(frozen=True, eq=False)
class Panels:
    """Numbers of the panels by node and scale: shape (nodes, scales), 0 where `shown` is false."""

    wave: Int  # (scales,) position of the earlier wave, -1 = there is no panel
    why_not: list[PanelGap]  # (scales,) why there is none
    asked_for: Bool  # whether one would look for a panel there: the scale is shown, the unit was in the earlier wave
    shown: Bool
    n: Int  # the smallest of its items' numbers of sheets, in either wave
    then: Int  # whole points, as the rest
    now: Int
    half: Int
    n_then: Int  # released numbers of either wave
    n_now: Int
    shared: list[SharedPanel]

    def cells(self, scale: int, nodes: Int) -> tuple[list[Panel | None], list[PanelGap]]:
        """What pages of these nodes of the wave's tree hold of a scale's panel, and why there is nothing."""
        tables = (self.n, self.then, self.now, self.half, self.n_then, self.n_now)
        columns = [table[nodes, scale].tolist() for table in tables]
        shown, asked_for = self.shown[nodes, scale].tolist(), self.asked_for[nodes, scale].tolist()
        wave, gap = int(self.wave[scale]), self.why_not[scale]
        made = [
            Panel(wave, n, then, now, half, n_then - n, n_now - n, round(100 * n / n_then)) if there else None
            for there, n, then, now, half, n_then, n_now in zip(shown, *columns, strict=True)
        ]
        missing = PanelGap.PROTECTED if wave >= 0 else gap
        gaps = [
            missing if asked and not there else PanelGap.NONE for there, asked in zip(shown, asked_for, strict=True)
        ]
        return made, gaps

    def gate(self, told: Bool) -> None:
        """Judge what the pages hold, by node of the wave's whole tree and scale."""
        for one in self.shared:
            first = told[:, one.scales[0]]
            if (told[:, one.scales] != first[:, np.newaxis]).any():
                raise ValueError("scales that share items have panels at different nodes")
            one.gate(first)
        left = np.setdiff1d(np.arange(told.shape[1]), [scale for one in self.shared for scale in one.scales])
        if told[:, left].any():
            raise ValueError("a panel is shown that nobody decided")


def members(now: ClosedForm, then: ClosedForm, row: Int, scales: Sequence[tuple[int, int]]) -> Bool:
    """Which of this wave's sheets are in the panel of these scales, given by their numbers in both waves."""
    found = row >= 0
    here = np.flatnonzero(found)
    school, school_then = (form.school[form.answers.group] for form in (now, then))
    same = (school[here] >= 0) & (school[here] == school_then[row[here]])
    for scale, scale_then in scales:
        same &= _scored(now, scale)[here] & _scored(then, scale_then)[row[here]]
    found[here] = same
    return found


def in_the_earlier(row: Int, member: Bool, sheets: int) -> Bool:
    """The same persons among the earlier wave's sheets."""
    found = np.zeros(sheets, dtype=bool)
    found[row[member]] = True
    return found


def make_panels(
    now: ClosedForm,
    n: Int,
    k: int,
    reference: stats.ReferenceMoments,
    partner_of: Callable[[Sequence[int]], Partner | PanelGap],
) -> Panels:
    """Decide and compute every panel of a form.

    Parameters
    ----------
    now : ClosedForm
        Of this wave.
    n : int array, shape (nodes, scales)
        What is released of it: 0 where a scale is hidden.
    k : int
        Fewest that may stand together in this wave.
    reference : ReferenceMoments
        Of each scale; NaN where it has no points, and then it has no panel.
    partner_of : callable
        From scales that share items to the earlier wave that they have a panel with, or why there is none.
    """
    tables = [np.zeros(n.shape, dtype=np.int64) for _ in range(6)]
    wave, why_not = np.full(n.shape[1], -1), [PanelGap.NONE] * n.shape[1]
    shown = np.zeros(n.shape, dtype=bool)
    asked_for = (n > 0) & np.isin(now.frozen.tree.kind, list(HAVE_PANELS))[:, np.newaxis]
    shared = []
    for scales in sharing_items(now.rules):
        if not (n[:, scales] > 0).any() or not np.isfinite(reference.sigma[scales]).all():
            continue
        partner = partner_of(scales)
        if isinstance(partner, PanelGap):
            for scale in scales:
                why_not[scale] = partner
            continue
        one = _decided(now, n, k, partner, scales)
        shared.append(one)
        at = one.pairs[one.decided]
        asked_for[np.setdiff1d(np.arange(len(n)), one.pairs[:, 0])[:, np.newaxis], scales] = False
        for scale, then in zip(scales, one.then, strict=True):
            wave[scale], shown[at[:, 0], scale] = partner.wave, True
            made = _numbers(now, one, scale, then, stats.ReferenceMoments(*(_one(reference, scale))))
            columns = (*made, partner.n[at[:, 1], then], n[at[:, 0], scale])
            for table, column in zip(tables, columns, strict=True):
                table[at[:, 0], scale] = column
    released = tables[4], tables[5]
    return Panels(wave, why_not, asked_for, shown, tables[0], tables[1], tables[2], tables[3], *released, shared)


def _decided(now: ClosedForm, n: Int, k: int, partner: Partner, scales: list[int]) -> SharedPanel:
    place = {scale.digest: number for number, scale in enumerate(partner.form.asked) if scale.digest}
    then = [place[now.asked[scale].digest] for scale in scales]
    member = members(now, partner.form, partner.row, list(zip(scales, then, strict=True)))
    there = in_the_earlier(partner.row, member, len(partner.form.answers.group))
    other, other_shown = partner.other(then[0])
    shown, shown_then = (np.asarray((table > 0).all(axis=1)) for table in (n[:, scales], partner.n[:, then]))
    later = panel_wave(now, scales, member, shown, k)
    earlier = replace(
        panel_wave(partner.form, then, there, shown_then, partner.k),
        other=other,
        other_shown=other_shown,
        lost=None if partner.lost is None else _by_block(partner.form, partner.lost, shown_then),
    )
    decided = decide_panel(later, earlier, partner.pairs, partner.row)
    return SharedPanel(scales, partner, then, (later, earlier), decided)


def panel_wave(form: ClosedForm, scales: list[int], member: Bool, shown: Bool, k: int) -> PanelWave:
    """A form's sheets as the rule takes them, without another panel."""
    answers = form.answers
    whole = np.asarray((answers.codes[form.rows[scales[0]]] >= 0).all(axis=0))  # the technical report's one set
    part = answers.split.astype(np.int64) * 2 + whole
    rules = [form.rules[scale] for scale in scales]
    node = answers.group.astype(np.int64)
    return PanelWave(form.tree, node, answers.codes, rules, part, answers.alone, member, shown, k)


def _by_block(form: ClosedForm, lost: Int, shown: Bool) -> Int:
    """What is lost at each shown node outside its shown children."""
    visible = np.where(shown, lost, 0)
    return np.asarray(visible - form.tree.children_sum(visible))


def same_units(now: FrozenWave, then: FrozenWave) -> Int:
    """Nodes of both trees that are one unit, of the levels that have panels."""
    place = {(kind, key): node for node, (kind, key) in enumerate(_units(then))}
    pairs = [
        (node, place[kind, key])
        for node, (kind, key) in enumerate(_units(now))
        if kind in HAVE_PANELS and (kind, key) in place
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _units(frozen: FrozenWave) -> list[tuple[str, object]]:
    return [(place.kind, key) for place, key in zip(frozen.places, frozen.keys, strict=True)]


def _scored(form: ClosedForm, scale: int) -> Bool:
    spec = form.asked[scale].spec
    return np.asarray((form.answers.codes[list(spec.items)] >= 0).sum(axis=0) >= spec.enough)


def _one(reference: stats.ReferenceMoments, scale: int) -> tuple[Float, Float]:
    return reference.mu[scale : scale + 1], reference.sigma[scale : scale + 1]


def _numbers(
    now: ClosedForm, one: SharedPanel, scale: int, then: int, reference: stats.ReferenceMoments
) -> tuple[Int, Int, Int, Int]:
    """n, points in both waves and half-width at the nodes that show the panel."""
    sheets = np.flatnonzero(one.waves[0].member)
    node, row = one.waves[0].node[sheets], one.partner.row[sheets]
    spec, spec_then = now.asked[scale].spec, one.partner.form.asked[then].spec
    plain = replace(spec, items=tuple(range(len(spec.items))))
    after = now.answers.codes[list(spec.items)][:, sheets]
    before = one.partner.form.answers.codes[list(spec_then.items)][:, row]
    at = one.pairs[one.decided, 0]
    ns, points = [], []
    for codes in (before, after):
        sums = stats.collect(codes, node, len(now.tree), [plain]).roll_up(now.tree.parent).take(at)
        ns.append(stats.scale_n(sums)[:, 0])
        points.append(np.rint(stats.points(stats.scale_means(sums), reference)[:, 0]).astype(np.int64))
    n = np.minimum(*ns)
    marks = np.zeros(len(now.tree), dtype=bool)
    marks[at] = True
    block = now.tree.nearest(marks)[node]
    blocks, place = np.unique(block[block >= 0], return_inverse=True)
    group = np.full(len(block), -1)
    group[block >= 0] = place
    pairs = stats.collect_panel(before, after, group, len(blocks), [plain])
    half = _half_widths(now, pairs, blocks, n, at, reference)
    return n, points[0], points[1], half


def _half_widths(
    now: ClosedForm, pairs: stats.PanelSums, blocks: Int, n: Int, at: Int, reference: stats.ReferenceMoments
) -> Int:
    """Half of the 95 % interval of the panel's change, in whole points.

    Two questions. Of a municipality, a region and the county with ten blocks or more (shown schools; what a
    municipality holds beside them is one): how the same persons would have changed in other schools like these; from
    the blocks' own changes, with C.7's degrees of freedom. Else, and of a school or kindergarten: how other persons
    like these would have changed in the same schools; SD of persons' differences within blocks, pooled over the whole
    wave, over the root of n. Both know that the persons are the same; neither knows who is missing.
    """
    if not len(at):
        return np.zeros(0, dtype=np.int64)
    alone = stats.panel_change(pairs, np.arange(len(blocks)), len(blocks), reference)
    degrees = np.maximum(pairs.pairs[:, 0] - 1, 0)
    squares = np.where(degrees > 0, alone.sd_difference[:, 0] ** 2 * degrees, 0.0).sum()
    half = stats.Z * np.sqrt(squares / max(int(degrees.sum()), 1)) / np.sqrt(n)
    for kind in ABOVE_SCHOOLS:
        unit = now.tree.nearest(now.frozen.tree.kind == kind)
        to = unit[blocks]
        found = stats.panel_change(pairs, to, len(now.tree), reference)
        people = pairs.pairs[:, 0].astype(np.float64)
        total, square = (
            np.bincount(to[to >= 0], weights[to >= 0], len(now.tree)) for weights in (people, people**2)
        )  # fmt: skip
        usable = (now.frozen.tree.kind == kind) & (found.change.units[:, 0] >= FEWEST_BLOCKS)
        effective = np.where(usable, total**2 / np.where(square > 0, square, 1.0), 2.0)
        by_blocks = stdtrit(effective - 1, 0.975) * np.sqrt(found.change.se[:, 0] ** 2 + ROUNDING)
        half = np.where(usable[at], by_blocks[at], half)
    whole: Int = np.rint(half).astype(np.int64)
    return whole
