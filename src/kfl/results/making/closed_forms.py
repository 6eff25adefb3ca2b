"""One form of a closed wave before anything is computed: the frozen tree, what was asked, the sheets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.conf import settings

from kfl import disclosure
from kfl.surveys.models import NodeKind, Wave, WaveForm, WaveNode

from ..payload import NodeBeside, ScaleText
from . import extract, questions
from .compute import rule_of
from .computed import AskedScale, WaveTree
from .history import Key
from .sheet_arrays import Answers, Int, rows_together

OWNS_SHEETS = {NodeKind.SCHOOL, NodeKind.KINDERGARTEN}


@dataclass(frozen=True, eq=False)
class FrozenWave:
    """The wave's nodes as they were named when it opened, in order of their numbers."""

    wave: Wave
    tree: WaveTree
    places: list[NodeBeside]
    keys: list[Key]


def frozen_wave(wave: Wave) -> FrozenWave:
    """The wave's tree as arrays."""
    nodes = WaveNode.objects.within(wave).order_by("number")
    rows = list(nodes.values_list("number", "parent__number", "kind", "unit_id", "grade", "name"))
    parent = np.array([-1 if row[1] is None else row[1] for row in rows], dtype=np.int64)
    tree = WaveTree(parent, np.array([row[2] for row in rows]))
    places = [NodeBeside(number, kind, name, grade) for number, _, kind, _, grade, name in rows]
    return FrozenWave(wave, tree, places, [key_of(kind, unit, grade) for _, _, kind, unit, grade, _ in rows])


def key_of(kind: str, unit: int, grade: int | None) -> Key:
    """A grade is found again by its school and its number; everything else by its unit."""
    return unit, grade if kind == NodeKind.GRADE else None


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """One form of a closed wave."""

    frozen: FrozenWave
    form: WaveForm
    answers: Answers
    asked: list[AskedScale]
    texts: list[ScaleText]

    @cached_property
    def tree(self) -> disclosure.Tree:
        """The wave's whole tree, as the rules take it."""
        return disclosure.Tree(self.frozen.tree.parent)

    @cached_property
    def rules(self) -> tuple[disclosure.JudgedScale, ...]:
        """The scales as the rules see them."""
        return tuple(rule_of(scale) for scale in self.asked)

    @cached_property
    def rows(self) -> list[list[int]]:
        """For each scale the rows of its items and of all scales that share items with it."""
        return rows_together(self.rules)

    @cached_property
    def school(self) -> Int:
        """The school or kindergarten at or above each node, by its number among units; -1 where there is none."""
        at = self.tree.nearest(np.isin(self.frozen.tree.kind, list(OWNS_SHEETS)))
        unit = np.array([key[0] for key in self.frozen.keys], dtype=np.int64)
        return np.where(at >= 0, unit[at], -1)

    @property
    def name(self) -> tuple[str, int]:
        """How its answers are found."""
        return self.frozen.wave.slug, self.form.number


def closed_form(frozen: FrozenWave, form: WaveForm) -> ClosedForm:
    """The form's sheets, and what was asked.

    Raises
    ------
    WaveNotClosed
        The wave still takes answers.
    DoublesUnknown
        The key that tells who handed in more than one sheet is missing or open to others.
    """
    answers, rows = extract.answers(settings.KFL_DATA / "answers", frozen.wave.slug, form.number)
    pairs = questions.asked(form, rows)
    return ClosedForm(frozen, form, answers, [one for one, _ in pairs], [text for _, text in pairs])
