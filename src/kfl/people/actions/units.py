"""What can happen to units: they are added, renamed, moved, and get other codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone

from ..audit import action, touched
from ..kinds import Kind
from ..models import Scheme, Unit, UnitCode, User

BATCH = 5000

# Which kinds may hang right under which.
CHILD_KINDS: dict[str | None, frozenset[Kind]] = {
    None: frozenset({Kind.COUNTY}),
    Kind.COUNTY: frozenset({Kind.REGION, Kind.MUNICIPALITY, Kind.SCHOOL, Kind.KINDERGARTEN}),
    Kind.REGION: frozenset({Kind.MUNICIPALITY}),
    Kind.MUNICIPALITY: frozenset({Kind.SCHOOL, Kind.KINDERGARTEN}),
    Kind.SCHOOL: frozenset({Kind.GROUP}),
    Kind.KINDERGARTEN: frozenset({Kind.DEPARTMENT}),
}


class UnitDoesNotFit(CannotBeDone):
    """A unit of this kind cannot hang there."""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be made, with the codes it is known by: (scheme, code, valid from, valid to)."""

    kind: Kind
    name: str
    parent: Unit | None
    codes: tuple[tuple[Scheme, str, date, date | None], ...] = ()
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None


@dataclass(frozen=True)
class UnitChange:
    """A unit as it shall be: name, parent and days, codes to add, and codes that get other days."""

    unit: Unit
    name: str
    parent: Unit | None
    valid_from: date
    valid_to: date | None
    new_codes: tuple[tuple[Scheme, str, date, date | None], ...] = ()
    dated_codes: tuple[tuple[UnitCode, date, date | None], ...] = ()


def _check_fit(new: NewUnit | UnitChange, kind: str) -> None:
    above = new.parent.kind if new.parent else None
    if kind not in CHILD_KINDS.get(above, frozenset()):
        raise UnitDoesNotFit(
            _("«{name}» ({kind}) kan ikke ligge rett under {above}.").format(
                name=new.name, kind=Kind(kind).label, above=Kind(above).label if above else _("ingenting")
            )
        )


@action("units.added", of_many=True)
def add_units(*, units: Sequence[NewUnit], by: User | None, at: datetime | None = None) -> list[Unit]:
    """Add many units of one level at once, and their codes."""
    for new in units:
        _check_fit(new, new.kind)
    rows = [
        Unit(kind=new.kind, name=new.name, parent=new.parent, valid_from=new.valid_from, valid_to=new.valid_to)
        for new in units
    ]
    Unit.objects.bulk_create(rows, batch_size=BATCH)
    for row in rows:
        row.path = f"{row.parent.path if row.parent else ''}{row.pk}/"
    Unit.objects.bulk_update(rows, ["path"], batch_size=500)
    UnitCode.objects.bulk_create(
        [
            UnitCode(unit=row, scheme=scheme, code=code, valid_from=valid_from, valid_to=valid_to)
            for row, new in zip(rows, units, strict=True)
            for scheme, code, valid_from, valid_to in new.codes
        ],
        batch_size=BATCH,
    )
    for row, new in zip(rows, units, strict=True):
        codes = ", ".join(code for _scheme, code, _from, _to in new.codes)
        touched(row, unit=row.parent_id or row, kind=row.kind, name=row.name, codes=codes)
    return rows


def add_unit(*, new: NewUnit, by: User | None, at: datetime | None = None) -> Unit:
    """Add one unit."""
    return add_units(units=[new], by=by, at=at)[0]


@action("units.changed", of_many=True)
def change_units(*, changes: Sequence[UnitChange], by: User | None, at: datetime | None = None) -> list[Unit]:
    """Give units another name, place in the tree, days or codes. A unit takes everything below it along."""
    for change in changes:
        _check_fit(change, change.unit.kind)
        unit = change.unit
        _tell_change(change)
        moved = unit.parent_id != (change.parent.pk if change.parent else None)
        unit.name, unit.parent = change.name, change.parent
        unit.valid_from, unit.valid_to = change.valid_from, change.valid_to
        unit.save(update_fields=["name", "parent", "valid_from", "valid_to"])
        if moved:
            _rehang(unit)
        for row, valid_from, valid_to in change.dated_codes:
            row.valid_from, row.valid_to = valid_from, valid_to
            row.save(update_fields=["valid_from", "valid_to"])
    UnitCode.objects.bulk_create(
        [
            UnitCode(unit=change.unit, scheme=scheme, code=code, valid_from=valid_from, valid_to=valid_to)
            for change in changes
            for scheme, code, valid_from, valid_to in change.new_codes
        ],
        batch_size=BATCH,
    )
    return [change.unit for change in changes]


def _tell_change(change: UnitChange) -> None:
    """What the unit is in the database, and what it shall be; whoever planned it may have changed the row already."""
    old = Unit.objects.as_stored([change.unit])[change.unit.pk]
    pairs: dict[str, Any] = {
        "name": (old.name, change.name),
        "parent": (old.parent_id, change.parent.pk if change.parent else None),
        "valid_from": (old.valid_from, change.valid_from),
        "valid_to": (old.valid_to, change.valid_to),
    }
    facts = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if change.new_codes:
        facts["new_codes"] = ", ".join(code for _scheme, code, _from, _to in change.new_codes)
    if change.dated_codes:
        facts["dated_codes"] = ", ".join(f"{row.code} {first}–{last or ''}" for row, first, last in change.dated_codes)
    touched(change.unit, unit=change.unit, **facts)


def _rehang(unit: Unit) -> None:
    """Write the paths of a unit and of all below it anew; both may have moved already in the same list."""
    unit.refresh_from_db(fields=["path"])
    old = unit.path
    above = Unit.objects.as_stored([unit.parent])[unit.parent.pk].path if unit.parent else ""
    new = f"{above}{unit.pk}/"
    Unit.objects.within(unit).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    unit.path = new
