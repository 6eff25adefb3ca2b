"""One informant group's part of a report: how it was answered, then its scales. Plain arrays in, plain values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_items
from math import isnan

import numpy as np
from msgspec.structs import replace

from kfl import disclosure, stats
from kfl.stats.group_scores import group_scores
from kfl.stats.multilevel import random_intercept
from kfl.stats.screens import ScreenSums, collect_screens

from ..compute import Answers, Asked, Int, WaveTree
from ..payload import ScaleText, Text
from .payload import Clustered, Estimate, Filled, FormReport, Gap, Kept, Straight, Visible
from .safety import FEWEST_GROUPS, RootShown, told
from .scale import WholeWave, scale_report

# Whose likeness is told: where people meet, and who is responsible.
LEVELS = ("group", "department", "school", "kindergarten", "municipality")


@dataclass(frozen=True, eq=False)
class Form:
    """What one form's report is made of."""

    informant: str
    questionnaire: Text
    version: int
    invited: int
    answered: int | None  # as released; None where the number is hidden, and with it all that rests on everybody
    answers: Answers
    tree: WaveTree
    asked: Sequence[tuple[Asked, ScaleText]]
    shown: Sequence[RootShown]  # of each scale
    places: list[Visible]
    visible: Sequence[list[Visible]]  # of each scale
    thresholds: disclosure.Thresholds
    earlier: Mapping[str, tuple[str, Kept]]  # scale digest → wave that asked it last, and its sums


def form_report(form: Form) -> FormReport:
    """The whole part of one informant group."""
    wave = whole_wave(form)
    screens = _screens(form)
    scales = []
    for number, (asked, text) in enumerate(form.asked):
        made = scale_report(wave, number, asked, text, form.shown[number], form.visible[number])
        scales.append(made if made.gap else replace(made, straight=_straight(screens, asked.spec.key, form)))
    return FormReport(
        informant=form.informant,
        questionnaire=form.questionnaire,
        version=form.version,
        invited=form.invited,
        answered=form.answered,
        places=form.places,
        filled=_filled(screens) if screens and form.answered is not None else None,
        gender=bool(form.answers.split.any()),
        scales=scales,
    )


def whole_wave(form: Form) -> WholeWave:
    """The sums over a form's answers."""
    specs = [asked.spec for asked, _ in form.asked]
    own = stats.collect(form.answers.codes, form.answers.group, len(form.tree.parent), specs)
    levels = {kind: _clustered(kind, own.regroup(group, groups)) for kind, group, groups in _levels(form.tree)}
    return WholeWave(form.answers, own.total(), levels, form.thresholds, form.earlier)


def _levels(tree: WaveTree) -> Iterator[tuple[str, Int, int]]:
    """Each level, the number of the group at it that each node belongs to (-1 = none), and how many groups it has."""
    for kind in LEVELS:
        at_level = np.flatnonzero(tree.kind == kind)
        group = np.full(len(tree.parent), -1, dtype=np.int64)
        group[at_level] = np.arange(len(at_level))
        for node, parent in enumerate(tree.parent.tolist()):  # parents come before children
            if group[node] < 0 and parent >= 0:
                group[node] = group[parent]
        if len(at_level):
            yield kind, group, len(at_level)


def _clustered(kind: str, sums: stats.Sums) -> list[Clustered]:
    """How alike the people of one group are, for each scale; each level by itself."""
    model = random_intercept(group_scores(sums))
    columns = (model.groups, model.people, model.icc, model.low, model.high)
    found = []
    for groups, people, icc, low, high in zip(*(column.tolist() for column in columns), strict=True):
        if groups < FEWEST_GROUPS:
            found.append(Clustered(kind, groups, people, None, Gap.FEW_GROUPS))
        elif isnan(icc) or isnan(low) or isnan(high):
            found.append(Clustered(kind, groups, people, None, Gap.NO_SOLUTION))
        else:
            found.append(Clustered(kind, groups, people, Estimate(icc, low, high)))
    return found


def _screens(form: Form) -> ScreenSums | None:
    """Screens of all questions but sensitive ones, over everybody."""
    rows: list[int] = []
    specs = []
    for asked, _text in form.asked:
        if asked.sensitive:
            continue
        # Of a question with several choices one row tells whether it was answered.
        own = asked.spec.items if asked.measured else asked.spec.items[:1]
        if asked.measured:
            specs.append(with_items(asked.spec, items=tuple(range(len(rows), len(rows) + len(own)))))
        rows += own
    if not rows:
        return None
    codes = np.ascontiguousarray(form.answers.codes[rows])
    return collect_screens(codes, np.zeros(codes.shape[1], dtype=np.int64), 1, range(len(rows)), specs)


def _filled(screens: ScreenSums) -> Filled:
    missing, questions = screens.missing[0], len(screens.order)
    at_least_half = questions - (questions + 1) // 2
    return Filled(
        questions=questions,
        sheets=int(missing[:-1].sum()),
        all=int(missing[0]),
        half=int(missing[1 : at_least_half + 1].sum()),
        less=int(missing[at_least_half + 1 : -1].sum()),
        stopped=int(screens.stopped[0].sum()),
    )


def _straight(screens: ScreenSums | None, key: str, form: Form) -> Straight | None:
    """One answer to all questions of a scale where some are turned; the middle one contradicts nothing."""
    keys = [scale.key for scale in screens.scales] if screens else []
    if screens is None or key not in keys:
        return None
    number = keys.index(key)
    scale, counts = screens.scales[number], screens.straight[0, number]
    code = np.arange(len(counts))
    against = int(counts[2 * code != scale.low + scale.high].sum())
    return Straight(int(screens.complete[0, number]), told(against, form.thresholds))
