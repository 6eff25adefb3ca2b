"""Random series of waves that are hard on panels: few classes, some who come and go, gender that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure import JudgedScale, Shown, Tree
from kfl.disclosure.attacker import Leak, Matrix, PartTotals, Released, find_leaks, matrices
from kfl.disclosure.decision import _decide
from kfl.disclosure.panels import PanelWave, decide_panel

CODES = 5  # 0 is never given
PARTS = 24  # in an attack: gender, whether the sheet is complete, one panel, the other


@dataclass(frozen=True, eq=False)
class Sheets:
    """One wave: who answered, where, and what is shown of them without any panel."""

    tree: Tree
    person: NDArray[np.int64]  # (sheets,)
    node: NDArray[np.int64]
    gender: NDArray[np.int64]
    codes: NDArray[np.int64]  # (items, sheets)
    alone: NDArray[np.bool_]
    shown: Shown

    def row_of(self, other: Sheets) -> NDArray[np.int64]:
        """For each sheet the row of the same person's in another wave, or -1."""
        where = {person: row for row, person in enumerate(other.person.tolist())}
        return np.array([where.get(person, -1) for person in self.person.tolist()], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Series:
    """Waves of one form; the upper nodes are the same in all, classes hang under them as each wave has it."""

    waves: list[Sheets]
    upper: int  # the first so many nodes are the same units in every wave
    scale: JudgedScale
    k: int
    panels: dict[int, NDArray[np.bool_]] = field(default_factory=dict)  # by later wave: where it is shown, (upper,)

    def members(self, later: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Who is in the panel of a wave and the one before it, in either."""
        now, then = self.waves[later], self.waves[later - 1]
        row = now.row_of(then)
        both = (row >= 0) & scored(now)
        rows = np.flatnonzero(both)
        both[rows] = scored(then)[row[rows]] & (self._school(now)[rows] == self._school(then)[row[rows]])
        there = np.zeros(len(then.person), dtype=bool)
        there[row[both]] = True
        return both, there

    def _school(self, wave: Sheets) -> NDArray[np.int64]:
        return wave.tree.nearest(np.arange(len(wave.tree)) < self.upper)[wave.node]

    def sides(self, later: int, **switched_off: object) -> tuple[PanelWave, PanelWave]:
        """Both waves of a panel as the rule takes them; `switched_off` replaces what it is told."""
        now, then = self.members(later)
        other = self.panels.get(later - 1)
        beside = {} if other is None else {
            "other": self.members(later - 1)[0], "other_shown": self._marks(self.waves[later - 1], other)
        }  # fmt: skip
        waves = [self._side(later, now), replace(self._side(later - 1, then), **beside)]
        if "gender" in switched_off:
            waves = [replace(wave, part=wave.part * 0) for wave in waves]
        if "other" in switched_off:
            waves = [replace(wave, other=None, other_shown=None) for wave in waves]
        return waves[0], waves[1]

    def _side(self, number: int, member: NDArray[np.bool_]) -> PanelWave:
        wave = self.waves[number]
        part = wave.gender + 3 * complete(wave)
        return PanelWave(
            wave.tree, wave.node, wave.codes, [self.scale], part, wave.alone, member,
            wave.shown.scale[:, 0], self.k,
        )  # fmt: skip

    def decided(self, later: int, **switched_off: object) -> NDArray[np.bool_]:
        now, then = self.sides(later, **switched_off)
        pairs = np.repeat(np.arange(self.upper)[:, np.newaxis], 2, axis=1)
        return decide_panel(now, then, pairs, self.waves[later].row_of(self.waves[later - 1]))

    def naive(self, later: int) -> NDArray[np.bool_]:
        """Wherever both sides have k answers, in both waves."""
        marks = np.ones(self.upper, dtype=bool)
        for wave in self.sides(later):
            marks &= wave.shown[: self.upper]
            for side in (wave.member, ~wave.member):
                for item in wave.items:
                    held = side & wave.alone & (wave.codes[item] >= 0)
                    own = np.bincount(wave.node[held], minlength=len(wave.tree))
                    marks &= wave.tree.totals(own)[: self.upper] >= self.k
        return marks

    def _marks(self, wave: Sheets, upper: NDArray[np.bool_]) -> NDArray[np.bool_]:
        marks = np.zeros(len(wave.tree), dtype=bool)
        marks[: self.upper] = upper
        return marks

    def attacked(self, *, reports: bool = False) -> list[Matrix]:
        """Pages, girls and boys, and all panels of every wave; and its complete sheets, as a report has them."""
        releases = []
        for number, wave in enumerate(self.waves):
            panels = []
            if number in self.panels:
                panels.append((self.members(number)[0], self.panels[number]))
            if number + 1 in self.panels:
                panels.append((self.members(number + 1)[1], self.panels[number + 1]))
            part = wave.gender + 3 * complete(wave)
            for place, (member, _marks) in enumerate(panels):
                part += 6 * (place + 1) * member
            parts = np.arange(PARTS)
            sides = [PartTotals(parts[parts % 3 == gender].tolist(), wave.shown.split) for gender in (1, 2)]
            for place, (_member, marks) in enumerate(panels):
                held = parts[(parts // 6) & (place + 1) > 0].tolist()
                sides.append(PartTotals(held, self._marks(wave, marks)[:, np.newaxis]))
            if reports:
                whole = (np.arange(len(wave.tree)) == 0)[:, np.newaxis]
                held = parts[parts // 3 % 2 == 1]
                sides += [PartTotals(held[held % 3 == gender].tolist(), whole) for gender in (1, 2)]
                sides.append(PartTotals(held.tolist(), whole))
            counts, alone = (counted(wave, part, PARTS, people) for people in (np.ones_like(wave.alone), wave.alone))
            releases.append(Released(f"T{number}", wave.tree, counts, [self.scale], wave.shown, alone, sides))
        return matrices(releases, self.k, self.k)

    def leaks(self, *, reports: bool = False) -> list[Leak]:
        return [leak for matrix in self.attacked(reports=reports) for leak in find_leaks(matrix)]


def scored(wave: Sheets) -> NDArray[np.bool_]:
    answered = (wave.codes >= 0).sum(axis=0)
    return np.asarray(2 * answered >= len(wave.codes))


def complete(wave: Sheets) -> NDArray[np.bool_]:
    return np.asarray((wave.codes >= 0).all(axis=0))


def counted(wave: Sheets, part: NDArray[np.int64], parts: int, people: NDArray[np.bool_]) -> NDArray[np.int64]:
    table = np.zeros((len(wave.tree), parts, len(wave.codes), CODES), dtype=np.int64)
    for item, given in enumerate(wave.codes):
        held = people & (given >= 0)
        np.add.at(table[:, :, item], (wave.node[held], part[held], given[held]), 1)
    return table


def random_series(seed: int, waves: int = 2, largest_k: int = 8) -> Series:
    random = np.random.default_rng(seed)
    k = int(random.integers(3, largest_k + 1))
    parent = _upper(random)
    items = int(random.integers(1, 3))
    scale = JudgedScale("scale", tuple(range(items)), tuple(random.random(items) < 0.3), 1, CODES - 1)
    schools = [node for node in range(len(parent)) if node not in parent]
    # How often somebody is in just these waves, by gender: all who stay may be girls.
    kinds = random.dirichlet(np.full(2**waves - 1, random.choice([0.2, 1.0, 5.0])), size=3)
    if (
        waves == 3 and random.random() < 0.4
    ):  # nearly all of the second wave are in just one of two panels, or in both or none
        usual = np.zeros(7)
        usual[list(random.choice([(0b011, 0b110), (0b111, 0b010)])) - np.ones(2, dtype=int)] = 0.5
        kinds = 0.1 * kinds + 0.9 * usual
    people: list[tuple[int, int, int]] = []  # school, gender, in which waves
    for school in schools:
        for _ in range(int(random.poisson(random.choice([0, 2 * k, 4 * k, 8 * k])))):
            gender = int(random.choice(3, p=[0.02, 0.49, 0.49]))
            people.append((school, gender, 1 + int(random.choice(len(kinds[gender]), p=kinds[gender]))))
    return Series([_wave(random, number, parent, people, scale, k) for number in range(waves)], len(parent), scale, k)


def _upper(random: np.random.Generator) -> list[int]:
    parent, level = [-1], [0]
    for _ in range(int(random.integers(1, 3))):
        below = [node for node in level for _ in range(int(random.integers(1, 4)))]
        level = list(range(len(parent), len(parent) + len(below)))
        parent += below
    return parent


def _wave(
    random: np.random.Generator,
    number: int,
    upper: list[int],
    people: list[tuple[int, int, int]],
    scale: JudgedScale,
    k: int,
) -> Sheets:
    parent, classes = list(upper), {}
    for school in {school for school, _gender, _waves in people}:
        classes[school] = [school, *range(len(parent), len(parent) + int(random.integers(1, 4)))]
        parent += [school] * (len(classes[school]) - 1)
    here = [(person, school, gender) for person, (school, gender, waves) in enumerate(people) if waves >> number & 1]
    node = np.array(
        [random.choice(classes[school][1:] if random.random() < 0.98 else classes[school]) for _p, school, _g in here],
        dtype=np.int64,
    )
    usual, alike = random.integers(1, CODES), random.choice([0, 0.5, 0.95])
    codes = random.integers(1, CODES, (len(scale.items), len(here)))
    codes = np.where(random.random(codes.shape) < alike, usual, codes)
    codes[random.random(codes.shape) < random.choice([0, 0.05, 0.3])] = -1
    tree = Tree(np.array(parent))
    alone = random.random(len(here)) < random.choice([1, 0.9])
    wave = Sheets(
        tree,
        np.array([person for person, _s, _g in here], dtype=np.int64),
        node,
        np.array([gender for _p, _s, gender in here], dtype=np.int64),
        codes,
        alone,
        Shown(*(np.zeros((len(parent), 1), dtype=bool) for _ in range(3))),
    )
    counts, those = (counted(wave, wave.gender, 3, people) for people in (np.ones(len(here), dtype=bool), alone))
    return replace(wave, shown=_decide(tree, counts, [scale], k, k, those).shown())
