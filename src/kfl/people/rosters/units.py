"""What the list of units would change. Units that are not on it stay: a unit ends by its `gyldig til`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kfl.core.lists import Faults, Line, LineChange

from .. import actions
from ..kinds import Kind
from ..models import Scheme, Unit, UnitCode, User
from .listed_units import ListedUnit, ListedUnits
from .roster_plan import ListKind, RosterPlan
from .unit_list import UnitEntry

FIRST_DAY = date(2000, 1, 1)  # of a unit of which the list does not say when it began
FIRST_CODE_DAY = date(1900, 1, 1)
ORDER = tuple(Kind)  # from the top down


@dataclass
class UnitWork:
    """Carries the list out level by level, so that what is above is there first."""

    places: list[ListedUnit] = field(default_factory=list)

    def __call__(self, *, by: User | None) -> None:
        by_level = sorted(self.places, key=lambda one: ORDER.index(one.kind))
        for _level, found in groupby(by_level, key=lambda one: one.kind):
            level = list(found)
            new = [one for one in level if one.unit is None]
            there = [(one, one.unit) for one in level if one.unit is not None]
            if new:
                made = actions.add_units(units=[_new_unit(one) for one in new], by=by)
                for one, unit in zip(new, made, strict=True):
                    one.unit = unit
            changes = [change for one, unit in there if _differences(change := _change(one, unit))]
            if changes:
                actions.change_units(changes=changes, by=by)

    def rows(self) -> list[QuerySet[Any]]:
        why = "system: what the list's reader may edit, as it was"
        kinds = {place.kind for place in self.places}
        return [
            Unit.objects.everywhere(why=why).filter(kind__in=kinds),
            UnitCode.objects.everywhere(why=why).filter(unit__kind__in=kinds),
        ]


def plan(
    entries: Sequence[UnitEntry], *, by: User | None, on: date, faults: Faults, unread: Collection[str] = ()
) -> RosterPlan:
    """What a list would change; raises `WrongFile` with all that is wrong, also where units cannot lie where it says.

    `unread` are codes of rows that could not be read: what lies under them is not wrong for that.
    """
    places = ListedUnits(by, on, unread)
    for kind in ORDER:
        places.put([one for one in entries if one.kind is kind], faults)
    faults.refuse()
    work = UnitWork(places.listed)
    made = RosterPlan(kind=ListKind.UNITS, on=on, work=work)
    for place in work.places:
        made.lines.append(_line(place))
    listed = {place.unit.pk for place in work.places if place.unit is not None}
    kinds = {place.kind for place in work.places}
    for unit in places.units.rows.values():
        above = unit.parent_id is None or unit.parent_id in listed
        ended = unit.valid_to is not None and unit.valid_to < on
        if unit.kind in kinds and unit.pk not in listed and above and not ended:
            made.lines.append(Line(LineChange.GONE, unit.name, _kind(unit.kind), _("blir stående")))
    return made


def _kind(kind: str) -> str:
    return str(Kind(kind).label)


def _line(place: ListedUnit) -> Line:
    under = f"{_kind(place.kind)}, {place.above.name}" if place.above else _kind(place.kind)
    if place.unit is None:
        return Line(LineChange.NEW, place.name, under, ", ".join(one.code for one in place.entries))
    details = _differences(_change(place, place.unit))
    return Line(LineChange.CHANGED if details else LineChange.UNCHANGED, place.name, under, ", ".join(details))


def _new_unit(place: ListedUnit) -> actions.NewUnit:
    starts = [one.from_on for one in place.entries if one.from_on]
    ends = [one.to_on for one in place.entries]
    codes = tuple(_code(one) for one in place.entries)
    last = max(end for end in ends if end) if all(ends) else None
    above = place.above.unit if place.above else None
    return actions.NewUnit(place.kind, place.name, above, codes, min(starts, default=FIRST_DAY), last)


def _code(entry: UnitEntry) -> tuple[Scheme, str, date, date | None]:
    return (entry.scheme, entry.code, entry.from_on or FIRST_CODE_DAY, entry.to_on)


def _change(place: ListedUnit, unit: Unit) -> actions.UnitChange:
    """The unit as the list has it. A blank date leaves the one that is there."""
    days: dict[int, tuple[date, date | None]] = {row.pk: (row.valid_from, row.valid_to) for row in place.codes}
    dated: list[tuple[UnitCode, date, date | None]] = []
    new = []
    for entry in place.entries:
        row = place.code_of(entry)
        if row is None:
            new.append(_code(entry))
            continue
        wanted = (entry.from_on or row.valid_from, entry.to_on or row.valid_to)
        if wanted != days[row.pk]:
            dated.append((row, *wanted))
            days[row.pk] = wanted
    starts = [one.from_on for one in place.entries if one.from_on]
    ends = [*(end for _start, end in days.values()), *(end for *_rest, end in new)]
    stated = any(one.from_on or one.to_on for one in place.entries)
    known = [end for end in ends if end is not None]
    # A unit that has ended, as when a list was taken back, lives again with a new code that has no end.
    last = (max(known) if len(known) == len(ends) else None) if stated or new else unit.valid_to
    above = place.above.unit if place.above else None
    return actions.UnitChange(unit, place.name, above, min([unit.valid_from, *starts]), last, tuple(new), tuple(dated))


def _differences(change: actions.UnitChange) -> list[str]:
    """What differs from what is there, in words."""
    unit, said = change.unit, []
    if unit.name != change.name:
        said.append(_("het {name}").format(name=unit.name))
    above = change.parent.pk if change.parent else None
    if unit.parent_id != above:
        said.append(_("flytter fra {old}").format(old=unit.parent.name if unit.parent else "–"))
    if change.new_codes:
        said.append(_("ny kode {codes}").format(codes=", ".join(code for _scheme, code, *_days in change.new_codes)))
    if change.dated_codes or (unit.valid_from, unit.valid_to) != (change.valid_from, change.valid_to):
        said.append(_("andre datoer"))
    return said
