"""The three waves: two that are released, and one that is open around the day of building."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion
from kfl.research.making.report import make_report
from kfl.results.making.release import release_wave
from kfl.surveys import actions, queries
from kfl.surveys.counts import nightly
from kfl.surveys.models import Collection, Wave, WaveForm
from kfl.surveys.waves.draft import WaveDraft
from kfl.surveys.waves.invited import Roster

from . import respondents
from .asked import instrument
from .progress import CLOSING, ProgressBar
from .simulate import answers, who_answered
from .streams import stream
from .world import World

SERIES = "skole"
AT_SCHOOL = (
    Informant.PUPIL_1_4, Informant.PUPIL_5_10, Informant.TEACHER, Informant.LEADER, Informant.PARENT,
    Informant.RATER_TEACHER,
)  # fmt: skip
MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "desember",
)  # fmt: skip
STARTED = 0.45  # share of classes (and of schools' staffs) that have answered in the open wave


@dataclass(frozen=True)
class Round:
    """When a wave is held."""

    slug: str
    school_year: int
    opens: date
    closes: date
    series: str = SERIES

    @property
    def name(self) -> str:
        return f"{self.slug.upper()} {MONTHS[self.opens.month - 1]} {self.opens.year}"

    @property
    def opens_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.opens, time(8)))

    @property
    def closes_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.closes, time(16)))


def rounds(today: date) -> list[Round]:
    """T1 and T2 on their days, T3 around today and within one school year."""
    school_year = today.year if today.month >= 8 else today.year - 1
    opens = max(today - timedelta(days=12), date(school_year, 8, 1))
    return [
        Round("t1", 2016, date(2016, 11, 1), date(2016, 11, 30)),
        Round("t2", 2018, date(2018, 11, 1), date(2018, 11, 30)),
        Round("t3", school_year, opens, today + timedelta(days=16)),
    ]


# Lets those who answer a form of a wave do so.
Answering = Callable[[Wave, WaveForm, Roster], None]


def hold(
    world: World, held: Round, versions: list[QuestionnaireVersion], answering: Answering, progress: ProgressBar
) -> Wave:
    """A wave of the past: opened, answered, closed and released."""
    wave = _create(world, held, versions, Collection.IMPORT)
    forms = list(wave.forms.select_related("version__questionnaire"))
    with progress.steps(f"{held.name}: opening", 1) as step:
        wave = actions.open_wave(wave=wave, by=world.by, at=held.opens_at)
        rosters = queries.rosters(wave=wave)
        step(1)
    with progress.steps(f"{held.name}: answers", sum(len(roster) for roster in rosters.values())) as step:
        for form in forms:
            answering(wave, form, rosters[form])
            step(len(rosters[form]))
    with progress.steps(f"{held.name}: {CLOSING}", 2) as step:
        wave = actions.close_wave(wave=wave, by=world.by, at=held.closes_at, tells=False)
        step(1)
        release_wave(wave=wave, by=world.by, at=held.closes_at + timedelta(minutes=1))
        step(1)
    with progress.steps(f"{held.name}: technical report", 1) as step:
        make_report(wave=wave, by=world.by, at=held.closes_at + timedelta(minutes=2))
        step(1)
    return wave


def open_now(
    world: World, held: Round, versions: list[QuestionnaireVersion], answering: Answering, progress: ProgressBar
) -> Wave:
    """The wave of today: codes are out, and some groups have answered."""
    wave = _create(world, held, versions, Collection.CODES)
    actions.write_letter(
        wave=wave,
        controller=f"eierne av skolene og barnehagene i {wave.unit.name} (oppdiktet)",
        contact="personvern@example.no",
        answers_until=held.closes_at.date() + timedelta(days=365),
        by=world.by,
    )
    with progress.steps(f"{held.name}: codes", 1) as step:
        wave = actions.open_wave(wave=wave, by=world.by, at=held.opens_at)
        rosters = queries.rosters(wave=wave)
        step(1)
    with progress.steps(f"{held.name}: answers so far", len(rosters)) as step:
        for form, roster in rosters.items():
            answering(wave, form, roster)
            step(1)
    nightly.count(wave, timezone.localtime().replace(hour=3, minute=0, second=0, microsecond=0))
    return wave


def pupils_and_schools(world: World, year: int, *, some: bool = False) -> Answering:
    """Those who answer at the schools; `some`: only of the classes that have begun."""

    def answer(wave: Wave, form: WaveForm, roster: Roster) -> None:
        _answer(world, wave, form, year, roster, only=started_classes(world, year) if some else None)

    return answer


def started_classes(world: World, year: int) -> NDArray[np.bool_]:
    """Which classes have answered in the open wave. The rest still have all their codes."""
    classes = world.years[year]
    chosen: NDArray[np.bool_] = stream("started", classes.school_year).random(len(classes)) < STARTED
    return chosen


def _create(world: World, held: Round, versions: list[QuestionnaireVersion], collection: Collection) -> Wave:
    county = world.places[("county",)]
    wave = actions.create_wave(
        slug=held.slug,
        draft=WaveDraft(name=held.name, opens_at=held.opens_at, closes_at=held.closes_at),
        series=held.series,
        unit=county,
        collection=collection,
        by=world.by,
    )
    actions.set_forms(wave=wave, versions=versions, by=world.by)
    actions.set_units(wave=wave, units=[county], by=world.by)
    return wave


def _answer(
    world: World,
    wave: Wave,
    form: WaveForm,
    year: int,
    roster: Roster,
    only: NDArray[np.bool_] | None = None,
) -> None:
    """Let those who answer do so, all sheets at once. `only` limits it to these classes."""
    informant = Informant(form.informant)
    opened = timezone.localdate(wave.opened_at)
    people, units = respondents.invited(world, informant, year, opened)
    node_units = np.array(list(wave.nodes.order_by("number").values_list("unit_id", flat=True)), dtype=np.int64)
    respondents.check(units, people.split, node_units[roster.group], roster.split)
    chosen = who_answered(people, form.informant, year, world.schools)
    if only is not None:
        chosen &= _in_started(world, informant, year, people.group, only)
    rows = np.flatnonzero(chosen)
    if len(rows):
        codes = answers(instrument(form), people.chosen(rows), wave=year, schools=world.schools)
        actions.import_answers(wave=wave, form=form, people=roster[rows], answers=codes, by=world.by)


def _in_started(
    world: World, informant: Informant, year: int, group: NDArray[np.int32], only: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    if informant not in respondents.ROLE_OF:
        return only[group]
    # A staff has begun where its school's first class has; `group` is the school there.
    classes = world.years[year]
    first = np.full(world.schools, -1)
    first[classes.school[::-1]] = np.arange(len(classes))[::-1]
    begun: NDArray[np.bool_] = only[first[group]]
    return begun
