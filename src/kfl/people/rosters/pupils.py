"""What the class lists would change: who begins, who moves, who has left.

A list is the whole truth about every school and kindergarten that it names: whoever is not on it has left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.lists import Line, LineChange

from .. import actions
from ..days import is_in_force
from ..kinds import Kind
from ..models import Enrolment, Pupil, Unit, User
from ..same_names import Named, of_pupil
from .class_list import PupilEntry
from .current import CurrentPupils
from .households import Households
from .matches import PUPILS_AT, Units, same, same_group
from .oddities import warnings_of
from .roster_plan import ListKind, PersonLine, RosterPlan, TwinAnswer
from .twins import twins_of, with_twins

ALARMING_SHARE = 0.25  # so many gone is more often a list that is not whole than a school that shrinks
FEW = 10


@dataclass
class PupilWork:
    """What the plan carries out."""

    units: Units
    new_groups: dict[tuple[int, str], actions.NewUnit] = field(default_factory=dict)
    new_pupils: list[Pupil] = field(default_factory=list)
    changed: list[Pupil] = field(default_factory=list)
    enrolled: list[tuple[Pupil, PupilEntry, date]] = field(default_factory=list)
    moved: list[tuple[Enrolment, PupilEntry, date]] = field(default_factory=list)
    dated: list[tuple[Enrolment, date, date | None]] = field(default_factory=list)

    def __call__(self, *, by: User | None) -> None:
        units = self.units
        if self.new_groups:
            units.add_groups(actions.add_units(units=list(self.new_groups.values()), by=by))
        if self.changed:
            actions.change_pupils(pupils=self.changed, by=by)
        if self.moved:
            moves = [
                actions.Move(old, _group(units, entry), entry.grade, day, entry.to_on) for old, entry, day in self.moved
            ]
            actions.move_pupils(moves=moves, by=by)
        if self.dated:
            actions.date_enrolments(enrolments=self.dated, by=by)
        if self.enrolled:
            rows = [(pupil, _group(units, one), one.grade, day, one.to_on) for pupil, one, day in self.enrolled]
            actions.enrol_pupils(pupils=self.new_pupils, enrolments=rows, by=by)

    def rows(self) -> list[QuerySet[Any]]:
        why = "system: what the list's reader may edit, as it was"
        entries = [entry for _pupil, entry, _day in self.enrolled] + [entry for _row, entry, _day in self.moved]
        schools = {entry.school.pk for entry in entries} | {key for key, _name in self.new_groups}
        there = {pupil.pk for pupil in self.changed}
        old = {row.pk for row, _entry, _day in self.moved} | {row.pk for row, *_days in self.dated}
        return [
            Unit.objects.everywhere(why=why).filter(parent__in=schools),
            Pupil.objects.everywhere(why=why).filter(Q(pk__in=there) | Q(source__in=schools)),
            Enrolment.objects.everywhere(why=why).filter(Q(pk__in=old) | Q(group__parent__in=schools)),
        ]


def _group(units: Units, entry: PupilEntry) -> Unit:
    found = units.group(entry.school, entry.group)
    if found is None:
        raise LookupError(f"class {entry.group} was not made")
    return found


def plan(entries: Sequence[PupilEntry], units: Units, *, on: date, answer: TwinAnswer | None = None) -> RosterPlan:
    """What a list would change. `answer` says who those are that seem to go and come under another key."""
    work = PupilWork(units)
    made = RosterPlan(kind=ListKind.PUPILS, on=on, work=work, answer=answer)
    made.warnings += warnings_of(entries, on)
    _found_groups(entries, work, made)
    current = CurrentPupils(entries, on)
    pupils = [current.pupil(entry) for entry in entries]
    twins = twins_of(entries, pupils, current)
    made.twins = [Line(LineChange.CHANGED, one.entry.name, _place(one.entry), one.why) for one in twins]
    if answer is TwinAnswer.SAME:
        pupils = with_twins(entries, pupils, twins)
    _warn_of_keys(current, made)
    households = Households(entries, pupils)
    for entry, pupil in zip(entries, pupils, strict=True):
        if pupil is None:
            _begin(entry, households.of(entry, None), work, made)
        else:
            _compare(entry, pupil, current, households, work, made)
    _let_go(current, {pupil.pk for pupil in pupils if pupil is not None}, work, made)
    made.tell_apart()
    return made


def _warn_of_keys(current: CurrentPupils, made: RosterPlan) -> None:
    if current.rewritten:
        words = ngettext(
            "Én elevnøkkel er skrevet annerledes enn før, som uten nuller først. Eleven er den samme.",
            "{count} elevnøkler er skrevet annerledes enn før, som uten nuller først. Elevene er de samme.",
            len(current.rewritten),
        )
        made.warnings.append(words.format(count=len(current.rewritten)))


def _found_groups(entries: Sequence[PupilEntry], work: PupilWork, made: RosterPlan) -> None:
    """Classes that the list names and the portal does not have, from the day their first pupil begins."""
    names: dict[str, list[str]] = {}
    for entry in entries:
        key = (entry.school.pk, same_group(entry.group))
        day = min(entry.from_on or made.on, made.on)
        if key in work.new_groups:
            if day < work.new_groups[key].valid_from:
                work.new_groups[key] = replace(work.new_groups[key], valid_from=day)
        elif work.units.group(entry.school, entry.group) is None:
            kind = PUPILS_AT[Kind(entry.school.kind)]
            work.new_groups[key] = actions.NewUnit(kind, entry.group, entry.school, valid_from=day)
            names.setdefault(entry.school.name, []).append(entry.group)
    for school in sorted(names):
        words = _("Nye klasser ved {school}: {names}.")
        made.notes.append(words.format(school=school, names=", ".join(sorted(names[school]))))


def _place(entry: PupilEntry) -> str:
    return f"{entry.school.name}, {entry.group}"


def _begin(entry: PupilEntry, household: int | None, work: PupilWork, made: RosterPlan) -> None:
    pupil = Pupil(
        name=entry.name, gender=entry.gender, birth_year=entry.birth_year, household=household,
        source=entry.school, source_key=entry.key,
    )  # fmt: skip
    work.new_pupils.append(pupil)
    work.enrolled.append((pupil, entry, entry.from_on or made.on))
    named = Named(entry.name, entry.birth_year, entry.key)
    made.lines.append(PersonLine(LineChange.NEW, entry.name, _place(entry), _grade(entry.grade), named))


def _grade(grade: int | None) -> str:
    return _("{grade}. trinn").format(grade=grade) if grade else ""


def _compare(
    entry: PupilEntry, pupil: Pupil, current: CurrentPupils, households: Households, work: PupilWork, made: RosterPlan
) -> None:
    if _is_somebody_else(entry, pupil):
        words = _("Nøkkelen {key} tilhørte {name}. Nå har {new} den. Er nøkkelen brukt om igjen?")
        made.warnings.append(words.format(key=entry.key, name=pupil.name, new=entry.name))
    details = _changed(entry, pupil, households.of(entry, pupil))
    if details:
        work.changed.append(pupil)
    rows = current.enrolments.get(pupil.pk, [])
    here = next((row for row in rows if _is_in(row, entry)), None)
    day = entry.from_on or made.on
    if here is not None:
        from_on = entry.from_on or here.from_on
        to_on = entry.to_on if "til" in entry.says else here.to_on
        if (from_on, to_on) != (here.from_on, here.to_on):
            work.dated.append((here, from_on, to_on))
            details.append(_("andre datoer"))
    elif rows:
        old = next((row for row in rows if is_in_force(row, day)), rows[0])
        work.moved.append((old, entry, day))
        details.append(_("flytter fra {old}").format(old=_described(old, entry)))
    else:
        work.enrolled.append((pupil, entry, day))
        details.append(_("begynner igjen"))
    change = LineChange.CHANGED if details else LineChange.UNCHANGED
    named = Named(entry.name, pupil.birth_year, entry.key)
    made.lines.append(PersonLine(change, entry.name, _place(entry), ", ".join(details), named))


def _is_somebody_else(entry: PupilEntry, pupil: Pupil) -> bool:
    """Another name and another year under the same key: a new name alone is a new name."""
    years = entry.birth_year is not None and pupil.birth_year is not None and entry.birth_year != pupil.birth_year
    return years and same(entry.name) != same(pupil.name)


def _is_in(row: Enrolment, entry: PupilEntry) -> bool:
    in_group = row.group.parent_id == entry.school.pk and same_group(row.group.name) == same_group(entry.group)
    return in_group and row.grade == entry.grade


def _described(old: Enrolment, entry: PupilEntry) -> str:
    """The old class, with its school or grade where that is what differs."""
    if old.group.parent_id != entry.school.pk and old.group.parent is not None:
        return f"{old.group.parent.name}, {old.group.name}"
    if same_group(old.group.name) == same_group(entry.group):
        return _grade(old.grade)
    return old.group.name


def _changed(entry: PupilEntry, pupil: Pupil, household: int | None) -> list[str]:
    """What the list says otherwise of a pupil; written on the row, which is saved only with the plan."""
    said = []
    if pupil.name != entry.name:
        said.append(_("het {name}").format(name=pupil.name))
        pupil.name = entry.name
    if "kjønn" in entry.says and pupil.gender != entry.gender:
        said.append(_("kjønn"))
        pupil.gender = entry.gender
    if "fødselsår" in entry.says and pupil.birth_year != entry.birth_year:
        said.append(_("fødselsår"))
        pupil.birth_year = entry.birth_year
    if pupil.household != household:
        said.append(_("husstand"))
        pupil.household = household
    if pupil.source_id != entry.school.pk:
        said.append(_("ny skole"))
        pupil.source = entry.school
    if pupil.source_key != entry.key:
        said.append(_("ny elevnøkkel"))
        pupil.source_key = entry.key
    return said


def _let_go(current: CurrentPupils, listed: set[int], work: PupilWork, made: RosterPlan) -> None:
    """Those of the schools named who are not on the list: yesterday was their last day."""
    last_day = made.on - timedelta(days=1)
    last = _("siste dag {day}").format(day=date_format(last_day, "DATE_FORMAT"))
    before: Counter[int] = Counter()
    gone: Counter[int] = Counter()
    for pupil, rows in current.enrolments.items():
        for row in rows:
            school = current.schools.get(row.group.parent_id or 0)
            if school is None:
                continue
            before[school.pk] += 1
            if pupil not in listed:
                gone[school.pk] += 1
                work.dated.append((row, row.from_on, last_day))
                place = f"{school.name}, {row.group.name}"
                made.lines.append(PersonLine(LineChange.GONE, row.pupil.name, place, last, of_pupil(row.pupil)))
    for key, count in gone.items():
        if count >= FEW and count > ALARMING_SHARE * before[key]:
            words = _("{gone} av {before} elever ved {school} står ikke i lista. Har lista med hele skolen?")
            school = current.schools[key]
            made.warnings.append(words.format(gone=count, before=before[key], school=school.name))
