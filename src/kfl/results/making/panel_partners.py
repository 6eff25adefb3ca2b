"""With which earlier wave of its series a form has panels, and what is out of that one already (RULES B.6).

The latest one that asked the same scales and whose answers are still there. One wave is the earlier one of a panel
only once, so that at the most two panels divide its sheets. What cannot be counted any more is held to be the worst.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import Q

from kfl.disclosure.decision import sharing_items
from kfl.surveys.imports import same_answers
from kfl.surveys.models import Wave, WaveForm, WaveNode
from kfl.surveys.waves.series import earlier_than, in_order

from ..models import Part, Release, ReleasedForm, ReleasedPage
from ..payload import FormText, Page, PanelGap, WaveText, read_page
from . import extract
from .closed_forms import ClosedForm, FrozenWave, closed_form, frozen_wave, key_of
from .history import Key
from .panel_numbers import Partner, members, same_units
from .sheet_arrays import Bool, Int

logger = logging.getLogger(__name__)
WHY = "system: a release is made of the whole wave"


@dataclass(eq=False)
class EarlierRelease:
    """What a release holds of an informant group, and the sheets behind it as far as they are there."""

    release: Release
    row: ReleasedForm
    _told: ToldNumbers | None = None

    @cached_property
    def text(self) -> FormText:
        text: FormText = self.row.read()
        return text

    @property
    def wave(self) -> Wave:
        wave: Wave = self.release.wave
        return wave

    @cached_property
    def has_answers(self) -> bool:
        """Whether they are there and can be read. A file that is damaged is worth no more than one that is gone."""
        if not extract.are_there(answers_folder(), self.wave.slug):
            return False
        try:
            return len(self.form.asked) > 0
        except Exception as problem:  # of the drivers of two stores, or a key that is away
            logger.warning("the answers of %s cannot be read for panels: %s", self.wave.slug, type(problem).__name__)
            return False

    @property
    def has_lost_sheets(self) -> bool:
        """Whether anybody was erased since the release."""
        return extract.erased(answers_folder(), self.wave.slug) != self.release.erased_before

    @cached_property
    def frozen(self) -> FrozenWave:
        return frozen_wave(self.wave)

    @cached_property
    def form(self) -> ClosedForm:
        forms = WaveForm.objects.within(self.wave).select_related("version")
        return closed_form(self.frozen, forms.get(informant=self.text.informant))

    @property
    def told(self) -> ToldNumbers:
        return self._told or self.read()[1]

    def read(self) -> tuple[dict[Key, Page], ToldNumbers]:
        """Its pages by unit, and what panels need of them. The pages are many: only the second is kept."""
        shape = (WaveNode.objects.within(self.wave).count(), len(self.text.scales))
        told = ToldNumbers(np.zeros(shape, dtype=np.int64), np.full(shape[0], -1), np.zeros(shape, dtype=bool))
        found = {}
        pages = ReleasedPage.objects.within(self.release).filter(informant=self.text.informant)
        stored = pages.values_list("node__kind", "node__unit_id", "node__grade", "payload").iterator(chunk_size=2000)
        for kind, unit, grade, text in stored:
            page = found[key_of(kind, unit, grade)] = read_page(text)
            told.answered[page.node] = -1 if page.answered is None else page.answered
            told.n[page.node] = [0 if cell.value is None else cell.value.n for cell in page.scales]
            told.panel[page.node] = [cell.panel is not None for cell in page.scales]
        self._told = told
        return found, told

    def is_named(self, other: WaveText) -> bool:
        """Whether it is the wave that a later one's texts name."""
        return bool(self.wave.slug == other.slug)

    def asks(self, digests: set[str]) -> bool:
        return "" not in digests and digests <= {scale.digest for scale in self.text.scales}


@dataclass(frozen=True, eq=False)
class ToldNumbers:
    """Numbers on a release's pages, by node of the wave's tree and scale."""

    n: Int  # 0 where hidden
    answered: Int  # (nodes,) -1 where hidden
    panel: Bool


def waves_of(series: str, informant: str, which: Q | None = None) -> list[EarlierRelease]:
    """All releases of a series that hold this informant group (or those of some waves), oldest first."""
    found = Release.objects.everywhere(why=WHY).filter(which or Q(wave__series=series), part=Part.MAIN)
    releases = found.filter(forms__informant=informant).select_related("wave").order_by(*in_order(of="wave__"))
    return [EarlierRelease(release, release.forms.get(informant=informant)) for release in releases]


def waves_before(wave: Wave, informant: str) -> list[EarlierRelease]:
    """Those of earlier waves of the same series."""
    return waves_of(wave.series, informant, earlier_than(wave, of="wave__"))


def partners(
    form: ClosedForm, waves: Sequence[EarlierRelease], others: Sequence[EarlierRelease]
) -> Callable[[Sequence[int]], Partner | PanelGap]:
    """For scales that share items, which of the earlier waves they have a panel with, or why there is none.

    `others` are all releases of the series: one that was out before its turn may have its panel with an earlier wave.
    """
    made: dict[int, Partner] = {}

    own = form.frozen.wave, form.form.informant

    @cache
    def own_stand_twice() -> bool:
        return same_answers.stand_elsewhere(*own)

    @cache
    def stands_twice(place: int) -> bool:
        """Panels of both would never be judged together. Beside this wave it was looked for already."""
        return same_answers.stand_elsewhere(waves[place].wave, own[1], but=own[0])

    def found(scales: Sequence[int]) -> Partner | PanelGap:
        digests = {form.asked[scale].digest for scale in scales}
        asking = [place for place, wave in enumerate(waves) if wave.asks(digests)]
        place = next((place for place in reversed(asking) if waves[place].has_answers), None)
        if place is None:
            return PanelGap.DELETED if asking else PanelGap.NONE
        if _is_taken(waves[place], others, digests) or own_stand_twice() or stands_twice(place):
            return PanelGap.TAKEN
        if place not in made:
            made[place] = _partner(form, waves, place)
        return made[place]

    return found


def _is_taken(wave: EarlierRelease, others: Sequence[EarlierRelease], digests: set[str]) -> bool:
    """Whether another wave has its panel with this one."""
    for one in others:
        for scale, place in zip(one.text.scales, one.text.panel_waves, strict=True):
            if scale.digest in digests and place >= 0 and wave.is_named(one.text.earlier[place]):
                return True
    return False


def _partner(now: ClosedForm, waves: Sequence[EarlierRelease], place: int) -> Partner:
    wave = waves[place]
    then = wave.form
    row = same_persons(now, then)
    lost = _lost(then, wave.told) if wave.has_lost_sheets else None

    def other(scale: int) -> tuple[Bool | None, Bool | None]:
        shown = wave.told.panel[:, scale]
        return (own_members(wave, waves[:place], scale), shown) if shown.any() else (None, None)

    pairs, k = same_units(now.frozen, then.frozen), wave.release.thresholds["k"]
    return Partner(place, then, row, pairs, wave.told.n, k, lost, other)


def _lost(form: ClosedForm, told: ToldNumbers) -> Int:
    """How many fewer sheets there are at each node than its page says."""
    present = (form.answers.codes >= 0).any(axis=0)
    left = form.tree.totals(np.bincount(form.answers.group[present], minlength=len(form.tree)))
    return np.where(told.answered >= 0, np.abs(told.answered - left), 0)


def own_members(wave: EarlierRelease, before: Sequence[EarlierRelease], scale: int) -> Bool | None:
    """Who is in a wave's own panel of a scale; None where a sheet that told so may be gone."""
    named = wave.text.earlier[wave.text.panel_waves[scale]]
    first = [one for one in before if one.is_named(named)]
    if len(first) != 1 or not first[0].has_answers or first[0].has_lost_sheets:
        return None
    row = same_persons(wave.form, first[0].form)
    return members_with(wave.form, first[0].form, row, scale)


def members_with(now: ClosedForm, then: ClosedForm, row: Int, scale: int) -> Bool:
    """Who of a wave's sheets is in the panel of a scale, and of those that share items with it."""
    place = {one.digest: number for number, one in enumerate(then.asked) if one.digest}
    shared = next(scales for scales in sharing_items(now.rules) if scale in scales)
    return members(now, then, row, [(one, place[now.asked[one].digest]) for one in shared])


def same_persons(now: ClosedForm, then: ClosedForm) -> Int:
    """For each sheet of a form the row of the same person's sheet in an earlier wave, or -1."""
    return extract.same_persons(answers_folder(), now.name, then.name)


def answers_folder() -> Path:
    """Where the answers of all waves lie."""
    folder: Path = settings.KFL_DATA / "answers"
    return folder
