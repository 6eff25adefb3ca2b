"""Builds a demo world in an empty data folder: places, people, two released waves and one that is open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from kfl.questionnaires.actions import load_standard_questionnaires

from . import kindergarten_waves, kindergartens, logins, mark, waves, writing
from .circles import write_circles
from .classes import make_classes
from .plan import make_plan
from .population import make_population
from .progress import ProgressBar
from .sizes import SIZES
from .staff import make_staff
from .world import World


class AnotherFolder(ValueError):
    """The settings point at another data folder than the one to build in."""


def build(size: str, data: Path, progress: ProgressBar, *, today: date | None = None) -> World:
    """Build a demo of this size in an empty folder, tables and all.

    Everything but the open wave is the same each time.

    Raises
    ------
    mark.FolderInUse
        There is data in the folder.
    AnotherFolder
        `settings.KFL_DATA` is not `data`.
    """
    if Path(settings.KFL_DATA) != data:
        raise AnotherFolder(f"{settings.KFL_DATA}, not {data}")
    today = today or timezone.localdate()
    sign = mark.Mark(size=size, built_on=today.isoformat())
    mark.claim(data, sign)
    call_command("migrate", interactive=False, verbosity=0)
    with translation.override("nb"):
        world = _people(size, waves.rounds(today), progress)
        _waves(world, waves.rounds(today), progress)
        sign.open_wave = waves.rounds(today)[-1].slug
        sign.first = logins.whom_to_show_first(sign.open_wave)
    sign.finished = True
    mark.write(data, sign)
    return world


def _people(size: str, rounds: list[waves.Round], progress: ProgressBar) -> World:
    """Places, pupils and staff of the waves' school years."""
    plan = make_plan(SIZES[size])
    school_years = [held.school_year for held in rounds]
    people = make_population(plan, school_years)
    years = [make_classes(plan, people, school_year) for school_year in school_years]
    staff = make_staff(plan, years)
    departments = kindergartens.make_departments(plan)
    kindergartens.hire_staff(departments, staff)
    with progress.steps("places and classes", len(years) + 1) as step:
        places = writing.write_places(plan, by=None)
        step(1)
        for classes in years:
            writing.write_classes(plan, classes, places, current=classes is years[-1], by=None)
            step(1)
        kindergartens.write_departments(plan, departments, places, by=None)
    users = writing.write_staff(staff, places, by=None, progress=progress)
    write_circles(staff, users, places, by=None)
    by = users[0]  # the first of the secretariat sets up everything from here on
    writing.write_pupils(people, years, places, by=by, progress=progress)
    home = int(people.household.max()) + 1
    for year in (kindergarten_waves.FIRST_YEAR, school_years[-1]):
        home = kindergartens.write_children(
            departments, year, places, first_home=home, current=year == school_years[-1], by=by, progress=progress
        )
    return World(plan, people, years, places, users, by)


def _waves(world: World, rounds: list[waves.Round], progress: ProgressBar) -> None:
    standard = load_standard_questionnaires(by=world.by)
    versions = [version for version in standard if version.informant in waves.AT_SCHOOL]
    for year, held in enumerate(rounds[:-1]):
        waves.hold(world, held, versions, waves.pupils_and_schools(world, year), progress)
    at_kindergarten = [version for version in standard if version.informant not in waves.AT_SCHOOL]
    kindergarten_waves.hold_first(world, at_kindergarten, progress)
    some = waves.pupils_and_schools(world, len(rounds) - 1, some=True)
    waves.open_now(world, rounds[-1], versions, some, progress)
    kindergarten_waves.open_second(world, rounds[-1], at_kindergarten, progress)
