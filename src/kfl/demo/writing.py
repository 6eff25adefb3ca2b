"""Puts the planned world into the portal, through the actions people use."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from kfl.people import actions
from kfl.people.actions import NewUnit
from kfl.people.kinds import Kind
from kfl.people.models import Pupil, Scheme, Unit, User

from .classes import Classes
from .plan import WorldPlan
from .population import Population
from .progress import ProgressBar
from .staff import Staff, school_year_days

LAST_OF_2019, FIRST_OF_2020 = date(2019, 12, 31), date(2020, 1, 1)
LONG_AGO = date(1900, 1, 1)
CHUNK = 20_000

Place = tuple[str | int, ...]
Places = dict[Place, Unit]


def write_places(plan: WorldPlan, *, by: User | None) -> Places:
    """County, regions, municipalities, schools and kindergartens, with their codes."""
    nation = plan.size.invented_regions > 0
    codes: tuple[tuple[Scheme, str, date, date | None], ...] = (
        (Scheme.COUNTY, "04", LONG_AGO, LAST_OF_2019),
        (Scheme.COUNTY, "34", FIRST_OF_2020, None),
    )
    name = "Landet (oppdiktet, med Hedmark)" if nation else "Hedmark"
    county = actions.add_units(units=[NewUnit(Kind.COUNTY, name, None, () if nation else codes)], by=by)[0]
    places: Places = {("county",): county}
    regions = list(dict.fromkeys(place.region for place in plan.municipalities))
    rows = actions.add_units(units=[NewUnit(Kind.REGION, name, county) for name in regions], by=by)
    places |= {("region", name): row for name, row in zip(regions, rows, strict=True)}
    _add(places, "municipality", _municipalities(plan, places), by=by)
    _add(
        places,
        "school",
        [
            NewUnit(Kind.SCHOOL, one.name, places["municipality", one.municipality], _own_code(one.code))
            for one in plan.schools
        ],
        by=by,
    )
    _add(
        places,
        "kindergarten",
        [
            NewUnit(Kind.KINDERGARTEN, one.name, places["municipality", one.municipality], _own_code(one.code))
            for one in plan.kindergartens
        ],
        by=by,
    )
    return places


def _add(places: Places, key: str, units: list[NewUnit], *, by: User | None) -> None:
    rows = actions.add_units(units=units, by=by)
    places |= {(key, number): row for number, row in enumerate(rows)}


def _own_code(code: str) -> tuple[tuple[Scheme, str, date, date | None], ...]:
    return ((Scheme.OWN, code, LONG_AGO, None),)


def _municipalities(plan: WorldPlan, places: Places) -> list[NewUnit]:
    units = []
    for one in plan.municipalities:
        codes = _own_code(one.own_code)
        if one.number_from_2020:
            codes = (
                (Scheme.MUNICIPALITY, one.number_until_2019, LONG_AGO, LAST_OF_2019),
                (Scheme.MUNICIPALITY, one.number_from_2020, FIRST_OF_2020, None),
            )
        units.append(NewUnit(Kind.MUNICIPALITY, one.name, places["region", one.region], codes))
    return units


def write_classes(plan: WorldPlan, classes: Classes, places: Places, *, current: bool, by: User | None) -> None:
    """The classes of one school year."""
    from_on, to_on = school_year_days(classes.school_year, current=current)
    units = []
    for school, name in zip(classes.school.tolist(), classes.names, strict=True):
        code = f"{plan.schools[school].code}-{classes.school_year}-{name.replace('–', '-')}"
        units.append(NewUnit(Kind.GROUP, name, places["school", school], _own_code(code), from_on, to_on))
    rows = actions.add_units(units=units, by=by)
    places |= {("class", classes.school_year, number): row for number, row in enumerate(rows)}


def write_pupils(
    people: Population, years: list[Classes], places: Places, *, by: User | None, progress: ProgressBar
) -> None:
    """The pupils and which classes they were in."""
    grades = [people.grade(classes.school_year) for classes in years]
    days = [school_year_days(classes.school_year, current=classes is years[-1]) for classes in years]
    with progress.steps("pupils", len(people)) as step:
        for start in range(0, len(people), CHUNK):
            rows = range(start, min(start + CHUNK, len(people)))
            pupils = [
                Pupil(
                    uuid=UUID(bytes=people.uuid[row].tobytes(), version=4),
                    name=people.names[row],
                    gender=int(people.gender[row]),
                    birth_year=int(people.born[row]),
                    household=int(people.household[row]),
                )
                for row in rows
            ]
            enrolments = [
                (pupil, places["class", classes.school_year, int(classes.of_pupil[row])], int(grade[row]), *day)
                for classes, grade, day in zip(years, grades, days, strict=True)
                for row, pupil in zip(rows, pupils, strict=True)
                if classes.of_pupil[row] >= 0
            ]
            actions.enrol_pupils(pupils=pupils, enrolments=enrolments, by=by)
            step(len(pupils))


def write_staff(staff: Staff, places: Places, *, by: User | None, progress: ProgressBar) -> list[User]:
    """Accounts and roles. Nobody gets a password: in a demo folder one signs in with a click."""
    users: list[User] = []
    with progress.steps("staff", len(staff.people)) as step:
        for start in range(0, len(staff.people), CHUNK):
            chosen = staff.people[start : start + CHUNK]
            users += actions.add_users(
                users=[
                    User(username=one.username, name=one.name, email=f"{one.username}@demo.example") for one in chosen
                ],
                by=by,
            )
            step(len(chosen))
    for start in range(0, len(staff.posts), CHUNK):
        actions.give_roles(
            roles=[
                (users[post.person], post.role, places[post.place], post.from_on, post.to_on)
                for post in staff.posts[start : start + CHUNK]
            ],
            by=by,
        )
    return users
