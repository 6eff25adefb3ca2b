"""Who is invited to each form of a wave, in the order in which the surveys room lists them."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from kfl.people.days import in_force
from kfl.people.models import RoleAssignment
from kfl.questionnaires.formats import Informant

from .population import NOT_AT_SCHOOL
from .simulate import Respondents
from .world import World

ROLE_OF = {Informant.TEACHER: "teacher", Informant.LEADER: "principal"}


class RosterDiffers(RuntimeError):
    """Those the portal has invited are not those the demo made."""


def invited(world: World, informant: Informant, year: int, day: date) -> tuple[Respondents, NDArray[np.int64]]:
    """The respondents of one form, and the key of the unit each hangs under."""
    if informant in ROLE_OF:
        return _staff(world, ROLE_OF[informant], day)
    rows = _parents(world, year) if informant is Informant.PARENT else _pupils(world, informant, year)
    people, classes = world.people, world.years[year]
    parents = informant is Informant.PARENT
    found = Respondents(
        person=people.household[rows].astype(np.int64) if parents else rows.astype(np.int64),
        school=people.school(classes.school_year)[rows],
        group=classes.of_pupil[rows],
        split=np.zeros(len(rows), dtype=np.int8) if parents else people.gender[rows],
        grade=people.grade(classes.school_year)[rows],
    )
    return found, world.class_units(year)[found.group]


def _pupils(world: World, informant: Informant, year: int) -> NDArray[np.intp]:
    """By the order of their keys, which is the order they were made in."""
    grade = world.people.grade(world.years[year].school_year)
    lowest, highest = informant.band or (1, 10)
    return np.flatnonzero((grade >= lowest) & (grade <= highest))


def _parents(world: World, year: int) -> NDArray[np.intp]:
    """The youngest pupil of each household, in the order of the oldest: pupils stand by age."""
    at_school = np.flatnonzero(world.people.grade(world.years[year].school_year) != NOT_AT_SCHOOL)
    household = world.people.household[at_school]
    _, oldest = np.unique(household, return_index=True)
    _, from_the_end = np.unique(household[::-1], return_index=True)
    youngest = len(household) - 1 - from_the_end
    return at_school[youngest[np.argsort(oldest)]]


def _staff(world: World, role: str, day: date) -> tuple[Respondents, NDArray[np.int64]]:
    """Those who held the role on that day, by name; the first of several posts counts."""
    held = (
        RoleAssignment.objects.everywhere(why="system: the staff of a demo, to simulate their answers")
        .filter(in_force(day), role=role)
        .order_by("user__name", "user_id", "pk")
        .values_list("user_id", "unit_id", "unit__parent_id")
    )
    number_of = {user.pk: number for number, user in enumerate(world.users)}
    school_of = {int(key): number for number, key in enumerate(world.school_units())}
    posts: dict[int, int] = {}
    for user, unit, above in held:
        posts.setdefault(number_of[user], school_of.get(unit, school_of.get(above, -1)))
    school = np.array(list(posts.values()), dtype=np.int32)
    nobody = np.zeros(len(school), dtype=np.int8)
    found = Respondents(np.array(list(posts), dtype=np.int64), school, school, nobody, nobody.astype(np.int16))
    return found, world.school_units()[school]


def check(
    units: NDArray[np.int64], splits: NDArray[np.int8], nodes: NDArray[np.int64], split: NDArray[np.int8]
) -> None:
    """Raise unless the portal's list has the same units and genders in the same order."""
    if len(units) != len(nodes) or not np.array_equal(units, nodes) or not np.array_equal(splits, split):
        raise RosterDiffers(f"{len(units)} were made, {len(nodes)} are invited")
