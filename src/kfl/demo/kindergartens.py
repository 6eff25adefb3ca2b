"""Kindergartens from within: departments, who works there, and the children of two autumns."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kfl.people import actions
from kfl.people.actions import NewUnit
from kfl.people.kinds import Kind
from kfl.people.models import Pupil, User

from .names import FAMILIES, given_names
from .plan import WorldPlan
from .progress import ProgressBar
from .staff import LONG_AGO, Post, Staff, school_year_days
from .streams import stream
from .writing import Places

DEPARTMENTS, SHARES = (1, 2, 3), (0.4, 0.4, 0.2)  # how many a kindergarten has for the three- to five-year-olds
SMALLEST, LARGEST = 12, 20  # children in a department
AGES = (3, 4, 5)
ASSISTANTS = 2  # in each department, beside its pedagogical leader
SIBLINGS = 0.15
COLOURS = ("Blå", "Rød", "Grønn")


@dataclass(frozen=True)
class Departments:
    """The departments of all kindergartens, a row each, with how many children they take."""

    kindergarten: NDArray[np.int32]
    number: NDArray[np.int32]  # within the kindergarten
    places: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kindergarten)


def make_departments(plan: WorldPlan) -> Departments:
    """The same each time for the same plan."""
    rng = stream("departments")
    count = rng.choice(DEPARTMENTS, size=len(plan.kindergartens), p=SHARES)
    kindergarten = np.repeat(np.arange(len(plan.kindergartens), dtype=np.int32), count)
    number = np.concatenate([np.arange(one, dtype=np.int32) for one in count])
    places = rng.integers(SMALLEST, LARGEST + 1, len(kindergarten), dtype=np.int32)
    return Departments(kindergarten, number, places)


def hire_staff(departments: Departments, staff: Staff) -> None:
    """A pedagogical leader and assistants for each department."""
    for row, (kindergarten, number) in enumerate(
        zip(departments.kindergarten.tolist(), departments.number.tolist(), strict=True)
    ):
        rng = stream("kindergarten staff", row)
        place = ("department", kindergarten, number)
        for role in ("pedagogical_leader", *["kindergarten_staff"] * ASSISTANTS):
            staff.posts.append(Post(staff.hire(rng, 0.88), role, place, LONG_AGO))


def write_departments(plan: WorldPlan, departments: Departments, places: Places, *, by: User | None) -> None:
    """The departments as units, under ("department", kindergarten, number)."""
    rows = list(zip(departments.kindergarten.tolist(), departments.number.tolist(), strict=True))
    units = [
        NewUnit(Kind.DEPARTMENT, COLOURS[number], places["kindergarten", kindergarten]) for kindergarten, number in rows
    ]
    made = actions.add_units(units=units, by=by)
    places |= {("department", *row): unit for row, unit in zip(rows, made, strict=True)}


def write_children(
    departments: Departments, year: int, places: Places, *, first_home: int, current: bool, by: User | None,
    progress: ProgressBar,
) -> int:  # fmt: skip
    """The children of one kindergarten year; gives the first household number that is free after them."""
    rng = stream("children", "now" if current else year)
    department = np.repeat(np.arange(len(departments)), departments.places)
    count = len(department)
    gender = rng.choice(np.array([1, 2, 0], dtype=np.int8), size=count, p=[0.486, 0.504, 0.01])
    born = year - rng.choice(AGES, size=count)
    with_sibling = (rng.random(count) < SIBLINGS) & (np.diff(department, prepend=-1) == 0)
    home = first_home + np.cumsum(~with_sibling) - 1
    family = rng.integers(0, len(FAMILIES), count)[home - first_home].tolist()
    ids = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    names = [f"{given} {FAMILIES[one]}" for given, one in zip(given_names(gender, rng), family, strict=True)]
    children = [
        Pupil(
            uuid=UUID(bytes=ids[row].tobytes(), version=4), name=names[row], gender=int(gender[row]),
            birth_year=int(born[row]), household=int(home[row]),
        )
        for row in range(count)
    ]  # fmt: skip
    days = school_year_days(year, current=current)
    keys = list(zip(departments.kindergarten.tolist(), departments.number.tolist(), strict=True))
    enrolments = [
        (child, places["department", *keys[row]], None, *days)
        for child, row in zip(children, department.tolist(), strict=True)
    ]
    with progress.steps("children in kindergarten", count) as step:
        actions.enrol_pupils(pupils=children, enrolments=enrolments, by=by)
        step(count)
    return int(home[-1]) + 1 if count else first_home
