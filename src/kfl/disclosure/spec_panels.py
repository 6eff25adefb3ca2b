"""The panel's rule as examples, for `spec`: schools in a municipality, and where those who answered twice are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kfl.disclosure.panels import PanelWave, decide_panel
from kfl.disclosure.rules import Int, JudgedScale
from kfl.disclosure.thresholds import Thresholds
from kfl.disclosure.tree import Tree

WHOLE = "Kommunen"
SCALE = JudgedScale("skala", (0,), (False,), 1, 4)


@dataclass(frozen=True)
class SchoolSheets:
    """A school without classes: its sheets, half of them girls' unless told, by whether they are in the panel."""

    name: str
    both: int  # answered in both waves
    once: int  # in this one only, and as many in the earlier one only
    girls_both: int | None = None
    girls_once: int | None = None
    other_both: int | None = None  # of those in both, also in the panel of the wave before with the one before that
    other_once: int = 0


@dataclass(frozen=True)
class PanelCase:
    """One line of the table."""

    rule: str
    situation: str
    schools: tuple[SchoolSheets, ...]
    shown: str

    def outcome(self) -> tuple[list[str], list[str]]:
        """Names of those shown and those hidden, as `decide_panel` has it."""
        names = [WHOLE, *(school.name for school in self.schools)]
        wave = _wave(self.schools)
        later = replace(wave, other=None, other_shown=None)
        pairs = np.repeat(np.arange(len(names))[:, np.newaxis], 2, axis=1)
        marks = decide_panel(later, wave, pairs, np.where(wave.member, np.arange(len(wave.node)), -1))
        shown = [name for name, mark in zip(names, marks, strict=True) if mark]
        return shown, [name for name in names if name not in shown]


def _wave(schools: tuple[SchoolSheets, ...]) -> PanelWave:
    columns: list[Int] = []
    for place, school in enumerate(schools, start=1):
        for inside, many, girls, other in (
            (1, school.both, school.girls_both, school.other_both or 0),
            (0, school.once, school.girls_once, school.other_once),
        ):
            order = np.arange(many)
            girl = order < (many // 2 if girls is None else girls)
            columns.append(np.stack([order * 0 + place, order * 0 + inside, girl, order < other, 1 + order % 4]))
    node, inside, girl, other, code = np.concatenate(columns, axis=1)
    nodes = len(schools) + 1
    tree = Tree(np.array([-1] + [0] * len(schools)))
    told = any(school.other_both is not None for school in schools)
    everybody, everywhere = np.ones(len(node), dtype=bool), np.ones(nodes, dtype=bool)
    return PanelWave(
        tree, node, code[np.newaxis], [SCALE], girl, everybody, inside == 1, everywhere, Thresholds().k,
        other == 1 if told else None, everywhere if told else None,
    )  # fmt: skip


RULE = "De som svarte begge ganger"

CASES: tuple[PanelCase, ...] = (
    PanelCase(RULE, "A: 14 begge ganger og 14 bare denne", (SchoolSheets("A", 14, 14),), "Kommunen, A"),
    PanelCase(RULE, "A: 14 begge ganger og 6 bare denne", (SchoolSheets("A", 14, 6),), ""),
    PanelCase(RULE, "A: 6 begge ganger og 14 bare denne", (SchoolSheets("A", 6, 14),), ""),
    PanelCase(
        RULE,
        "A: 14 og 14. B: 14 og 6. Kommunens tall minus tallet til A ville gitt seks i B: A viker for kommunen",
        (SchoolSheets("A", 14, 14), SchoolSheets("B", 14, 6)),
        "Kommunen",
    ),
    PanelCase(
        RULE,
        "A: 14 og 14. B og C: 14 og 6 hver, til sammen 12",
        (SchoolSheets("A", 14, 14), SchoolSheets("B", 14, 6), SchoolSheets("C", 14, 6)),
        "Kommunen, A",
    ),
    PanelCase(
        RULE,
        "A: 14 og 14. I B svarte alle 14 begge ganger",
        (SchoolSheets("A", 14, 14), SchoolSheets("B", 14, 0)),
        "Kommunen, A",
    ),
    PanelCase(
        RULE,
        "A: 20 jenter og 1 gutt begge ganger, 2 jenter og 20 gutter bare denne. "
        "Jentenes tall minus de som svarte begge ganger, ville gitt tre",
        (SchoolSheets("A", 21, 22, girls_both=20, girls_once=2),),
        "",
    ),
    PanelCase(
        RULE,
        "A: 20 begge ganger og 20 bare første. Av dem som svarte begge, var 2 med gangen før også; av de andre var 18",
        (SchoolSheets("A", 20, 20, other_both=2, other_once=18),),
        "",
    ),
)  # fmt: skip
