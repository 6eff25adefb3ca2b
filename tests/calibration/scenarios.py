"""The counties that are tried, and what is counted in one of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from kfl.results.making.computed import FrozenScale

from . import goals, measures, planted
from .tallies import Counts
from .told import freezes, results_of, told
from .worlds import (
    CLASS,
    MUNICIPALITY,
    SCHOOL,
    TABLE,
    Instrument,
    Staying,
    Variances,
    Wave,
    a_county,
    a_wave,
    an_instrument,
    answers_of,
    the_next,
)

PLAIN = (0.0, 0.3, 0.6) * 4
SKEWED = (1.3,) * 12
SAME_PUPILS = Staying(pupils=0.9)  # of the classes that go on at their school: about 37 of 100 pupils in all
CHANGING = Staying(pupils=0.9, schools=0.6)  # by about 15 points (SD)


@dataclass(frozen=True)
class Scenario:
    """One world. Its counties are drawn from its name and their number, so that they are the same in every run."""

    name: str
    variances: Variances
    shifts: tuple[float, ...] = PLAIN
    frozen: Variances | None = None  # of an earlier county whose reference is used; None = this wave makes its own
    schools: int = 0  # so many took part in the wave that froze it; 0 = all
    staying: Staying | None = None  # two waves: what stays from the first, whose reference the second uses
    plants: bool = False
    has_goals: bool = False

    @property
    def instrument(self) -> Instrument:
        return an_instrument(self.shifts)


DIFFER = Variances(TABLE)
NOTHING = Variances((0.0,) * 4)
DOUBLE, HALF = (Variances((factor * 0.05, factor * 0.01, factor * 0.03, factor * 0.005)) for factor in (2, 0.5))
UNLIKE = Variances(TABLE, unlike=(0.4, 1.0, 1.6))
SCENARIOS = (
    Scenario("nothing differs", NOTHING),
    Scenario("nothing differs, frozen where units did", NOTHING, frozen=DIFFER),
    Scenario("nothing differs or changes, two waves", NOTHING, staying=Staying()),
    Scenario("classes and grades differ", Variances((*TABLE[:2], 0.0, 0.0))),
    Scenario("all differ", DIFFER),
    Scenario("all differ, skewed scales", DIFFER, SKEWED),
    Scenario("scales differ in how much units differ", UNLIKE),
    Scenario("two waves, other pupils", DIFFER, staying=Staying()),
    Scenario("two waves, 37 % the same pupils", DIFFER, staying=SAME_PUPILS, has_goals=True),
    Scenario("two waves, schools change, SD 15 points", DIFFER, staying=CHANGING),
    Scenario("τ frozen from 8 schools", DIFFER, frozen=DIFFER, schools=8),
    Scenario("τ frozen from 12 schools", DIFFER, frozen=DIFFER, schools=12),
    Scenario("ICC doubled since it was frozen", DOUBLE, frozen=DIFFER),
    Scenario("ICC halved since it was frozen", HALF, frozen=DIFFER),
    Scenario("power, first wave", DIFFER, plants=True),
    Scenario("power, with change", DIFFER, staying=SAME_PUPILS, plants=True),
    Scenario("units differ twice as much as usual, τ frozen from 8 schools", DOUBLE, frozen=DOUBLE, schools=8),
)
POWER = tuple(one.name for one in SCENARIOS if one.plants)
GOALS_SET = tuple(one.name for one in SCENARIOS if one.has_goals)
TWO_WAVES = tuple(one.name for one in SCENARIOS if one.staying and not one.plants)
# Enough for a standard error of about half a per cent where pages of a school are counted, and 3 % of power.
COUNTIES = {one.name: 100 if one.plants else 60 for one in SCENARIOS}
CHANGES = tuple(one.name for one in SCENARIOS if one.staying and one.staying.schools < 1)
DIFFERENT = tuple(one.name for one in SCENARIOS if one.variances in (DIFFER, UNLIKE) and not one.plants)


def one_county(scenario: Scenario, number: int) -> Counts:
    """Everything that is counted in one county of a scenario."""
    random = np.random.default_rng([zlib.crc32(scenario.name.encode()), number])
    if scenario.staying is None:
        return _one_wave(random, scenario)
    return _two_waves(random, scenario)


def _one_wave(random: np.random.Generator, scenario: Scenario) -> Counts:
    wave = _drawn(random, scenario, scenario.variances)
    if scenario.plants:
        wave, moved = planted.plant(random, wave, (MUNICIPALITY, SCHOOL, CLASS))
        return planted.measure(told(wave.county, answers_of(random, wave)), moved)
    return measures.measure(wave, told(wave.county, answers_of(random, wave), _frozen(random, scenario)))


def _frozen(random: np.random.Generator, scenario: Scenario) -> dict[str, FrozenScale] | None:
    """What the first wave of another county froze, in which only some schools may have taken part."""
    if not scenario.frozen:
        return None
    wave = _drawn(random, scenario, scenario.frozen)
    if scenario.schools:
        schools = random.choice(wave.county.of_kind(SCHOOL), scenario.schools, replace=False)
        wave = wave.of_schools(schools)
    return freezes(results_of(wave.county, answers_of(random, wave)))


def _two_waves(random: np.random.Generator, scenario: Scenario) -> Counts:
    assert scenario.staying
    first = _drawn(random, scenario, scenario.variances)
    if scenario.plants:
        first, moved = planted.plant(random, first, (MUNICIPALITY, SCHOOL))
    before = told(first.county, answers_of(random, first))
    frozen, second = freezes(before.results), the_next(random, first, scenario.staying)
    if scenario.plants:
        second, classes = planted.plant(random, second, (CLASS,))
        return planted.measure(told(second.county, answers_of(random, second), frozen, before), moved + classes)
    after = told(second.county, answers_of(random, second), frozen, before)
    counts = measures.measure(second, after, measures.true_change(after, first, second))
    if scenario.has_goals:
        chosen = goals.choose(random, first, before)
        counts |= goals.unchanged(before, after, chosen)
        helped = goals.raise_helped(second, first, chosen, before.reference.sigma)
        after = told(second.county, answers_of(random, helped), frozen, before)
        counts |= goals.gained(before, after, chosen)
    return counts


def _drawn(random: np.random.Generator, scenario: Scenario, variances: Variances) -> Wave:
    return a_wave(random, a_county(random), scenario.instrument, variances)
