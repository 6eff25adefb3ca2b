"""The tree of a wave that comes from a file: the file's units beneath one of ours, with their groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kfl.core.lists import Problem, WrongFile
from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import Scheme, Unit, UnitCode, User

from ..models import BroughtUnit
from ..waves.tree import LARGEST_QUESTION, ROOT, NewTree
from .answer_file import AnswerFile

HIGHEST_GRADE = 13


def tree_of_file(
    file: AnswerFile, under: Unit, kind: Kind, unit_column: str, day: date, by: User | None
) -> tuple[NewTree, NDArray[np.int32], list[Unit]]:
    """The tree, for each row the number of its lowest node, and the units that were not there and were made."""
    units, made = _units(file, under, kind, unit_column, by)
    tree = NewTree()
    above = Unit.objects.everywhere(why="public: the units above those of a file, as names of units are").filter(
        pk__in=[*under.ancestor_ids(), under.pk]
    )
    number = ROOT
    for unit in sorted(above, key=lambda unit: unit.path.count("/")):
        number = tree.add_unit(unit, number, day)
    place_of: dict[tuple[str, str], int] = {}
    for code in sorted(units):
        place_of[code, ""] = tree.add_unit(units[code], number, day)
    wanted = sorted({(code, group) for code, group in zip(file.unit, file.group, strict=True) if group}, key=_order)
    if all(group.isdecimal() and 1 <= int(group) <= HIGHEST_GRADE for _code, group in wanted):
        for code, group in wanted:
            place_of[code, group] = tree.add_grade(place_of[code, ""], int(group))
    else:
        groups, made_groups = _groups(wanted, units, kind, by)
        made += made_groups
        for (code, group), unit in zip(wanted, groups, strict=True):
            place_of[code, group] = tree.add_unit(unit, place_of[code, ""], day)
    rows = [place_of[key] for key in zip(file.unit, file.group, strict=True)]
    return tree, np.array(rows, dtype=np.int32), made


def _order(pair: tuple[str, str]) -> tuple[str, int, str]:
    code, group = pair
    return code, int(group) if group.isdecimal() else 0, group


def _units(
    file: AnswerFile, under: Unit, kind: Kind, column: str, by: User | None
) -> tuple[dict[str, Unit], list[Unit]]:
    """The units that the file names, by their code; and those of them that were made."""
    wanted = sorted(set(file.unit))
    known = UnitCode.objects.everywhere(why="public: a code is not secret").select_related("unit")
    found: dict[str, Unit] = {}
    for start in range(0, len(wanted), LARGEST_QUESTION):
        for row in known.filter(code__in=wanted[start : start + LARGEST_QUESTION]):
            if row.unit.path.startswith(under.path) and row.unit.kind == kind:
                found[row.code] = row.unit
            elif row.scheme == Scheme.OWN:
                words = _("«{code}» er {unit}, som ikke ligger rett under {under}").format(
                    code=row.code, unit=row.unit.name, under=under.name
                )
                raise WrongFile(column, [Problem(None, column, words)])
    again = _taken_up_again(found.values(), by)
    new = [code for code in wanted if code not in found]
    made = people.add_units(
        units=[
            people.NewUnit(kind, _named(kind, code), under, ((Scheme.OWN, code, date(2000, 1, 1), None),))
            for code in new
        ],
        by=by,
    )
    return {**found, **dict(zip(new, made, strict=True))}, [*again, *made]


def _taken_up_again(units: Iterable[Unit], by: User | None) -> list[Unit]:
    """Those that came with a file and were ended when that was annulled are as new; all others stay as they are."""
    rows = BroughtUnit.objects.everywhere(why="system: units that came with a file, and were ended with it").filter(
        wave=None
    )
    left = set(rows.values_list("unit", flat=True))
    again = [unit for unit in units if unit.pk in left]
    rows.filter(unit__in=again).delete()
    changes = [people.UnitChange(unit, unit.name, unit.parent, unit.valid_from, None) for unit in again]
    people.change_units(changes=changes, by=by)
    return again


def _groups(
    wanted: list[tuple[str, str]], units: dict[str, Unit], kind: Kind, by: User | None
) -> tuple[list[Unit], list[Unit]]:
    """The classes (departments) that the file names, and those that were made; one of that name that is there stays."""
    below = {Kind.SCHOOL: Kind.GROUP, Kind.KINDERGARTEN: Kind.DEPARTMENT}[kind]
    there: dict[tuple[int, str], Unit] = {}
    keys = [unit.pk for unit in units.values()]
    every = Unit.objects.everywhere(why="system: the classes of units that a file names")
    for start in range(0, len(keys), LARGEST_QUESTION):
        for group in every.filter(parent__in=keys[start : start + LARGEST_QUESTION], kind=below):
            there[group.parent_id or 0, group.name] = group
    missing = [(code, name) for code, name in wanted if (units[code].pk, name[:120]) not in there]
    made = people.add_units(units=[people.NewUnit(below, name[:120], units[code]) for code, name in missing], by=by)
    for unit in made:
        there[unit.parent_id or 0, unit.name] = unit
    return [there[units[code].pk, name[:120]] for code, name in wanted], made


def _named(kind: Kind, code: str) -> str:
    if not code.isdecimal():
        return code[:120]
    return (_("Skole {code}") if kind == Kind.SCHOOL else _("Barnehage {code}")).format(code=code)
