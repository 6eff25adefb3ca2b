"""Pupils who seem to go and come in one list: the same name, year and class under another key.

A list that was opened in Excel, or that comes from another system, writes keys otherwise. Taken as it stands it would
end every pupil and begin as many new ones, without reservations and without history. So it is asked, once a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..models import Enrolment, Pupil
from .class_list import Entry
from .found import same, same_group, same_key
from .register import Register
from .table import Problem, WrongRoster


@dataclass(frozen=True)
class Twin:
    """Somebody on the list who may be a pupil that is there."""

    entry: Entry
    pupil: Pupil
    is_elsewhere: bool = False  # at another school of the same owner, whose list has not come

    @property
    def why(self) -> str:
        """What is alike, and what is not."""
        if self.is_elsewhere and self.pupil.source is not None:
            return _("samme nøkkel, navn og fødselsår ved {school}").format(school=self.pupil.source.name)
        old, new = self.pupil.source_key or "–", self.entry.key
        if same(self.pupil.name) != same(self.entry.name):
            return _("het {name}; nøkkelen var {old} og er {new}").format(name=self.pupil.name, old=old, new=new)
        return _("nøkkelen var {old} og er {new}").format(old=old, new=new)


def twins_of(entries: Sequence[Entry], pupils: Sequence[Pupil | None], register: Register) -> list[Twin]:
    """Every pair that may be one pupil; a pupil stands more than once where it is not clear which row it is."""
    listed = {pupil.pk for pupil in pupils if pupil is not None}
    leaving = [rows[0] for pupil, rows in register.current.items() if pupil not in listed]
    by_school: dict[int, list[Enrolment]] = defaultdict(list)
    for row in leaving:
        by_school[row.group.parent_id or 0].append(row)
    found: list[Twin] = []
    for entry, pupil in zip(entries, pupils, strict=True):
        if pupil is None:
            here = [row for row in by_school[entry.school.pk] if _may_be(entry, row)]
            found += [Twin(entry, row.pupil) for row in _nearest(entry, here)]
            if not here:
                found += [Twin(entry, one, is_elsewhere=True) for one in register.elsewhere(entry)]
    return found


def with_twins(entries: Sequence[Entry], pupils: Sequence[Pupil | None], twins: Iterable[Twin]) -> list[Pupil | None]:
    """The pupils of the rows where each twin is who it seems; raises `WrongRoster` where that is not clear."""
    of_row: dict[int, list[Pupil]] = defaultdict(list)
    rows_of: dict[int, int] = defaultdict(int)
    for twin in twins:
        of_row[twin.entry.row.number].append(twin.pupil)
        rows_of[twin.pupil.pk] += 1
    matched, problems = list(pupils), []
    for place, entry in enumerate(entries):
        seeming = of_row.get(entry.row.number, [])
        if len(seeming) == 1 and rows_of[seeming[0].pk] == 1:
            matched[place] = seeming[0]
        elif seeming:
            words = _("Flere elever kan være {name}. Skriv nøkkelen som før, eller fødselsåret.")
            problems.append(Problem(entry.row.number, "elevnøkkel", words.format(name=entry.name)))
    if problems:
        raise WrongRoster(problems)
    return matched


def _may_be(entry: Entry, row: Enrolment) -> bool:
    pupil = row.pupil
    if pupil.source_id == entry.school.pk and same_key(pupil.source_key) == same_key(entry.key):
        return True
    years = {pupil.birth_year, entry.birth_year} - {None}
    alike = same(pupil.name) == same(entry.name) and same_group(row.group.name) == same_group(entry.group)
    return alike and len(years) <= 1


def _nearest(entry: Entry, rows: list[Enrolment]) -> list[Enrolment]:
    """Those who fit best: by key, else by name and year, else all."""
    by_key = [row for row in rows if same_key(row.pupil.source_key) == same_key(entry.key)]
    by_year = [row for row in rows if entry.birth_year and row.pupil.birth_year == entry.birth_year]
    return by_key or by_year or rows
