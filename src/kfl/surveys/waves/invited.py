"""Who is invited to which form, and where in the frozen tree they hang.

A pupil hangs under the class; teachers and leaders under the school; a household answers once, under the class
of its youngest child. One person gets one invitation to a form, also when she works at two schools. A rating hangs
where its child does; its pseudonym is another than the child's own, and joins with it by the link key alone (RULES
D.9). Who may not take part has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from kfl.answers.keys import PID_BYTES, LinkKey
from kfl.people.days import in_force
from kfl.people.kinds import Kind
from kfl.people.models import Enrolment, Gender, RoleAssignment
from kfl.questionnaires.formats import FOR_EACH_CHILD, Informant

from ..models import ConsentMode, ConsentState, Wave
from .tree import NewTree, taking_part

# Makes a person's lasting number from a key of the portal; K_link then makes the pseudonym.
_OF_USER = UUID("5b1d7b0e-6f0d-4f3b-9f57-0c8f7f0f2a11")
_OF_HOUSEHOLD = UUID("0d2a5b9c-3c41-4f6e-8f0a-6f1f2b7c9e22")
_SCHOOL_GRADES = (1, 10)
IN_DEPARTMENTS = frozenset({Informant.CHILD, Informant.RATER_KINDERGARTEN})
YOUNGEST_ASKED = 4  # a kindergarten child is asked, and rated, from the year it turns four


class Enrolled(NamedTuple):
    """A pupil or child in the one class or department where she is on the day."""

    pupil: int
    group: int
    grade: int | None
    uuid: UUID
    gender: int
    household: int | None
    birth_year: int | None


@dataclass(frozen=True)
class Guest:
    """Somebody to invite: the node's number, the lasting number that the pseudonym is made from, and who it is.

    That is a pupil, the parents of one, or the holder of a role; by key, as names are those of the day they are read.
    """

    node: int
    split: int
    uuid: UUID
    pupil: int | None = None
    parents_of: int | None = None
    holder: int | None = None


@dataclass(frozen=True)
class Roster:
    """Those who are invited to a form: int32 group, int8 split, uint8 pid (people, 16)."""

    group: NDArray[np.int32]
    split: NDArray[np.int8]
    pid: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.group)

    def __getitem__(self, part: Any) -> Roster:
        """A part of them, by mask or indexes."""
        return Roster(self.group[part], self.split[part], self.pid[part])


@dataclass
class People:
    """All who may be invited on a day, fetched once for all forms of a wave."""

    wave: Wave
    day: date
    enrolled: list[Enrolled] = field(default_factory=list)

    @classmethod
    def of(cls, wave: Wave, day: date) -> People:
        """Pupils and children of the units that take part, one class each."""
        rows = (
            Enrolment.objects.everywhere(why="system: a wave freezes who is in which class")
            .filter(taking_part(wave, "group__"), in_force(day))
            .order_by("-from_on", "pk")
            .values_list(
                "pupil_id", "group_id", "grade", "pupil__uuid", "pupil__gender",
                "pupil__household", "pupil__birth_year",
            )
        )  # fmt: skip
        newest: dict[int, Enrolled] = {}
        for row in rows.iterator(chunk_size=20_000):
            newest.setdefault(row[0], Enrolled._make(row))
        return cls(wave, day, [newest[pupil] for pupil in sorted(newest)])

    def grades_of(self) -> dict[int, set[int]]:
        """The grades in each class that has pupils."""
        found: dict[int, set[int]] = {}
        for one in self.enrolled:
            grades = found.setdefault(one.group, set())
            if one.grade is not None:
                grades.add(one.grade)
        return found

    def guests(self, informant: Informant, tree: NewTree) -> list[Guest]:
        """Everybody to invite to this informant group's form, in a fixed order."""
        return list(_INVITED[informant](self, tree))

    def children_taking_part(self, tree: NewTree, informant: Informant) -> list[Enrolled]:
        """Those whom a form for each child asks (or asks about) and who may take part, by what the parents said."""
        allowed = self._allowed()
        found = []
        for one in self.enrolled:
            number = tree.of_unit.get(one.group)
            if number is None or not allowed(one.pupil):
                continue
            if asks(informant, tree.places[number].kind, one.grade, one.birth_year, self.day):
                found.append(one)
        return found

    def _allowed(self) -> Callable[[int], bool]:
        # Who rehearses is who will be asked.
        asked = self.wave.rehearsal.of if self.wave.is_rehearsal else self.wave
        consents = asked.consents.all()
        if asked.consent_mode == ConsentMode.ACTIVE:
            yes = set(consents.filter(state=ConsentState.MAY_TAKE_PART).values_list("pupil_id", flat=True))
            return yes.__contains__
        no = set(consents.filter(state=ConsentState.RESERVED).values_list("pupil_id", flat=True))
        return lambda pupil: pupil not in no


def roster_of(guests: list[Guest], key: LinkKey, series: str, informant: Informant) -> Roster:
    """The guests as arrays, with the pseudonyms they have in this informant group's forms in this series of waves."""
    pids = b"".join(key.pid(series, informant, guest.uuid) for guest in guests)
    return Roster(
        np.array([guest.node for guest in guests], dtype=np.int32),
        np.array([guest.split for guest in guests], dtype=np.int8),
        np.frombuffer(pids, dtype=np.uint8).reshape(len(guests), PID_BYTES),
    )


def asks(informant: Informant, group_kind: str, grade: int | None, birth_year: int | None, day: date) -> bool:
    """Whether a form for each child (`FOR_EACH_CHILD`) has a place for one in such a group, grade and age."""
    if informant in IN_DEPARTMENTS:
        old_enough = birth_year is None or day.year - birth_year >= YOUNGEST_ASKED
        return group_kind == Kind.DEPARTMENT.value and old_enough
    lowest, highest = informant.band or _SCHOOL_GRADES
    return group_kind == Kind.GROUP.value and grade is not None and lowest <= grade <= highest


def _children(informant: Informant) -> Callable[[People, NewTree], Iterable[Guest]]:
    def invited(people: People, tree: NewTree) -> Iterable[Guest]:
        for one in people.children_taking_part(tree, informant):
            yield Guest(tree.of_unit[one.group], one.gender, one.uuid, pupil=one.pupil)

    return invited


def _parents(band: tuple[int, int] | None, group_kind: Kind) -> Callable[[People, NewTree], Iterable[Guest]]:
    def invited(people: People, tree: NewTree) -> Iterable[Guest]:
        youngest: dict[UUID, Enrolled] = {}
        for one in people.enrolled:
            number = tree.of_unit.get(one.group)
            if number is None or tree.places[number].kind != group_kind.value:
                continue
            if band is not None and (one.grade is None or not band[0] <= one.grade <= band[1]):
                continue
            home = f"household {one.household}" if one.household is not None else f"of {one.uuid.hex}"
            key = uuid5(_OF_HOUSEHOLD, home)
            if key not in youngest or _age_order(one) < _age_order(youngest[key]):
                youngest[key] = one
        for key, one in youngest.items():
            yield Guest(tree.of_unit[one.group], Gender.BLANK, key, parents_of=one.pupil)

    return invited


def _age_order(one: Enrolled) -> tuple[int, int, int]:
    """Youngest first: the lowest grade, and within it who was born last."""
    return (one.grade or 0, -(one.birth_year or 0), one.pupil)


def _holders(at: Kind, *roles: str) -> Callable[[People, NewTree], Iterable[Guest]]:
    def invited(people: People, tree: NewTree) -> Iterable[Guest]:
        held = (
            RoleAssignment.objects.everywhere(why="system: a wave invites those who work at the units that take part")
            .filter(taking_part(people.wave, "unit__"), in_force(people.day), role__in=roles, user__is_active=True)
            .order_by("user__name", "user_id", "pk")
            .values_list("user_id", "unit_id", "unit__parent_id")
        )
        seen = set()
        for user, unit, above in held:
            number = tree.of_unit.get(unit)
            if number is None or tree.places[number].kind != at.value:
                number = tree.of_unit.get(above)
            if user in seen or number is None or tree.places[number].kind != at.value:
                continue
            seen.add(user)
            yield Guest(number, Gender.BLANK, uuid5(_OF_USER, str(user)), holder=user)

    return invited


_INVITED: dict[Informant, Callable[[People, NewTree], Iterable[Guest]]] = {
    **{informant: _children(informant) for informant in FOR_EACH_CHILD},
    Informant.TEACHER: _holders(Kind.SCHOOL, "teacher"),
    Informant.LEADER: _holders(Kind.SCHOOL, "principal"),
    Informant.PARENT: _parents(_SCHOOL_GRADES, Kind.GROUP),
    Informant.KINDERGARTEN_PARENT: _parents(None, Kind.DEPARTMENT),
    Informant.KINDERGARTEN_STAFF: _holders(Kind.KINDERGARTEN, "pedagogical_leader", "kindergarten_staff"),
    Informant.KINDERGARTEN_HEAD: _holders(Kind.KINDERGARTEN, "kindergarten_head"),
}

KINDS_OF: dict[Informant, Kind] = {
    informant: Kind.KINDERGARTEN if informant.in_kindergarten else Kind.SCHOOL for informant in Informant
}
