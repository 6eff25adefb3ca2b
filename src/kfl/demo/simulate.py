"""Simulated answers: correlated traits of persons, classes and schools, turned into codes item by item.

A person's standing on a scale is made of a general part that all scales share, a part of its own that lasts
from wave to wave, and one that does not; to it come the class's and the school's. Each item sees that standing
through noise and its own thresholds. All numbers come from streams by purpose, so a wave does not move another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .streams import stream

Floats = NDArray[np.float32]
Codes = NDArray[np.signedinteger[Any]]
CHUNK = 50_000
NOT_ANSWERED = -1

GENERAL = 0.45  # share of a person's variance that all scales have in common
LASTING = 0.55  # share of the rest that lasts from one wave to the next
STANDING_OUT = 0.05  # share of classes (and schools) that clearly stand out on a scale
CHANGED_SCHOOLS = 0.12  # share of schools with a real change between the first two waves
CHANGE = 0.7  # its size, in standard deviations


class AnswerKind(StrEnum):
    """How an item is answered, as far as simulating goes."""

    STEPS = "steps"
    BOX = "box"
    NUMBER = "number"


@dataclass(frozen=True)
class SimulatedQuestion:
    """One row of the answers matrix. `scale` is -1 for single questions; codes run from 1 to `codes`."""

    asked: AnswerKind
    codes: int
    scale: int = -1
    turned: bool = False
    rare: bool = False  # about something that few meet, such as bullying
    low: int = 0


@dataclass(frozen=True)
class Instrument:
    """What one informant group is asked; `good_high` says for each scale whether much of it is good."""

    informant: str
    good_high: tuple[bool, ...]
    questions: tuple[SimulatedQuestion, ...]


@dataclass(frozen=True)
class Respondents:
    """Those who may answer, a row each. `person` is the same in each wave; `group` numbers classes in this one."""

    person: NDArray[np.int64]
    school: NDArray[np.int32]
    group: NDArray[np.int32]
    split: NDArray[np.int8]
    grade: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.person)

    def chosen(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Respondents:
        return Respondents(self.person[rows], self.school[rows], self.group[rows], self.split[rows], self.grade[rows])


# Response rates by informant, from the lowest to the highest school (DOMAIN 1.7 gives these ranges as plausible).
RATES = {
    "pupil_1_4": (0.82, 0.94),
    "pupil_5_10": (0.80, 0.92),
    "teacher": (0.75, 0.90),
    "leader": (0.90, 1.00),
    "parent": (0.45, 0.65),
    "rater_teacher": (0.85, 0.97),
    "child": (0.75, 0.85),
    "rater_kindergarten": (0.80, 0.95),
    "kindergarten_parent": (0.50, 0.70),
    "kindergarten_staff": (0.75, 0.90),
    "kindergarten_head": (0.90, 1.00),
}


def who_answered(people: Respondents, informant: str, wave: int, schools: int) -> NDArray[np.bool_]:
    """Which of those invited answered."""
    lowest, highest = RATES[informant]
    rate = stream("rates", informant, wave).uniform(lowest, highest, schools)
    return stream("answered", informant, wave).random(len(people)) < rate[people.school]


def answers(form: Instrument, people: Respondents, *, wave: int, schools: int) -> Codes:
    """The sheets of `people`: codes of shape (items, people), -1 = skipped. Made some thousand people at a time."""
    places = _Places(form, people, wave, schools)
    items = _items(form)
    lasting = _lasting(form, people.person)
    codes = np.empty((len(items), len(people)), dtype=_row_type(form))
    for start in range(0, len(people), CHUNK):
        rows = slice(start, min(start + CHUNK, len(people)))
        rng = stream("sheets", form.informant, wave, start)
        standing = places.standing(people.chosen(rows)) + _own(lasting[rows], places.own_share, rng)
        codes[:, rows] = _codes(form, items, standing, rng)
    return codes


def _lasting(form: Instrument, person: NDArray[np.int64]) -> Floats:
    """What stays the same about each person: the general part first, then one for each scale."""
    shape = int(person.max(initial=-1)) + 1, len(form.good_high) + 1  # a person's row is the same in any length
    numbers = stream("lasting", form.informant).standard_normal(shape, dtype=np.float32)
    return numbers[person]


def _own(lasting: Floats, share: Floats, rng: np.random.Generator) -> Floats:
    """The person's own part of the standing on each scale; in all, its variance is `share`."""
    fleeting = rng.standard_normal((len(lasting), lasting.shape[1]), dtype=np.float32)
    mixed = np.sqrt(np.float32(LASTING)) * lasting + np.sqrt(np.float32(1 - LASTING)) * fleeting
    own = np.sqrt(np.float32(GENERAL)) * mixed[:, :1] + np.sqrt(np.float32(1 - GENERAL)) * mixed[:, 1:]
    found: Floats = own * np.sqrt(share)
    return found


class _Places:
    """What schools, classes, grades and gender add; every number in the good direction."""

    def __init__(self, form: Instrument, people: Respondents, wave: int, schools: int) -> None:
        scales = len(form.good_high)
        once, now = stream("schools", form.informant), stream("classes", form.informant, wave)
        school_share = once.uniform(0.04, 0.08, scales).astype(np.float32)
        class_share = once.uniform(0.03, 0.10, scales).astype(np.float32)
        self.own_share = 1 - school_share - class_share
        self.gender = once.normal(0, 0.07, scales).astype(np.float32)
        self.older = np.full(scales, -0.04, dtype=np.float32) if form.informant.startswith("pupil") else None
        school = once.standard_normal((schools, scales), dtype=np.float32) * np.sqrt(school_share)
        self.school = school + _stands_out(once, schools, scales, 0.5) + _change(form, schools, scales, wave)
        groups = int(people.group.max(initial=-1)) + 1
        group = now.standard_normal((groups, scales), dtype=np.float32) * np.sqrt(class_share)
        self.group = group + _stands_out(now, groups, scales, 0.8)

    def standing(self, people: Respondents) -> Floats:
        side = np.array([0, 1, -1], dtype=np.float32)[people.split]
        found: Floats = self.school[people.school] + self.group[people.group] + side[:, None] * self.gender
        if self.older is not None:
            found += (people.grade[:, None] - 6).astype(np.float32) * self.older
        return found


def _stands_out(rng: np.random.Generator, places: int, scales: int, size: float) -> Floats:
    """A few places are clearly better or worse than others in something, by `size` standard deviations."""
    chosen = rng.random((places, scales)) < STANDING_OUT
    return np.where(chosen, rng.choice([-size, size], (places, scales)), 0).astype(np.float32)


def _change(form: Instrument, schools: int, scales: int, wave: int) -> Floats:
    """How far each school has moved since the first wave: a few of them really, the others hardly."""
    moved = np.zeros((schools, scales), dtype=np.float32)
    for step in range(1, wave + 1):
        moved += stream("drift", form.informant, step).normal(0, 0.05, (schools, scales)).astype(np.float32)
    if wave >= 1:
        for school in changed_schools(schools):
            chosen = stream("changed scales", form.informant, school).permutation(scales)[: max(1, scales // 3)]
            moved[school, chosen] += CHANGE
    return moved


def changed_schools(schools: int) -> list[int]:
    """The schools in which something really changed between the first and the second wave."""
    count = max(2, round(CHANGED_SCHOOLS * schools))
    return sorted(stream("changed schools").permutation(schools)[:count].tolist())


@dataclass(frozen=True)
class _Item:
    loading: float
    cuts: Floats
    skipped: float


def _items(form: Instrument) -> list[_Item]:
    """What each item is like: how much it says about its scale, its thresholds, how often it is skipped."""
    found = []
    for number, question in enumerate(form.questions):
        rng = stream("item", form.informant, number)
        # One item in fifteen is answered alike by nearly all; of what few meet, most say "never".
        easy = rng.normal(0.0, 0.25) + (1.5 if rng.random() < 1 / 15 else 0.0) + (1.1 if question.rare else 0.0)
        cuts = np.linspace(-1.75, 0.45, max(question.codes - 1, 1)) - easy
        found.append(_Item(rng.uniform(0.6, 0.8), cuts.astype(np.float32), rng.uniform(0.015, 0.04)))
    return found


def _row_type(form: Instrument) -> type[np.int8] | type[np.int16]:
    return np.int16 if any(question.codes > 127 for question in form.questions) else np.int8


def _codes(form: Instrument, items: list[_Item], standing: Floats, rng: np.random.Generator) -> Codes:
    people = len(standing)
    codes = np.full((len(items), people), NOT_ANSWERED, dtype=_row_type(form))
    for row, (question, item) in enumerate(zip(form.questions, items, strict=True)):
        noise = rng.standard_normal(people, dtype=np.float32)
        if question.asked is AnswerKind.STEPS and question.scale >= 0:
            seen = item.loading * standing[:, question.scale] + np.sqrt(1 - item.loading**2) * noise
        else:
            seen = noise
        codes[row] = _code(question, item, seen, good_high=question.scale < 0 or form.good_high[question.scale])
        codes[row, rng.random(people, dtype=np.float32) < item.skipped] = NOT_ANSWERED
    return codes


def _code(question: SimulatedQuestion, item: _Item, seen: Floats, *, good_high: bool) -> NDArray[np.int16]:
    """The code that goes with what a person sees, before skipping."""
    if question.asked is AnswerKind.BOX:
        return (seen > 0.5).astype(np.int16)
    if question.asked is AnswerKind.NUMBER:
        middle, spread = (question.codes - question.low) / 3, (question.codes - question.low) / 6
        return np.asarray(np.clip(question.low + middle + spread * seen, question.low, question.codes), dtype=np.int16)
    step = np.searchsorted(item.cuts, seen) + 1  # 1 … codes, in the good direction
    # A scale of which much is bad runs the other way; a turned item once more.
    backwards = (not good_high) != question.turned
    return np.asarray(question.codes + 1 - step if backwards else step, dtype=np.int16)
