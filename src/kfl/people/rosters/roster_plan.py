"""What an import would do, line by line, before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kfl.core.lists import Line, LineChange, Plan

from ..models import ImportedRoster, User
from ..same_names import Named, told_apart


class TwinAnswer(StrEnum):
    """Whether those who seem to go and come under another key are the same pupils."""

    SAME = "same"
    OTHERS = "others"


class ListKind(StrEnum):
    """The three lists."""

    UNITS = "units"
    PUPILS = "pupils"
    STAFF = "staff"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    ListKind.UNITS: _("Enheter"),
    ListKind.PUPILS: _("Elever og barn"),
    ListKind.STAFF: _("Ansatte og roller"),
}


@dataclass(frozen=True)
class PersonLine(Line):
    """A line about a person."""

    named: Named | None = None  # what may tell the person from others of that name


class ListWork(Protocol):
    """Carries a plan out through actions."""

    def __call__(self, *, by: User | None) -> None: ...

    def rows(self) -> list[QuerySet[Any]]:
        """All rows that it may change, and those that it makes once it has: what is kept so that it can be undone."""
        ...


@dataclass(kw_only=True)
class RosterPlan(Plan):
    """All lines of a list's preview, and the work behind them."""

    kind: ListKind
    on: date
    work: ListWork
    twins: list[Line] = field(default_factory=list)  # who may be somebody that is there, under another key
    answer: TwinAnswer | None = None  # what was said of them
    imported: ImportedRoster | None = None  # what it did, once it was carried out

    @property
    def is_undecided(self) -> bool:
        """Whether somebody must first say who the twins are."""
        return bool(self.twins) and self.answer is None

    def tell_apart(self) -> None:
        """Add what tells two of one name apart, among the lines of one place."""
        places: dict[str, list[tuple[int, Named]]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            if isinstance(line, PersonLine) and line.named is not None:
                places[line.place].append((number, line.named))
        for found in places.values():
            words = told_apart([named for _number, named in found])
            for (number, _named), name in zip(found, words, strict=True):
                if name != self.lines[number].name:
                    self.lines[number] = replace(self.lines[number], name=name)

    @property
    def changes_anything(self) -> bool:
        """Whether the list would write anything; units that are not on it stay."""
        if self.kind is not ListKind.UNITS:
            return super().changes_anything
        return any(line.change in {LineChange.NEW, LineChange.CHANGED} for line in self.lines)

    def _agreed_to(self) -> Iterator[Any]:
        yield self.kind
        yield self.on.isoformat()
        yield str(self.answer)
        yield from super()._agreed_to()
        for line in self.twins:
            yield (*vars(line).values(),)
