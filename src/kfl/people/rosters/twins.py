"""Pupils who seem to go and come: the same name and year under another key, in whatever class or school of the owner.

A list that was opened in Excel, or that comes from another system, writes keys otherwise. Taken as it stands it would
end every pupil and begin as many new ones, without reservations and without history. So it is asked, once a list. At
one school it is asked of another year or spelling too; at another school name and year must be known and the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from kfl.core.lists import Problem, WrongFile

from ..models import Enrolment, Pupil
from ..same_names import folded
from .class_list import PupilEntry
from .current import CurrentPupils
from .matches import same, same_group, same_key

ALIKE = 0.9  # of two spellings: Nilsen and Nielsen, not Kari and Ole


@dataclass(frozen=True)
class Twin:
    """Somebody on the list who may be a pupil that is there."""

    entry: PupilEntry
    pupil: Pupil
    is_elsewhere: bool = False  # at another school of the same owner, or gone from one

    @property
    def why(self) -> str:
        """What is alike, and what is not."""
        old, new = self.pupil.source_key or "–", self.entry.key
        if self.is_elsewhere and self.pupil.source is not None:
            same_keys = same_key(old) == same_key(new)
            words = (
                _("samme nøkkel, navn og fødselsår ved {school}")
                if same_keys
                else _("samme navn og fødselsår ved {school}; nøkkelen var {old} og er {new}")
            )
            return words.format(school=self.pupil.source.name, old=old, new=new)
        if same(self.pupil.name) != same(self.entry.name):
            return _("het {name}; nøkkelen var {old} og er {new}").format(name=self.pupil.name, old=old, new=new)
        if len({self.pupil.birth_year, self.entry.birth_year} - {None}) > 1:
            words = _("født {before}, nå {year}; nøkkelen var {old} og er {new}")
            return words.format(before=self.pupil.birth_year, year=self.entry.birth_year, old=old, new=new)
        return _("nøkkelen var {old} og er {new}").format(old=old, new=new)


def twins_of(entries: Sequence[PupilEntry], pupils: Sequence[Pupil | None], current: CurrentPupils) -> list[Twin]:
    """Every pair that may be one pupil; a pupil stands more than once where it is not clear which row it is."""
    listed = {pupil.pk for pupil in pupils if pupil is not None}
    leaving = [rows[0] for pupil, rows in current.enrolments.items() if pupil not in listed]
    by_school: dict[int, list[Enrolment]] = defaultdict(list)
    for row in leaving:
        by_school[row.group.parent_id or 0].append(row)
    found: list[Twin] = []
    for entry, pupil in zip(entries, pupils, strict=True):
        if pupil is None:
            here = _nearest(entry, by_school[entry.school.pk])
            found += [Twin(entry, row.pupil) for row in here]
            if not here:
                found += [Twin(entry, one, is_elsewhere=True) for one in current.elsewhere(entry)]
    return found


def with_twins(
    entries: Sequence[PupilEntry], pupils: Sequence[Pupil | None], twins: Iterable[Twin]
) -> list[Pupil | None]:
    """The pupils of the rows where each twin is who it seems; raises `WrongFile` where that is not clear."""
    of_row: dict[int, list[Pupil]] = defaultdict(list)
    rows_of: dict[int, int] = defaultdict(int)
    for twin in twins:
        of_row[id(twin.entry)].append(twin.pupil)
        rows_of[twin.pupil.pk] += 1
    matched, problems = list(pupils), []
    for place, entry in enumerate(entries):
        seeming = of_row.get(id(entry), [])
        if len(seeming) == 1 and rows_of[seeming[0].pk] == 1:
            matched[place] = seeming[0]
        elif seeming:
            words = _("Flere elever kan være {name}. Skriv nøkkelen som før, eller fødselsåret.")
            problems.append(Problem(entry.number, "elevnøkkel", words.format(name=entry.name)))
    if problems:
        raise WrongFile("", problems)
    return matched


def _nearest(entry: PupilEntry, leaving: list[Enrolment]) -> list[Enrolment]:
    """Those of the school who fit best: by key; else by name, then by spelling; of several by year, and by class."""
    found = [row for row in leaving if same_key(row.pupil.source_key) == same_key(entry.key)]
    found = found or [row for row in leaving if folded(row.pupil.name) == folded(entry.name)]
    found = found or [row for row in leaving if _is_spelt_alike(entry, row.pupil)]
    ways: tuple[Callable[[Enrolment], bool], ...] = (
        lambda row: bool(entry.birth_year) and row.pupil.birth_year == entry.birth_year,
        lambda row: row.pupil.birth_year is None or entry.birth_year is None,
        lambda row: same_group(row.group.name) == same_group(entry.group),
    )
    for fits in ways:
        found = [row for row in found if fits(row)] or found
    return found


def _is_spelt_alike(entry: PupilEntry, pupil: Pupil) -> bool:
    """Another spelling of one name, or one with a name more or less, of somebody born in the same year."""
    if not entry.birth_year or pupil.birth_year != entry.birth_year:
        return False
    ours, theirs = folded(pupil.name), folded(entry.name)
    fewer, more = sorted((set(ours.split()), set(theirs.split())), key=len)
    if len(fewer) > 1 and fewer < more:
        return True
    alike = SequenceMatcher(None, ours, theirs, autojunk=False)
    return alike.quick_ratio() >= ALIKE and alike.ratio() >= ALIKE
