"""Where each row of the units' list belongs: the unit that it speaks of, there already or new, and the one above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from kfl.core.lists import Faults, WrongCell
from kfl.core.templatetags.core import listed

from ..actions import CHILD_KINDS
from ..kinds import Kind
from ..models import Unit, UnitCode, User
from ..roles import Permission
from .matches import Units, same
from .unit_list import UnitEntry


@dataclass(eq=False)
class ListedUnit:
    """A unit of the list or of the portal: its rows, and the unit and codes that are there already."""

    kind: Kind
    name: str
    above: ListedUnit | None
    unit: Unit | None = None
    entries: list[UnitEntry] = field(default_factory=list)
    codes: list[UnitCode] = field(default_factory=list)

    def code_of(self, entry: UnitEntry) -> UnitCode | None:
        """The code that is there already, if the unit has it at a time that the row speaks of."""
        rows = [row for row in self.codes if (row.scheme, row.code) == (entry.scheme, entry.code)]
        return next((row for row in rows if entry.overlaps(row.valid_from, row.valid_to)), None)


class ListedUnits:
    """Finds the place of each row, from the top of the tree down."""

    def __init__(self, by: User | None, on: date, unread: Collection[str] = ()) -> None:
        self.by = by
        self._unread = unread
        self.units = Units(by, Permission.UNIT_EDIT, on)
        self.listed: list[ListedUnit] = []
        self._of_unit: dict[int, ListedUnit] = {}
        self._by_code: dict[str, list[ListedUnit]] = defaultdict(list)
        self._named: dict[tuple[Kind, str, int], ListedUnit] = {}
        self._codes: dict[int, list[UnitCode]] = defaultdict(list)
        self._known: dict[tuple[str, str], list[UnitCode]] = defaultdict(list)
        rows = UnitCode.objects.everywhere(why="whether: a code of another's unit is refused, and not said whose it is")
        for row in rows.order_by("-valid_from", "pk"):
            self._codes[row.unit_id].append(row)
            self._known[row.scheme, row.code].append(row)
        self._by_name = {(unit.kind, same(unit.name), unit.parent_id): unit for unit in self.units.rows.values()}

    def put(self, entries: list[UnitEntry], faults: Faults) -> None:
        """Find the places of one level's rows; first by code, then by name."""
        above = {id(one): self._above(one, faults) for one in entries}
        later = []
        for entry in entries:
            place = self._by_its_code(entry, faults)
            if place is None:
                later.append(entry)
            else:
                self._add(place, entry, above[id(entry)], faults)
        for entry in later:
            self._add(self._by_its_name(entry, above[id(entry)]), entry, above[id(entry)], faults)

    def _above(self, entry: UnitEntry, faults: Faults) -> ListedUnit | None:
        if entry.kind is Kind.COUNTY:
            return None
        found = list(dict.fromkeys(self._by_code.get(entry.under, [])))
        try:
            place = found[0] if found else self._place_of(self.units.by_code(entry.under))
            if len(found) > 1:
                raise WrongCell(_("Flere enheter har koden {code}.").format(code=entry.under))
        except WrongCell as fault:
            if entry.under not in self._unread:
                faults.add(entry.number, "under", f"{fault} {self._how_to_name_the_county(entry.under)}".strip())
            return None
        if entry.kind not in CHILD_KINDS.get(place.kind, frozenset()):
            words = _("«{name}» ({kind}) kan ikke ligge rett under {above}.")
            kinds = {"kind": entry.kind.label, "above": place.kind.label}
            faults.add(entry.number, "under", words.format(name=entry.name, **kinds))
        return place

    def _how_to_name_the_county(self, under: str) -> str:
        """A county that has no code yet, as a new portal's, gets it from its own row of the first list."""
        bare = [unit for unit in self._counties() if not self._codes[unit.pk]]
        if len(bare) != 1:
            return ""
        words = _("{name} har ikke noe fylkesnummer ennå. Legg til en rad øverst: {row}")
        number = under if under.isdigit() and len(under) == 2 else "NN"
        return words.format(name=bare[0].name, row=f"fylke;{bare[0].name};{number};fylkesnummer;")

    def _counties(self) -> list[Unit]:
        return [unit for unit in self.units.rows.values() if unit.kind == Kind.COUNTY]

    def _by_its_code(self, entry: UnitEntry, faults: Faults) -> ListedUnit | None:
        for row in self._known.get((entry.scheme, entry.code), []):
            if not entry.overlaps(row.valid_from, row.valid_to):
                continue
            unit = self.units.rows.get(row.unit_id)
            if unit is None:
                faults.add(entry.number, "kode", _("Koden tilhører en enhet du ikke kan endre."))
                return None
            if unit.kind != entry.kind:
                words = _("Koden tilhører {name}, som er på nivået {kind}.")
                faults.add(entry.number, "kode", words.format(name=unit.name, kind=Kind(unit.kind).label))
                return None
            return self._place_of(unit)
        return None

    def _by_its_name(self, entry: UnitEntry, above: ListedUnit | None) -> ListedUnit:
        key = (entry.kind, same(entry.name), id(above))
        if key in self._named:
            return self._named[key]
        parent = above.unit.pk if above and above.unit else None
        unit = self._by_name.get((entry.kind, key[1], parent)) if above is None or above.unit else None
        if unit is not None:
            return self._place_of(unit)
        return ListedUnit(entry.kind, entry.name, above)

    def _place_of(self, unit: Unit) -> ListedUnit:
        if unit.pk not in self._of_unit:
            self._of_unit[unit.pk] = ListedUnit(Kind(unit.kind), unit.name, None, unit, codes=self._codes[unit.pk])
        return self._of_unit[unit.pk]

    def _add(self, place: ListedUnit, entry: UnitEntry, above: ListedUnit | None, faults: Faults) -> None:
        if not place.entries:
            place.name, place.above = entry.name, above
            self.listed.append(place)
            self._named[entry.kind, same(entry.name), id(above)] = place
            if place.unit is None and entry.kind is Kind.COUNTY and self.by is not None:
                words = _("Et nytt fylke legges inn av den som drifter portalen.")
                if known := [unit.name for unit in self._counties()]:
                    words += " " + _("Fylket i portalen heter {name}.").format(name=listed(known))
                faults.add(entry.number, "nivå", words)
        elif same(place.name) != same(entry.name) or place.above is not above:
            words = _("Enheten har et annet navn eller ligger et annet sted i rad {row}.")
            faults.add(entry.number, "navn", words.format(row=place.entries[0].number))
        place.entries.append(entry)
        self._by_code[entry.code].append(place)
