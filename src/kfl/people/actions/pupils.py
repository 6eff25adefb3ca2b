"""What can happen to pupils: they are enrolled, they move, they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..audit import CHANGED, action, touched
from ..models import Enrolment, Pupil, Unit, User

BATCH = 5000


@dataclass(frozen=True)
class Move:
    """A pupil to another class or grade, from a day; the day before is the last in the old one."""

    enrolment: Enrolment
    group: Unit
    grade: int | None
    from_on: date
    to_on: date | None = None


@action("pupils.enrolled", of_many=True)
def enrol_pupils(
    *,
    pupils: Sequence[Pupil],
    enrolments: Sequence[tuple[Pupil, Unit, int | None, date, date | None]],
    by: User | None,
    at: datetime | None = None,
) -> int:
    """Add pupils that are new and put pupils in groups: (pupil, group, grade, from, to). Gives the number enrolled."""
    Pupil.objects.bulk_create([pupil for pupil in pupils if pupil.pk is None], batch_size=BATCH)
    rows = [
        Enrolment(pupil=pupil, group=group, grade=grade, from_on=from_on, to_on=to_on)
        for pupil, group, grade, from_on, to_on in enrolments
    ]
    Enrolment.objects.bulk_create(rows, batch_size=BATCH)
    for row in rows:
        touched(row, unit=row.group_id, pupil=row.pupil_id, grade=row.grade, from_on=row.from_on, to_on=row.to_on)
    return len(rows)


@action("pupils.changed", of_many=True)
def change_pupils(*, pupils: Sequence[Pupil], by: User | None, at: datetime | None = None) -> int:
    """Write what a new list says of pupils: name, gender, year of birth, household, the school's key."""
    fields = ["name", "gender", "birth_year", "household", "source", "source_key"]
    before = Pupil.objects.as_stored(pupils)
    for pupil in pupils:
        changed = {one: CHANGED for one in fields if getattr(before[pupil.pk], one) != getattr(pupil, one)}
        touched(pupil, unit=_group_of(pupil), **changed)
    Pupil.objects.bulk_update(pupils, fields, batch_size=100)
    return len(pupils)


def _group_of(pupil: Pupil) -> int | None:
    """The class or department that a pupil was put in last; the school whose key the pupil has, where in none."""
    last = pupil.enrolments.order_by("-from_on", "-pk").values_list("group", flat=True).first()
    return last if last is not None else pupil.source_id


@action("pupils.moved", of_many=True)
def move_pupils(*, moves: Sequence[Move], by: User | None, at: datetime | None = None) -> int:
    """Move pupils to another class or grade. One who did not begin before the day was put wrong: it is mended."""
    ended, mended, begun = [], [], []
    for move in moves:
        old = move.enrolment
        _tell_move(move)
        if old.from_on < move.from_on:
            old.to_on = move.from_on - timedelta(days=1)
            ended.append(old)
            begun.append((old.pupil, move.group, move.grade, move.from_on, move.to_on))
        else:
            old.group, old.grade, old.from_on, old.to_on = move.group, move.grade, move.from_on, move.to_on
            mended.append(old)
    Enrolment.objects.bulk_update(ended, ["to_on"], batch_size=500)
    Enrolment.objects.bulk_update(mended, ["group", "grade", "from_on", "to_on"], batch_size=100)
    Enrolment.objects.bulk_create(
        [Enrolment(pupil=p, group=g, grade=n, from_on=from_on, to_on=to_on) for p, g, n, from_on, to_on in begun],
        batch_size=BATCH,
    )
    return len(moves)


def _tell_move(move: Move) -> None:
    """A line at the class that the pupil leaves, and one at the class that the pupil comes to."""
    old = move.enrolment
    facts: dict[str, Any] = {
        "pupil": old.pupil_id,
        "group": (old.group_id, move.group.pk),
        "grade": (old.grade, move.grade),
        "from_on": move.from_on,
    }
    for unit in dict.fromkeys([old.group_id, move.group.pk]):
        touched(old, unit=unit, **facts)


def move_pupil(*, move: Move, by: User | None, at: datetime | None = None) -> None:
    """Move one pupil."""
    move_pupils(moves=[move], by=by, at=at)


@action("enrolments.dated", of_many=True)
def date_enrolments(
    *, enrolments: Sequence[tuple[Enrolment, date, date | None]], by: User | None, at: datetime | None = None
) -> int:
    """Give enrolments other days: (enrolment, from, to). A pupil who has left is never deleted.

    An enrolment that would end before it begins has not been: it goes, and the pupil stays.
    """
    rows: list[Enrolment] = []
    never: list[Enrolment] = []
    for row, from_on, to_on in enrolments:
        days = {"from_on": (row.from_on, from_on), "to_on": (row.to_on, to_on)}
        changed = {name: pair for name, pair in days.items() if pair[0] != pair[1]}
        touched(row, unit=row.group_id, pupil=row.pupil_id, **changed)
        row.from_on, row.to_on = from_on, to_on
        (rows if to_on is None or to_on >= from_on else never).append(row)
    Enrolment.objects.bulk_update(rows, ["from_on", "to_on"], batch_size=200)
    for start in range(0, len(never), BATCH):
        Enrolment.objects.within(*never[start : start + BATCH]).delete()
    return len(enrolments)


def end_enrolment(*, enrolment: Enrolment, to_on: date, by: User | None, at: datetime | None = None) -> None:
    """Let a pupil leave a class; `to_on` is the last day there."""
    date_enrolments(enrolments=[(enrolment, enrolment.from_on, to_on)], by=by, at=at)
