"""The pupils that the portal has at the schools a list names, and under the same keys at the owner's other schools."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from ..days import not_over
from ..models import Enrolment, Pupil
from ..same_names import folded
from .class_list import PupilEntry
from .matches import same, same_key

WHY = "sifted: pupils of the schools that the list names, and of their owner, whom its reader may edit"


class CurrentPupils:
    """Pupils by key, and the enrolments that hold today or begin later, the newest first."""

    def __init__(self, entries: Sequence[PupilEntry], on: date) -> None:
        self.schools = {one.school.pk: one.school for one in entries}
        self.listed = {(one.school.pk, one.key) for one in entries}
        self.enrolments: dict[int, list[Enrolment]] = defaultdict(list)
        self._by_key: dict[tuple[int | None, str], Pupil] = {}
        self._nearby: dict[str, list[Pupil]] = defaultdict(list)
        self._of_name: dict[str, list[Pupil]] = defaultdict(list)
        self._meant: dict[tuple[int | None, str], list[Pupil]] = defaultdict(list)
        self._rows_meant = Counter((one.school.pk, same_key(one.key)) for one in entries)
        self.rewritten: list[PupilEntry] = []  # rows whose key is the pupil's own, written otherwise
        self._claimed: set[int] = set()
        owners = {school.parent_id for school in self.schools.values()}
        pupils = Pupil.objects.everywhere(why=WHY).filter(source__parent__in=owners).select_related("source")
        for pupil in pupils.exclude(source_key="").order_by("pk"):
            self._by_key[pupil.source_id, pupil.source_key] = pupil
            self._nearby[same_key(pupil.source_key)].append(pupil)
            self._of_name[folded(pupil.name)].append(pupil)
            self._meant[pupil.source_id, same_key(pupil.source_key)].append(pupil)
        here = Q(group__parent__in=list(self.schools)) | Q(pupil__source__parent__in=owners)
        rows = Enrolment.objects.everywhere(why=WHY).filter(here, not_over(on))
        for row in rows.select_related("pupil", "group__parent").order_by("-from_on", "-pk"):
            self.enrolments[row.pupil_id].append(row)

    def pupil(self, entry: PupilEntry) -> Pupil | None:
        """The pupil of this key at this school, or one who comes from another school of the same owner.

        A key is read as it was meant where that is clear: one pupil and one row of the name. Schools may give the same
        key to different pupils. One who comes from elsewhere must therefore have the same name and year of birth too,
        and no longer be at the other school.
        """
        found = self._by_key.get((entry.school.pk, entry.key)) or self._as_meant(entry)
        if found is None:
            coming = [one for one in self._nearby.get(same_key(entry.key), []) if self._comes(one, entry)]
            found = coming[0] if len(coming) == 1 else None
        if found is not None:
            self._claimed.add(found.pk)
        return found

    def elsewhere(self, entry: PupilEntry) -> list[Pupil]:
        """Pupils of this name and year whom no row of the list is, at the schools of the owner.

        They are at a school whose list has not come, or have left one since. Those of the same key go first.
        """
        found = [
            pupil
            for pupil in self._of_name[folded(entry.name)]
            if pupil.pk not in self._claimed
            and pupil.source is not None
            and pupil.source.parent_id == entry.school.parent_id
            and pupil.birth_year is not None
            and pupil.birth_year == entry.birth_year
        ]
        return [one for one in found if same_key(one.source_key) == same_key(entry.key)] or found

    def _as_meant(self, entry: PupilEntry) -> Pupil | None:
        place = (entry.school.pk, same_key(entry.key))
        pupils = self._meant.get(place, [])
        if len(pupils) != 1 or self._rows_meant[place] != 1 or same(pupils[0].name) != same(entry.name):
            return None
        self.rewritten.append(entry)
        return pupils[0]

    def _comes(self, pupil: Pupil, entry: PupilEntry) -> bool:
        if pupil.pk in self._claimed or pupil.source is None or pupil.source.parent_id != entry.school.parent_id:
            return False
        if same(pupil.name) != same(entry.name) or pupil.birth_year is None or pupil.birth_year != entry.birth_year:
            return False
        if (pupil.source_id, pupil.source_key) in self.listed:
            return False
        return pupil.source_id in self.schools or pupil.pk not in self.enrolments
