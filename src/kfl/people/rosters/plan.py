"""What an import would do, line by line, before it is done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from kfl.core.alphabet import alphabetical

from ..models import User
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


class Change(StrEnum):
    """What happens to one unit, person or role."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return str(CHANGE_LABELS[self])


CHANGE_LABELS = {
    Change.NEW: _("Nye"),
    Change.CHANGED: _("Endret"),
    Change.GONE: _("Står ikke i lista"),
    Change.UNCHANGED: _("Uendret"),
}


@dataclass(frozen=True)
class Line:
    """One line of the preview: whom or what it is about, where, and what happens."""

    change: Change
    name: str
    place: str
    detail: str = ""
    named: Named | None = None  # what may tell the person from others of that name


class Work(Protocol):
    """Carries a plan out through actions."""

    def __call__(self, *, by: User | None) -> None: ...


@dataclass
class Plan:
    """All lines of a preview, and the work behind them."""

    kind: ListKind
    on: date
    work: Work
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    twins: list[Line] = field(default_factory=list)  # who may be somebody that is there, under another key
    answer: TwinAnswer | None = None  # what was said of them
    doubts: list[str] = field(default_factory=list)  # to be looked at and agreed to by themselves, before the rest

    def of(self, change: Change) -> list[Line]:
        """The lines of one sort, place by place and alphabetically."""
        found = [line for line in self.lines if line.change is change]
        return sorted(found, key=lambda line: (alphabetical(line.place), alphabetical(line.name)))

    @property
    def is_undecided(self) -> bool:
        """Whether somebody must first say who the twins are."""
        return bool(self.twins) and self.answer is None

    def tell_apart(self) -> None:
        """Add what tells two of one name apart, among the lines of one place."""
        places: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            if line.named is not None:
                places[line.place].append(number)
        for numbers in places.values():
            words = told_apart([named for number in numbers if (named := self.lines[number].named)])
            for number, name in zip(numbers, words, strict=True):
                if name != self.lines[number].name:
                    self.lines[number] = replace(self.lines[number], name=name)

    @property
    def counts(self) -> dict[Change, int]:
        """How many lines there are of each sort."""
        return {change: sum(line.change is change for line in self.lines) for change in Change}

    @property
    def changes_anything(self) -> bool:
        """Whether the import would write anything."""
        return any(line.change in {Change.NEW, Change.CHANGED} for line in self.lines) or (
            self.kind is not ListKind.UNITS and bool(self.of(Change.GONE))
        )

    @property
    def digest(self) -> str:
        """Changes when what the import would do changes."""
        content = [self.kind, self.on.isoformat(), str(self.answer), *self.doubts]
        content += [repr((*vars(line).values(),)) for line in [*self.lines, *self.twins]]
        return hashlib.sha256("\n".join(content).encode()).hexdigest()
