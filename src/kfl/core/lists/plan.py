"""What a list would do, line by line, before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kfl.core.alphabet import alphabetical

MOST_SHOWN = 100  # lines of each sort, on a page


class LineChange(StrEnum):
    """What happens to one row."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    LineChange.NEW: _("Nye"),
    LineChange.CHANGED: _("Endret"),
    LineChange.GONE: _("Står ikke i lista"),
    LineChange.UNCHANGED: _("Uendret"),
}


@dataclass(frozen=True)
class Line:
    """One line of the preview: whom or what it is about, where, and what happens."""

    change: LineChange
    name: str
    place: str
    detail: str = ""
    mark: str = field(default="", kw_only=True)  # what one must not miss; such a line stands first of its sort


@dataclass(frozen=True)
class Sort:
    """The lines of one sort as a page shows them; what stays as it is is only counted."""

    change: LineChange
    count: int
    lines: list[Line]

    @property
    def label(self) -> str:
        return self.change.label

    @property
    def left_out(self) -> int:
        return 0 if self.change is LineChange.UNCHANGED else self.count - len(self.lines)


@dataclass
class Plan:
    """All lines of a preview. A room's own plan adds how it is carried out."""

    possible: ClassVar[tuple[LineChange, ...]] = tuple(LineChange)  # the sorts that such a list can have
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what is done besides
    warnings: list[str] = field(default_factory=list)  # what is legal and looks wrong
    doubts: list[str] = field(default_factory=list)  # to be looked at and agreed to by themselves, before the rest

    def of(self, change: LineChange) -> list[Line]:
        """The lines of one sort, those with a mark first, then place by place and alphabetically."""
        found = [line for line in self.lines if line.change is change]
        return sorted(found, key=lambda line: (not line.mark, alphabetical(line.place), alphabetical(line.name)))

    @property
    def counts(self) -> dict[LineChange, int]:
        """How many lines there are of each sort."""
        return {change: sum(line.change is change for line in self.lines) for change in LineChange}

    @property
    def sorts(self) -> list[Sort]:
        """The lines by what happens, as many as a page shows."""
        counts = self.counts
        return [
            Sort(change, counts[change], self.of(change)[:MOST_SHOWN] if change is not LineChange.UNCHANGED else [])
            for change in self.possible
        ]

    @property
    def is_undecided(self) -> bool:
        """Whether somebody must answer a question before the list can be carried out."""
        return False

    @property
    def changes_anything(self) -> bool:
        """Whether the list would write anything."""
        return any(line.change is not LineChange.UNCHANGED for line in self.lines)

    @property
    def digest(self) -> str:
        """Changes when what the list would do changes: what somebody agreed to is what is done."""
        return hashlib.sha256("\n".join(map(repr, self._agreed_to())).encode()).hexdigest()

    def _agreed_to(self) -> Iterator[Any]:
        yield from self.doubts
        for line in self.lines:
            yield tuple(
                value for name, value in vars(line).items() if name != "mark"
            )  # it says again what the rest says
