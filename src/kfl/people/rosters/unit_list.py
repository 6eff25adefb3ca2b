"""Reading the list of units: one row a code. Rows of the same level, name and place are one unit with more codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kfl.core.lists import Columns, Faults, Row

from ..kinds import Kind
from ..models import Scheme
from . import cell_values

COLUMNS = Columns(("nivå", "navn", "kode", "under"), ("kodetype", "gyldig fra", "gyldig til"))


@dataclass
class UnitEntry:
    """One row of the list: a unit by one of its codes."""

    number: int | None  # of its row, where it has one
    kind: Kind
    name: str
    scheme: Scheme
    code: str
    under: str
    from_on: date | None
    to_on: date | None

    def overlaps(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether this code's days and those given have a day in common; blank is without end."""
        begins_before = self.from_on is None or valid_to is None or self.from_on <= valid_to
        ends_after = self.to_on is None or valid_from is None or self.to_on >= valid_from
        return begins_before and ends_after


def read_entries(rows: Sequence[Row], faults: Faults) -> list[UnitEntry]:
    """Every row of a table whose cells can be read."""
    entries = [one for row in rows if (one := _entry(row, faults)) is not None]
    seen: dict[tuple[Scheme, str], list[UnitEntry]] = defaultdict(list)
    for one in entries:
        for earlier in seen[one.scheme, one.code]:
            if one.overlaps(earlier.from_on, earlier.to_on):
                words = _("Koden står også i rad {row}, på samme tid.")
                faults.add(one.number, "kode", words.format(row=earlier.number))
                break
        seen[one.scheme, one.code].append(one)
    return entries


def unread_codes(rows: Sequence[Row], entries: Sequence[UnitEntry]) -> set[str]:
    """The codes, as they stand, of rows that gave no entry."""
    read = {one.number for one in entries}
    return {row["kode"].replace(" ", "") for row in rows if row.number not in read}


def _entry(row: Row, faults: Faults) -> UnitEntry | None:
    kind = faults.read(row, "nivå", cell_values.kind, None)
    scheme = faults.read(row, "kodetype", cell_values.scheme, None)
    name = faults.read(row, "navn", cell_values.name, "")
    code = faults.read(row, "kode", lambda cell: cell_values.code(cell, scheme or Scheme.OWN), "")
    from_on = faults.read(row, "gyldig fra", cell_values.day, None)
    to_on = faults.read(row, "gyldig til", cell_values.day, None)
    if from_on and to_on and to_on < from_on:
        faults.add(row.number, "gyldig til", _("Siste dag kommer før første dag."))
    if kind is None or scheme is None or not name or not code:
        return None
    own_kind = {Scheme.COUNTY: Kind.COUNTY, Scheme.MUNICIPALITY: Kind.MUNICIPALITY}.get(scheme, kind)
    if own_kind is not kind:
        words = _("En enhet på nivået {kind} kan ikke ha {scheme}.")
        faults.add(row.number, "kodetype", words.format(kind=kind.label, scheme=scheme.label))
    if kind is Kind.COUNTY and row["under"]:
        faults.add(row.number, "under", _("Et fylke ligger ikke under noe annet."))
    if kind is not Kind.COUNTY and not row["under"]:
        faults.add(row.number, "under", _("Koden til enheten over mangler."))
        return None
    return UnitEntry(row.number, kind, name, scheme, code, row["under"].replace(" ", ""), from_on, to_on)
