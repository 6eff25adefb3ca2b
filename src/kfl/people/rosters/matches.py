"""Which units a list may speak of, by their codes, and by the names of classes: those its reader may edit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kfl.core.lists import WrongCell

from ..days import VALID, is_in_force, is_over
from ..kinds import Kind
from ..models import Unit, UnitCode, User
from ..roles import Permission
from ..scopes import units_where

WITH_DECIMALS = re.compile(r"(\d+)[.,]0+")
WHOLE = "system: whoever runs commands owns the data folder"


def units_of(by: User | None, permission: Permission) -> QuerySet[Unit]:
    """The units this person may speak of; all of them for one who runs commands."""
    if by is None:
        rows: QuerySet[Unit] = Unit.objects.everywhere(why=WHOLE)
        return rows
    return units_where(by, permission)


class Units:
    """Units by code, on a day; a code that leads outside the reader's units leads nowhere."""

    def __init__(self, by: User | None, permission: Permission, on: date) -> None:
        self.on = on
        self.rows = {unit.pk: unit for unit in units_of(by, permission)}
        self._by_code: dict[str, list[UnitCode]] = defaultdict(list)
        codes = UnitCode.objects.everywhere(why="sifted: only codes of the reader's units are kept")
        for row in codes.order_by("-valid_from", "pk"):
            if row.unit_id in self.rows:
                self._by_code[row.code].append(row)
        self._groups: dict[int, dict[str, Unit]] = defaultdict(dict)
        self._nearly: dict[int, dict[str, Unit]] = defaultdict(dict)
        for unit in self.rows.values():
            if unit.is_leaf_kind and unit.parent_id and not is_over(unit, on, fields=VALID):
                self._remember(unit, unit.parent_id)

    def by_code(self, code: str) -> Unit:
        """The unit with this code; one that has it today goes before one that had it earlier."""
        rows = self._by_code.get(code, [])
        today = [row for row in rows if is_in_force(row, self.on, fields=VALID)]
        found = {row.unit_id for row in today or rows}
        if not found:
            raise WrongCell(_("Ingen enhet du kan endre, har koden {code}.").format(code=code))
        if len(found) > 1:
            raise WrongCell(_("Flere enheter har koden {code}.").format(code=code))
        return self.rows[found.pop()]

    def group(self, above: Unit, name: str) -> Unit | None:
        """The class or department of this name right below a school or kindergarten."""
        return self._groups[above.pk].get(same(name)) or self._nearly[above.pk].get(same_group(name))

    def add_groups(self, groups: Iterable[Unit]) -> None:
        """Remember classes that the list itself has made."""
        for group in groups:
            if group.parent_id:
                self._remember(group, group.parent_id)

    def _remember(self, group: Unit, above: int) -> None:
        self._groups[above][same(group.name)] = group
        self._nearly[above][same_group(group.name)] = group


def same(name: str) -> str:
    """Names that differ in capitals only are the same."""
    return name.casefold()


def same_group(name: str) -> str:
    """Classes that differ in capitals or blanks only are the same: 5A and 5 a."""
    return "".join(name.casefold().split())


def same_key(key: str) -> str:
    """A pupil's key as it was meant: without the blanks, capitals, noughts and decimals that a spreadsheet changes."""
    plain = "".join(key.casefold().split())
    return WITH_DECIMALS.sub(r"\1", plain).lstrip("0") or plain[-1:]


PUPILS_AT = {Kind.SCHOOL: Kind.GROUP, Kind.KINDERGARTEN: Kind.DEPARTMENT}
