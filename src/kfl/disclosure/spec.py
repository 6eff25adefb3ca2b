"""The rules as examples: each case is a test, and together they are the tables of docs/privacy-rules.md.

``python -m kfl.disclosure.spec FILE`` writes the tables anew between the file's two marks.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from kfl.disclosure import spec_panels
from kfl.disclosure.decision import decide
from kfl.disclosure.rules import Int, JudgedScale
from kfl.disclosure.spec_panels import PanelCase
from kfl.disclosure.thresholds import Thresholds
from kfl.disclosure.tree import Tree

START, END = "<!-- spec: start -->", "<!-- spec: end -->"

Answers = tuple[int, int, int, int]  # how many gave each of four answers


def spread(people: int) -> Answers:
    """Answers as different as can be."""
    quarter, over = divmod(people, 4)
    return tuple(quarter + (place < over) for place in range(4))  # type: ignore[return-value]


def alike(people: int, others: int = 0) -> Answers:
    """All give the highest answer, but for a few who give the lowest."""
    return others, 0, 0, people - others


NOBODY = spread(0)


@dataclass(frozen=True)
class Group:
    """A node and those who hang directly on it."""

    name: str
    girls: Answers = NOBODY
    boys: Answers = NOBODY
    blank: Answers = NOBODY
    under: str = "Skolen"
    skipped: int = 0  # girls who leave the second item open, those with the lowest answers first


def mixed(name: str, answers: Answers, under: str = "Skolen", skipped: int = 0) -> Group:
    """A group where gender plays no part."""
    return Group(name, girls=answers, under=under, skipped=skipped)


def sexes(name: str, girls: int, boys: int, blank: int = 0) -> Group:
    """A group with spread answers on both sides."""
    return Group(name, spread(girls), spread(boys), spread(blank))


@dataclass(frozen=True)
class Case:
    """One line of a table: a school's groups, and which of them are shown."""

    rule: str
    table: str  # scale, items or split: what the line is about
    situation: str
    groups: tuple[Group, ...]
    shown: str  # names, the school's included, with commas between

    def outcome(self) -> tuple[list[str], list[str]]:
        """Names of those shown and those hidden, as `decide` has it."""
        names = ["Skolen"] + [group.name for group in self.groups if group.name != "Skolen"]
        parent = {group.name: names.index(group.under) for group in self.groups}
        counts = np.zeros((len(names), 3, 2, 5), dtype=np.int64)
        for group in self.groups:
            counts[names.index(group.name)] = _counts(group)
        tree = Tree(np.array([-1] + [parent[name] for name in names[1:]]))
        scale = JudgedScale("skala", (0, 1), (False, False), 1, 4)
        marks = getattr(decide(tree, counts, [scale], Thresholds()).shown(), self.table)[:, 0]
        shown = [name for name, mark in zip(names, marks, strict=True) if mark]
        return shown, [name for name in names if name not in shown]


def _counts(group: Group) -> Int:
    counts = np.zeros((3, 2, 5), dtype=np.int64)
    for part, answers in enumerate((group.blank, group.girls, group.boys)):
        counts[part, :, 1:] = answers
    for code in range(1, 5):
        left_open = min(group.skipped - int(counts[1, 0].sum() - counts[1, 1].sum()), int(counts[1, 1, code]))
        counts[1, 1, code] -= left_open
    return counts


_BLOCKS = "Byggeklosser: minst 7 svar, også i det som er skjult"
_ENDS = "Når hele skalaen står på ytterpunktet"
_ITEMS = "Fordeling av svar på hvert spørsmål: minst 10 svar, og aldri nesten likt"
_SPLIT = "Jenter og gutter hver for seg"

CASES: tuple[Case, ...] = (
    Case(_BLOCKS, "scale", "A har 20 svar, B har 7", (mixed("A", spread(20)), mixed("B", spread(7))), "Skolen, A, B"),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, B har 6: med A synlig kunne B regnes ut",
        (mixed("A", spread(20)), mixed("B", spread(6))),
        "Skolen",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, B har 3, C har 4: de skjulte er 7 til sammen",
        (mixed("A", spread(20)), mixed("B", spread(3)), mixed("C", spread(4))),
        "Skolen, A",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, B har 3, C har 3: de skjulte er bare 6",
        (mixed("A", spread(20)), mixed("B", spread(3)), mixed("C", spread(3))),
        "Skolen",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, B har 12, C har 4: den minste synlige skjules sammen med C",
        (mixed("A", spread(20)), mixed("B", spread(12)), mixed("C", spread(4))),
        "Skolen, A",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, i B har ingen svart",
        (mixed("A", spread(20)), mixed("B", NOBODY)),
        "Skolen, A",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, og 6 har svart uten å høre til en klasse",
        (mixed("A", spread(20)), mixed("Skolen", spread(6))),
        "Skolen",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A har 20 svar, og 7 har svart uten å høre til en klasse",
        (mixed("A", spread(20)), mixed("Skolen", spread(7))),
        "Skolen, A",
    ),
    Case(
        _BLOCKS,
        "scale",
        "A og B har 20 svar hver, men bare 6 i B har svart på det andre spørsmålet",
        (mixed("A", spread(20)), mixed("B", spread(20), skipped=14)),
        "Skolen",
    ),
    Case(
        _BLOCKS,
        "scale",
        "8. trinn har 6 svar, 9. trinn har 20 i to klasser på 10: 9. trinn skjules med klassene sine, 10. vises",
        (
            mixed("8. trinn", spread(6)),
            mixed("9. trinn", NOBODY),
            mixed("10. trinn", spread(30)),
            mixed("9A", spread(10), under="9. trinn"),
            mixed("9B", spread(10), under="9. trinn"),
        ),
        "Skolen, 10. trinn",
    ),
    Case(_BLOCKS, "scale", "Skolen har 6 svar", (mixed("A", spread(6)),), ""),
    Case(
        _ENDS,
        "scale",
        "Alle i B (20) har gitt det høyeste svaret: A (25) kunne brukt til å regne det ut",
        (mixed("A", spread(25)), mixed("B", alike(20))),
        "Skolen",
    ),
    Case(
        _ENDS,
        "scale",
        "Det samme, med en C (12) som har svart ulikt: C skjules sammen med B",
        (mixed("A", spread(25)), mixed("B", alike(20)), mixed("C", spread(12))),
        "Skolen, A",
    ),
    Case(
        _ENDS,
        "scale",
        "Ett eneste svar i B skiller seg fra det høyeste",
        (mixed("A", spread(25)), mixed("B", alike(20, others=1), skipped=1)),
        "Skolen",
    ),
    Case(
        _ENDS,
        "scale",
        "To svar i B skiller seg fra det høyeste",
        (mixed("A", spread(25)), mixed("B", alike(20, others=1))),
        "Skolen, A, B",
    ),
    Case(_ITEMS, "items", "A og B har 10 svar hver", (mixed("A", spread(10)), mixed("B", spread(10))), "Skolen, A, B"),
    Case(_ITEMS, "items", "A har 20 svar, B har 9", (mixed("A", spread(20)), mixed("B", spread(9))), "Skolen"),
    Case(
        _ITEMS,
        "items",
        "A har 20 svar, B har 5, C har 5: de skjulte er 10 til sammen",
        (mixed("A", spread(20)), mixed("B", spread(5)), mixed("C", spread(5))),
        "Skolen, A",
    ),
    Case(
        _ITEMS,
        "items",
        "Alle unntatt én i B (20) har svart det samme",
        (mixed("A", spread(25)), mixed("B", alike(20, others=1))),
        "Skolen",
    ),
    Case(
        _ITEMS,
        "items",
        "Alle unntatt to i B (20) har svart det samme",
        (mixed("A", spread(25)), mixed("B", alike(20, others=2))),
        "Skolen, A, B",
    ),
    Case(
        _ITEMS,
        "items",
        "B (20) og C (12) har nesten alle svart det samme; til sammen er det fortsatt bare én som skiller seg ut",
        (mixed("A", spread(25)), mixed("B", alike(20, others=1)), mixed("C", alike(12))),
        "Skolen",
    ),
    Case(
        _ITEMS,
        "items",
        "B (20) og C (12) har nesten alle svart det samme; til sammen er det to som skiller seg ut",
        (mixed("A", spread(25)), mixed("B", alike(20, others=1)), mixed("C", alike(12, others=1))),
        "Skolen, A",
    ),
    Case(_SPLIT, "split", "A har 7 jenter og 7 gutter", (sexes("A", 7, 7),), "Skolen, A"),
    Case(_SPLIT, "split", "A har 7 jenter og 6 gutter", (sexes("A", 7, 6),), ""),
    Case(
        _SPLIT,
        "split",
        "A har 10 av hver, B har 10 jenter og 3 gutter: skolens tall minus A ville gitt tre gutter",
        (sexes("A", 10, 10), sexes("B", 10, 3)),
        "A",
    ),
    Case(
        _SPLIT,
        "split",
        "A har 10 av hver, B og C har 10 jenter og 4 gutter: til sammen 8",
        (sexes("A", 10, 10), sexes("B", 10, 4), sexes("C", 10, 4)),
        "Skolen, A",
    ),
    Case(
        _SPLIT,
        "split",
        "A har 10 av hver, B har 10 jenter og ingen gutter",
        (sexes("A", 10, 10), sexes("B", 10, 0)),
        "Skolen, A",
    ),
    Case(_SPLIT, "split", "A har 10 av hver og 6 uten kjønn", (sexes("A", 10, 10, 6),), ""),
    Case(_SPLIT, "split", "A har 10 av hver og 7 uten kjønn", (sexes("A", 10, 10, 7),), "Skolen, A"),
    Case(
        _SPLIT,
        "split",
        "A har 3 jenter og 8 uten kjønn, B har 10 jenter, C har 10 gutter: skolens jenter minus B er tre",
        (sexes("A", 3, 0, 8), sexes("B", 10, 0), sexes("C", 0, 10)),
        "",
    ),
)


def tables() -> str:
    """All cases as Markdown, a table for each rule."""
    lines: list[str] = []
    every: tuple[Case | PanelCase, ...] = (*CASES, *spec_panels.CASES)
    for rule, cases in groupby(every, key=lambda case: case.rule):
        lines += ["", f"### {rule}", "", "| Situasjon | Vises | Skjules |", "|---|---|---|"]
        for case in cases:
            shown, hidden = case.outcome()
            lines.append(f"| {case.situation} | {', '.join(shown) or '–'} | {', '.join(hidden) or '–'} |")
    return "\n".join([*lines, ""])


def with_tables(document: str) -> str:
    """The document with the tables between its marks made anew."""
    before, rest = document.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
