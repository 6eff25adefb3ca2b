"""Reading the class lists: one row a pupil or child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kfl.core.lists import Columns, Faults, Row, WrongCell

from ..kinds import Kind
from ..models import Gender, Unit
from . import cell_values
from .matches import PUPILS_AT, Units

COLUMNS = Columns(("enhet", "klasse", "trinn", "navn", "elevnøkkel"), ("kjønn", "fødselsår", "husstand", "fra", "til"))

WRONG: int | None = 0  # a grade that could not be read: told already


@dataclass
class PupilEntry:
    """One pupil as the list has it."""

    number: int | None  # of its row, where it has one
    says: frozenset[str]  # of what may be left out, what this list speaks of
    school: Unit
    group: str
    grade: int | None
    name: str
    gender: Gender
    birth_year: int | None
    key: str
    household: str
    from_on: date | None
    to_on: date | None


def read_entries(rows: Sequence[Row], units: Units, on: date, faults: Faults) -> list[PupilEntry]:
    """Every pupil on a table's rows; raises `WrongFile` with all that is wrong."""
    cell_values.refuse_national_identity_numbers(rows, faults)
    faults.refuse()
    entries = [one for row in rows if (one := _entry(row, units, on, faults)) is not None]
    refuse_doubles(entries, faults)
    return entries


def refuse_doubles(entries: Sequence[PupilEntry], faults: Faults) -> None:
    """No key stands twice at a school; raises `WrongFile` with this and all that was wrong before."""
    first: dict[tuple[int, str], PupilEntry] = {}
    for one in entries:
        earlier = first.setdefault((one.school.pk, one.key), one)
        if one.key and earlier is not one:
            words = _("Elevnøkkelen står også i rad {row}. En elev kan bare stå én gang.")
            faults.add(one.number, "elevnøkkel", words.format(row=earlier.number))
    faults.refuse()


def _entry(row: Row, units: Units, on: date, faults: Faults) -> PupilEntry | None:
    def school(cell: str) -> Unit:
        unit = units.by_code(cell_values.needed(cell))
        if unit.kind not in PUPILS_AT:
            words = _("{unit} er ikke en skole eller barnehage ({kind}).")
            raise WrongCell(words.format(unit=unit.name, kind=Kind(unit.kind).label))
        return unit

    unit = faults.read(row, "enhet", school, None)
    grade = faults.read(row, "trinn", cell_values.grade, WRONG)
    if unit is not None and unit.kind == Kind.SCHOOL and grade is None:
        faults.add(row.number, "trinn", _("Trinnet mangler. Bare barn i barnehage kan stå uten trinn."))
    if unit is not None and unit.kind == Kind.KINDERGARTEN and grade:
        faults.add(row.number, "trinn", _("Barn i barnehage har ikke trinn."))
    from_on, to_on = faults.read(row, "fra", cell_values.day, None), faults.read(row, "til", cell_values.day, None)
    if to_on and to_on < (from_on or on):
        faults.add(
            row.number, "til", _("Siste dag kommer før første dag. Elever som har sluttet, skal ikke stå i lista.")
        )
    group, name = faults.read(row, "klasse", cell_values.needed, ""), faults.read(row, "navn", cell_values.name, "")
    gender = faults.read(row, "kjønn", cell_values.gender, Gender.BLANK)
    year = faults.read(row, "fødselsår", lambda cell: cell_values.birth_year(cell, on), None)
    key = faults.read(row, "elevnøkkel", cell_values.needed, "")
    if unit is None:
        return None
    says = frozenset(column for column in COLUMNS.allowed if row.has(column))
    return PupilEntry(row.number, says, unit, group, grade, name, gender, year, key, row["husstand"], from_on, to_on)
