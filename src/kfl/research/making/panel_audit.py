"""The panels of a released wave gone through again: its own with a wave before it, and that of a later wave with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure
from kfl.disclosure.attacker import PartTotals
from kfl.disclosure.decision import Shown, sharing_items
from kfl.disclosure.panel_gate import gate_panel
from kfl.results.making.closed_forms import ClosedForm
from kfl.results.making.panel_numbers import in_the_earlier, panel_wave, same_units
from kfl.results.making.panel_partners import EarlierRelease, members_with, own_members, same_persons, waves_of
from kfl.results.models import Release

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

GENDERS = 3


@dataclass(frozen=True, eq=False)
class ToldPanel:
    """A panel that pages tell of this wave's sheets: its own first, then that of the later wave."""

    member: Bool | None  # (sheets,) None where who is in it can't be told any more
    told: Bool  # (nodes of the wave's tree,)

    @property
    def members(self) -> Bool:
        """Who is in it; only where that can be told."""
        if self.member is None:
            raise ValueError("who is in this panel can't be told any more: ask `can_be_counted` first")
        return self.member


@dataclass(frozen=True, eq=False)
class ToldPanels:
    """All panels of scales that share items."""

    form: ClosedForm
    scales: list[int]
    told: list[ToldPanel]

    @property
    def can_be_counted(self) -> bool:
        return all(one.member is not None for one in self.told)

    def check(self, shown: Bool, k: int) -> None:
        """Judge each beside those before it; raises `ReleaseRefused`. `shown`: where the scales are, by node."""
        before: ToldPanel | None = None
        for one in self.told:
            wave = panel_wave(self.form, self.scales, one.members, shown, k)
            if before is not None:
                wave = replace(wave, other=before.member, other_shown=before.told)
            gate_panel(wave, one.told)
            before = one

    def attacked(self, nodes: Int, split: Bool) -> tuple[Int, Int, list[disclosure.JudgedScale], list[PartTotals]]:
        """Counts, those who count, scales and totals for the attacker, at these nodes; `split` is (nodes, scales)."""
        form, answers = self.form, self.form.answers
        items = sorted({item for scale in self.scales for item in form.rules[scale].items})
        part, parts = answers.split.astype(np.int64), GENDERS * 2 ** len(self.told)
        for place, one in enumerate(self.told):
            part = part + GENDERS * 2**place * one.members
        local = np.full(len(form.tree), -1)
        local[nodes] = np.arange(len(nodes))
        at = local[answers.group]
        highest = max(form.rules[scale].high for scale in self.scales)
        tables = []
        for people in (at >= 0, (at >= 0) & answers.alone):
            counts = np.zeros((len(nodes), parts, len(items), highest + 1), dtype=np.int64)
            for row, item in enumerate(items):
                held = people & (answers.codes[item] >= 0)
                np.add.at(counts[:, :, row], (at[held], part[held], answers.codes[item][held]), 1)
            tables.append(counts)
        rules = [form.rules[scale] for scale in self.scales]
        rules = [replace(rule, items=tuple(items.index(item) for item in rule.items)) for rule in rules]
        every = np.arange(parts)
        totals = [PartTotals(every[every % GENDERS == gender].tolist(), split) for gender in (1, 2)]
        for place, one in enumerate(self.told):
            marks = np.repeat(one.told[nodes, np.newaxis], len(rules), axis=1)
            totals.append(PartTotals(every[(every // GENDERS) >> place & 1 > 0].tolist(), marks))
        return tables[0], tables[1], rules, totals


def told_panels(release: Release, form: ClosedForm) -> Iterator[ToldPanels]:
    """Every panel that the pages of any wave tell of this form's sheets."""
    waves = waves_of(release.wave.series, form.form.informant)
    here = next(place for place, one in enumerate(waves) if one.wave.pk == release.wave.pk)
    for scales in sharing_items(form.rules):
        told = []
        own = waves[here].told.panel[:, scales[0]]
        if own.any():
            told.append(ToldPanel(own_members(waves[here], waves[:here], scales[0]), own))
        told += [found for later in waves[here + 1 :] if (found := _of_later(later, waves[here], form, scales))]
        if told:
            yield ToldPanels(form, scales, told)


def _of_later(later: EarlierRelease, here: EarlierRelease, form: ClosedForm, scales: list[int]) -> ToldPanel | None:
    """The panel of a later wave with this one, of these scales."""
    digests = {form.asked[scale].digest for scale in scales} - {""}
    for number, scale in enumerate(later.text.scales):
        place = later.text.panel_waves[number]
        if scale.digest not in digests or place < 0 or not here.is_named(later.text.earlier[place]):
            continue
        told = np.zeros(len(form.tree), dtype=bool)
        shown = later.told.panel[:, number]
        if not shown.any():
            return None
        pairs = same_units(later.frozen, form.frozen)
        told[pairs[shown[pairs[:, 0]], 1]] = True
        if not later.has_answers or later.has_lost_sheets:
            return ToldPanel(None, told)
        row = same_persons(later.form, form)
        member = members_with(later.form, form, row, number)
        return ToldPanel(in_the_earlier(row, member, len(form.answers.group)), told)
    return None


def shown_at(shown: Shown, nodes: Int, scales: list[int]) -> Shown:
    """The marks of some scales at some nodes."""
    tables = (shown.scale, shown.items, shown.split)
    scale, items, split = (table[nodes][:, scales] for table in tables)
    return Shown(scale, items, split)
