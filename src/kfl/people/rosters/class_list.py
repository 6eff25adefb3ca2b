"""Reading the class lists: one row a pupil or child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ..kinds import Kind
from ..models import Gender, Unit
from . import values
from .matches import PUPILS_AT, Units
from .table import Columns, Row, read_rows
from .values import Faults, WrongCell

COLUMNS = Columns(("enhet", "klasse", "trinn", "navn", "elevnøkkel"), ("kjønn", "fødselsår", "husstand", "fra", "til"))

WRONG: int | None = 0  # a grade that could not be read: told already


@dataclass
class Entry:
    """One pupil as the list has it."""

    row: Row
    school: Unit
    group: str
    grade: int | None
    name: str
    gender: Gender
    birth_year: int | None
    key: str
    from_on: date | None
    to_on: date | None


def read_entries(content: bytes, units: Units, on: date) -> list[Entry]:
    """Every pupil on the list; raises `WrongRoster` with all that is wrong."""
    rows = read_rows(content, COLUMNS)
    faults = Faults()
    values.refuse_national_identity_numbers(rows, faults)
    faults.refuse()
    entries = [one for row in rows if (one := _entry(row, units, on, faults)) is not None]
    first: dict[tuple[int, str], int] = {}
    for one in entries:
        number = first.setdefault((one.school.pk, one.key), one.row.number)
        if one.key and number != one.row.number:
            words = _("Elevnøkkelen står også i rad {row}. En elev kan bare stå én gang.")
            faults.add(one.row, "elevnøkkel", words.format(row=number))
    faults.refuse()
    return entries


def _entry(row: Row, units: Units, on: date, faults: Faults) -> Entry | None:
    def school(cell: str) -> Unit:
        unit = units.by_code(values.needed(cell))
        if unit.kind not in PUPILS_AT:
            words = _("{unit} er ikke en skole eller barnehage ({kind}).")
            raise WrongCell(words.format(unit=unit.name, kind=Kind(unit.kind).label))
        return unit

    unit = faults.read(row, "enhet", school, None)
    grade = faults.read(row, "trinn", values.grade, WRONG)
    if unit is not None and unit.kind == Kind.SCHOOL and grade is None:
        faults.add(row, "trinn", _("Trinnet mangler. Bare barn i barnehage kan stå uten trinn."))
    if unit is not None and unit.kind == Kind.KINDERGARTEN and grade:
        faults.add(row, "trinn", _("Barn i barnehage har ikke trinn."))
    from_on, to_on = faults.read(row, "fra", values.day, None), faults.read(row, "til", values.day, None)
    if to_on and to_on < (from_on or on):
        faults.add(row, "til", _("Siste dag kommer før første dag. Elever som har sluttet, skal ikke stå i lista."))
    group, name = faults.read(row, "klasse", values.needed, ""), faults.read(row, "navn", values.name, "")
    gender = faults.read(row, "kjønn", values.gender, Gender.BLANK)
    year = faults.read(row, "fødselsår", lambda cell: values.birth_year(cell, on), None)
    key = faults.read(row, "elevnøkkel", values.needed, "")
    return Entry(row, unit, group, grade, name, gender, year, key, from_on, to_on) if unit is not None else None
