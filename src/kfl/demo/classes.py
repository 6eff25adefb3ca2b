"""A school year's classes: parallel classes in large schools, several grades in one class in small ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .plan import FIRST_SECONDARY_GRADE, WorldPlan
from .population import NOT_AT_SCHOOL, Population

LARGEST = 27
# Pupils a grade (on average, so that a school keeps its way from year to year) from which grades stand alone,
# and how the grades of a smaller school go together. Grades 4 and 5 never do: they answer different forms.
ONE_GRADE = 11.0
PAIRS = 5.5
IN_PAIRS = ((1, 2), (3, 4), (5, 6), (7, 7), (8, 9), (10, 10))
IN_STAGES = ((1, 4), (5, 7), (8, 10))


@dataclass(frozen=True)
class Classes:
    """The classes of one school year, and the class of each pupil (-1 = not at school)."""

    school_year: int
    school: NDArray[np.int32]  # (classes,)
    names: list[str]
    of_pupil: NDArray[np.int32]  # (pupils,)

    def __len__(self) -> int:
        return len(self.names)


def make_classes(plan: WorldPlan, people: Population, school_year: int) -> Classes:
    """Put each pupil of that school year in one basis class."""
    grade, school = people.grade(school_year), people.school(school_year)
    there = np.flatnonzero(grade != NOT_AT_SCHOOL)
    bands = _bands(plan)
    band = bands[school[there], grade[there]]
    key = school[there].astype(np.int64) * 1000 + band
    order = np.lexsort((people.place[there], key))
    _, first, size = np.unique(key[order], return_index=True, return_counts=True)
    parallel = -(-size // LARGEST)
    number = np.arange(len(order)) - np.repeat(first, size)
    letter = number % np.repeat(parallel, size)
    before = np.concatenate([[0], np.cumsum(parallel)[:-1]])
    of_pupil = np.full(len(people), -1, dtype=np.int32)
    of_pupil[there[order]] = np.repeat(before, size) + letter
    low, high = np.divmod(key[order][first] % 1000, 20)
    names = [
        f"{a}{chr(65 + one)}" if a == b else f"{a}–{b}{chr(65 + one)}"
        for a, b, count in zip(low.tolist(), high.tolist(), parallel.tolist(), strict=True)
        for one in range(count)
    ]
    return Classes(
        school_year,
        np.repeat(key[order][first] // 1000, parallel).astype(np.int32),
        names,
        of_pupil,
    )


def _bands(plan: WorldPlan) -> NDArray[np.int64]:
    """For each school and grade: the grades that go together there, as lowest * 20 + highest."""
    a_grade = np.zeros((len(plan.schools), 2))  # grades 1–7, grades 8–10
    total = sum(school.weight for school in plan.schools)
    for number, school in enumerate(plan.schools):
        new = school.weight / total * plan.size.pupils_per_grade
        a_grade[number, 0] += new
        a_grade[school.goes_on_to, 1] += new
    bands = np.zeros((len(plan.schools), 11), dtype=np.int64)
    for grade in range(1, 11):
        pupils = a_grade[:, int(grade >= FIRST_SECONDARY_GRADE)]
        alone = grade * 20 + grade
        pair = next(a * 20 + b for a, b in IN_PAIRS if a <= grade <= b)
        stage = next(a * 20 + b for a, b in IN_STAGES if a <= grade <= b)
        bands[:, grade] = np.where(pupils >= ONE_GRADE, alone, np.where(pupils >= PAIRS, pair, stage))
    return bands
