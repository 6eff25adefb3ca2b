"""Who works where, and when: teachers, principals, heads of kindergartens, and those above the schools.

Plain rows that `writing` turns into accounts and roles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from kfl.people import days

from .classes import Classes
from .names import BOYS, FAMILIES, GIRLS
from .plan import WorldPlan
from .streams import stream

LONG_AGO = date(2014, 8, 1)
BETWEEN_T1_AND_T2 = date(2017, 8, 1)
TEACHERS_A_CLASS = 1.92  # 1.955 teachers in 1,018 classes, with leaders the 2,100 of Hedmark
LEFT_BEFORE_T2 = 0.14
LEFT_BEFORE_NOW = 0.45
TRIES_FOR_A_NEW_NAME = 5  # a nation has more teachers than there are names
LARGE_SCHOOL = 12  # classes from which a school has a second leader

_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "á": "a", " ": "."})


@dataclass(frozen=True)
class Person:
    """An account to be."""

    username: str
    name: str


@dataclass(frozen=True)
class Post:
    """That a person (by number) holds a role at a place, from a day to a day.

    `place` is a key of `writing.Places`: ("school", 3), ("class", 2016, 17), ("county",) …
    """

    person: int
    role: str
    place: tuple[str | int, ...]
    from_on: date
    to_on: date | None = None


@dataclass
class Staff:
    """Everybody with an account."""

    people: list[Person] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _usernames: Counter[str] = field(default_factory=Counter)

    def hire(self, rng: np.random.Generator, women: float) -> int:
        """A new person with an invented name; gives their number."""
        for _ in range(TRIES_FOR_A_NEW_NAME):
            given = GIRLS if rng.random() < women else BOYS
            name = f"{given[rng.integers(len(given))]} {FAMILIES[rng.integers(len(FAMILIES))]}"
            if name not in self._names:
                break
        self._names.add(name)
        username = name.lower().translate(_ASCII)
        self._usernames[username] += 1
        seen = self._usernames[username]
        self.people.append(Person(f"{username}{seen}" if seen > 1 else username, name))
        return len(self.people) - 1


@dataclass(frozen=True)
class Term:
    """One person's time in a position."""

    person: int
    from_on: date
    to_on: date | None

    def covers(self, day: date) -> bool:
        return days.covers(self.from_on, self.to_on, day)


def school_year_days(school_year: int, *, current: bool) -> tuple[date, date | None]:
    """From 1 August to 31 July; the year that goes on has no end yet."""
    return date(school_year, 8, 1), None if current else date(school_year + 1, 7, 31)


def make_staff(plan: WorldPlan, years: list[Classes]) -> Staff:
    """The same people each time, except that posts of the current year follow its date. The last year is current."""
    staff = Staff()
    _above_schools(plan, staff)
    now = years[-1].school_year
    classes_of = [_by_school(classes, len(plan.schools)) for classes in years]
    for number in range(len(plan.schools)):
        rng = stream("staff", number)
        classes = [of_school[number] for of_school in classes_of]
        most = max(len(one) for one in classes[:-1])
        for _ in range(2 if most >= LARGE_SCHOOL else 1):
            for term in _terms(staff, rng, 0.6, now, stays=False):
                staff.posts.append(Post(term.person, "principal", ("school", number), term.from_on, term.to_on))
        _teachers(staff, rng, number, years, classes, most)
    for number in range(len(plan.kindergartens)):
        rng = stream("heads", number)
        for term in _terms(staff, rng, 0.85, now, stays=False):
            staff.posts.append(
                Post(term.person, "kindergarten_head", ("kindergarten", number), term.from_on, term.to_on)
            )
    _offices(plan, staff)
    return staff


def _offices(plan: WorldPlan, staff: Staff) -> None:
    """A secretary at each school, and one in each municipality for the kindergartens; the last to be hired."""
    places: list[tuple[str | int, ...]] = [("school", number) for number in range(len(plan.schools))]
    places += [("municipality", key) for key in sorted({one.municipality for one in plan.kindergartens})]
    for place in places:
        person = staff.hire(stream("offices", *place), 0.8)
        staff.posts.append(Post(person, "office", place, LONG_AGO))


def _by_school(classes: Classes, schools: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(schools)]
    for number, school in enumerate(classes.school.tolist()):
        found[school].append(number)
    return found


def _above_schools(plan: WorldPlan, staff: Staff) -> None:
    rng = stream("above schools")
    first_day = date(2016, 1, 1)

    def post(role: str, *place: str | int) -> None:
        staff.posts.append(Post(staff.hire(rng, 0.6), role, place, first_day))

    for role in ("secretariat", "secretariat", "researcher", "ks", "forum_member"):
        post(role, "county")
    for region in dict.fromkeys(place.region for place in plan.municipalities if place.number_from_2020):
        post("forum_member", "region", region)
    with_units = {school.municipality for school in plan.schools}
    for municipality in sorted(with_units | {one.municipality for one in plan.kindergartens}):
        post("owner", "municipality", municipality)
    advised = sorted(with_units)
    for adviser, start in enumerate(range(0, len(advised), 6)):
        if adviser >= 4:
            break
        person = staff.hire(rng, 0.6)
        for municipality in advised[start : start + 6]:
            staff.posts.append(Post(person, "adviser", ("municipality", municipality), first_day))


def _terms(staff: Staff, rng: np.random.Generator, women: float, now: int, *, stays: bool) -> list[Term]:
    """Who held one position after another."""
    changes = []
    if not stays and rng.random() < LEFT_BEFORE_T2:
        changes.append(BETWEEN_T1_AND_T2)
    if not stays and rng.random() < LEFT_BEFORE_NOW:
        changes.append(date(now - 3, 8, 1))
    starts = [LONG_AGO, *changes]
    ends = [date(day.year, 7, 31) for day in changes]
    return [Term(staff.hire(rng, women), start, end) for start, end in zip(starts, [*ends, None], strict=True)]


def _teachers(
    staff: Staff, rng: np.random.Generator, school: int, years: list[Classes], classes: list[list[int]], most: int
) -> None:
    """Contact teachers first, the others after them; the first one stays through all the years."""
    now = years[-1].school_year
    positions = round(TEACHERS_A_CLASS * most)
    terms = [_terms(staff, rng, 0.72, now, stays=one == 0) for one in range(positions)]
    for one in range(most, positions):
        for term in terms[one]:
            staff.posts.append(Post(term.person, "teacher", ("school", school), term.from_on, term.to_on))
    for year, of_year in zip(years, classes, strict=True):
        from_on, to_on = school_year_days(year.school_year, current=year is years[-1])
        follow = stream("contact teachers", school, year.school_year).permutation(len(of_year))
        for one, number in enumerate(follow.tolist()):
            holder = next(term for term in terms[one % positions] if term.covers(from_on))
            place = ("class", year.school_year, of_year[number])
            staff.posts.append(Post(holder.person, "teacher", place, from_on, to_on))
