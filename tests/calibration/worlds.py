"""Invented counties whose truth is known: how pupils fall on units, by how much units differ, and what was answered.

A pupil's latent value is the sum of what her class, grade, school and municipality add and of her own; a question adds
noise and is answered by the step it falls in. All of it is normal, so that `truths` needs no simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kfl.results.making.computed import WaveTree
from kfl.results.making.sheet_arrays import Answers

Float = NDArray[np.float64]
Int = NDArray[np.int64]

CLASS, GRADE, SCHOOL, MUNICIPALITY, REGION, COUNTY = "group", "grade", "school", "municipality", "region", "county"
LEVELS = (CLASS, GRADE, SCHOOL, MUNICIPALITY)  # those that add something, lowest first
TABLE = (0.05, 0.01, 0.03, 0.005)  # shares of the whole variance, as RULES C.3 has them
PERSON = 1 - sum(TABLE)  # what is left for pupils within one class
RELIABLE = 0.8  # how much of that is the pupil and not the four questions' noise
ANSWER, SKIP = 0.87, 0.03
ITEMS, STEPS = 4, 5
SCHOOLS = (18, 14, 10, 8, 7, 6, 5, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1)  # of each municipality
TYPES = ((range(5, 8), (1, 2, 2, 3)), (range(5, 11), (1, 1, 2)), (range(8, 11), (2, 3, 4)))  # grades, classes in each
SHARES = (0.5, 0.25, 0.25)
YEARS = 2  # between two waves


@dataclass(frozen=True, eq=False)
class Instrument:
    """Scales of four questions in five steps."""

    loading: Float  # (scales, items)
    threshold: Float  # (scales, items, steps - 1)

    @property
    def scales(self) -> int:
        return len(self.loading)


def an_instrument(shifts: tuple[float, ...]) -> Instrument:
    """One scale for each shift: 0 is answered around the middle, 1.3 close to the highest answer."""
    random = np.random.default_rng(7)
    shape = (len(shifts), ITEMS)
    loading = random.uniform(0.9, 1.1, shape)
    place = random.normal(0, 0.15, shape) - np.array(shifts)[:, np.newaxis]
    width = random.uniform(0.9, 1.1, shape)
    threshold = place[..., np.newaxis] + width[..., np.newaxis] * np.array([-1.5, -0.5, 0.5, 1.5])
    return Instrument(loading, threshold)


@dataclass(frozen=True)
class Variances:
    """What units of each level and pupils add, on the latent scale; arrays (scales,) where scales differ."""

    between: tuple[float, float, float, float]  # class, grade, school, municipality
    person: float = PERSON * RELIABLE
    noise: float = PERSON * (1 - RELIABLE) * ITEMS
    unlike: tuple[float, ...] = ()  # factors by which `between` differs from scale to scale, in turn

    def factors(self, scales: int) -> Float:
        return np.resize(self.unlike or (1.0,), scales)

    def of(self, level: str, scales: int) -> Float:
        """(scales,) variance between units of a level."""
        return self.factors(scales) * self.between[LEVELS.index(level)]

    def below(self, level: str, scales: int) -> Float:
        """(scales,) variance between pupils of one unit, but for the questions' noise."""
        return self.factors(scales) * sum(self.between[: LEVELS.index(level)]) + self.person


@dataclass(frozen=True, eq=False)
class County:
    """The frozen tree and those invited; classes of a grade are numbered alike in all grades of a school."""

    tree: WaveTree
    invited: Int  # (nodes,) right there
    grade: Int  # (nodes,) of grades and classes, else 0
    before: Int  # (nodes,) the class or grade in which its pupils were `YEARS` ago, if in this county's tree, else -1

    @property
    def parent(self) -> Int:
        return self.tree.parent

    def of_kind(self, kind: str) -> Int:
        return np.flatnonzero(self.tree.kind == kind)

    def ancestor(self, kind: str) -> Int:
        """(nodes,) the unit of a kind that each node is or lies under, else -1."""
        found = np.where(self.tree.kind == kind, np.arange(len(self.parent)), -1)
        for node in range(1, len(found)):
            if found[node] < 0:
                found[node] = found[self.parent[node]]
        return found

    def total(self, values: Int | Float) -> Int | Float:
        """Each node's own and all below it."""
        found = values.copy()
        for node in range(len(found) - 1, 0, -1):
            found[self.parent[node]] += found[node]
        return found


def a_county(random: np.random.Generator, chosen: tuple[int, ...] = SCHOOLS) -> County:
    """Three regions, municipalities with so many schools; one of four schools has exactly 200 or 150 pupils."""
    rows: list[tuple[int, str, int, int, int]] = [(-1, COUNTY, 0, 0, -1)]
    regions = []
    for _ in range(3):
        regions.append(len(rows))
        rows.append((0, REGION, 0, 0, -1))
    for number, schools in enumerate(chosen):
        municipality = len(rows)
        rows.append((regions[number % 3], MUNICIPALITY, 0, 0, -1))
        for _ in range(schools):
            _a_school(random, rows, municipality)
    parent, kind, grade, invited, before = (np.array(column) for column in zip(*rows, strict=True))
    return County(WaveTree(parent, kind), invited, grade, before)


def _a_school(random: np.random.Generator, rows: list[tuple[int, str, int, int, int]], municipality: int) -> None:
    grades, choice = TYPES[random.choice(len(TYPES), p=SHARES)]
    classes = int(random.choice(choice))
    count = len(grades) * classes
    mean = random.uniform(13, 20) if classes == 1 else random.uniform(18, 24)
    sizes = np.clip(np.rint(random.normal(mean, 2.5, count)), 8, 30).astype(int)
    exact = random.choice([0, 0, 150, 200])
    if exact and 14 <= exact / count <= 26:
        sizes = np.full(count, exact // count) + (np.arange(count) < exact % count)
    school = len(rows)
    rows.append((municipality, SCHOOL, 0, 0, -1))
    place: dict[tuple[int, int], int] = {}
    for step, grade in enumerate(grades):
        place[grade, -1] = len(rows)
        rows.append((school, GRADE, grade, 0, place.get((grade - YEARS, -1), -1)))
        for number in range(classes):
            place[grade, number] = len(rows)
            size = int(sizes[step * classes + number])
            rows.append((place[grade, -1], CLASS, grade, size, place.get((grade - YEARS, number), -1)))


@dataclass(frozen=True, eq=False)
class People:
    """Those invited to one wave: class and own latent value."""

    group: Int  # (people,)
    own: Float  # (people, scales)


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave of a county: what its units add (the truth), and its pupils."""

    county: County
    instrument: Instrument
    variances: Variances
    effect: Float  # (nodes, scales) what each unit adds by itself
    people: People

    @property
    def level(self) -> Float:
        """(nodes, scales) what a unit and those above it add together."""
        found = self.effect.copy()
        for node in range(1, len(found)):
            found[node] += found[self.county.parent[node]]
        return found

    def of_schools(self, schools: Int) -> Wave:
        """The same wave in which only these schools take part."""
        inside = np.isin(self.county.ancestor(SCHOOL), schools)
        took = inside[self.people.group]
        county = replace(self.county, invited=np.where(inside, self.county.invited, 0))
        return replace(self, county=county, people=People(self.people.group[took], self.people.own[took]))

    def with_effect(self, effect: Float) -> Wave:
        return replace(self, effect=effect)


def a_wave(random: np.random.Generator, county: County, instrument: Instrument, variances: Variances) -> Wave:
    """Units and pupils drawn anew."""
    effect = np.zeros((len(county.parent), instrument.scales))
    for level in LEVELS:
        units = county.of_kind(level)
        sd = np.sqrt(variances.of(level, instrument.scales))
        effect[units] = sd * random.standard_normal((len(units), instrument.scales))
    group = np.repeat(np.arange(len(county.parent)), county.invited)
    own = np.sqrt(variances.person) * random.standard_normal((len(group), instrument.scales))
    return Wave(county, instrument, variances, effect, People(group, own))


@dataclass(frozen=True)
class Staying:
    """How much of one wave is there in the next."""

    pupils: float = 0.0  # share of a class's pupils who are in the class that follows it
    likeness: float = 0.55  # correlation of the two scores of one pupil
    units: float = 0.5  # share of the variance of a class (a cohort) that stays with it
    schools: float = 1.0  # correlation of what a school adds: below 1 schools truly change


def the_next(random: np.random.Generator, wave: Wave, staying: Staying) -> Wave:
    """The same schools two years later: schools and municipalities stay, classes move up, the others are new."""
    county = wave.county
    new = a_wave(random, county, wave.instrument, wave.variances)
    effect = new.effect.copy()
    for level in (SCHOOL, MUNICIPALITY):
        effect[county.of_kind(level)] = wave.effect[county.of_kind(level)]
    schools, r = county.of_kind(SCHOOL), staying.schools
    effect[schools] = r * effect[schools] + np.sqrt(1 - r**2) * new.effect[schools]
    if staying.pupils:
        moved = np.flatnonzero(county.before >= 0)
        kept, made = np.sqrt(staying.units), np.sqrt(1 - staying.units)
        effect[moved] = kept * wave.effect[county.before[moved]] + made * new.effect[moved]
    return replace(new, effect=effect, people=_moved_up(random, wave, new, staying))


def _moved_up(random: np.random.Generator, wave: Wave, new: Wave, staying: Staying) -> People:
    """Pupils of the second wave, of whom some were in the first."""
    county, own = wave.county, new.people.own.copy()
    r = min(staying.likeness / RELIABLE, 1.0)  # the score holds noise that is new each time
    first = np.cumsum(county.invited) - county.invited
    for node in np.flatnonzero((county.before >= 0) & (county.invited > 0)):
        then = county.before[node]
        both = min(county.invited[node], county.invited[then])
        here = first[node] + np.flatnonzero(random.random(both) < staying.pupils)
        there = here - first[node] + first[then]
        own[here] = r * wave.people.own[there] + np.sqrt(1 - r**2) * own[here]
    return People(new.people.group, own)


def answers_of(random: np.random.Generator, wave: Wave) -> Answers:
    """What those who answer chose; the last question of each scale is worded the other way round."""
    came = random.random(len(wave.people.group)) < ANSWER
    group, own = wave.people.group[came], wave.people.own[came]
    value = wave.level[group] + own
    instrument, people = wave.instrument, len(group)
    codes = np.empty((instrument.scales * ITEMS, people), dtype=np.int8)
    for scale in range(instrument.scales):
        for item in range(ITEMS):
            noise = np.sqrt(wave.variances.noise) * random.standard_normal(people)
            heard = instrument.loading[scale, item] * value[:, scale] + noise
            code = 1 + np.searchsorted(instrument.threshold[scale, item], heard)
            codes[scale * ITEMS + item] = STEPS + 1 - code if item == ITEMS - 1 else code
    codes[random.random(codes.shape, dtype=np.float32) < SKIP] = -1
    return Answers(group, np.zeros(people, dtype=np.int8), codes, np.ones(people, dtype=bool))
