"""Whom a code is for, by the name that person has today; two of one name at one place are told apart.

No name is kept with a code: whoever has a new name, or one that must not be shown any more, is called by what the list
of pupils or the account says now, in every list and on every slip that is printed from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical, in_name_order
from kfl.people.days import in_force
from kfl.people.models import Pupil, RoleAssignment, Unit, User
from kfl.people.roles import ROLES
from kfl.people.same_names import Named, of_pupil, of_user, told_apart

from ..models import Code

AT_ONCE = 5000  # places in one question


def labelled(codes: QuerySet[Code]) -> list[Code]:
    """The codes with their labels, by form, place in the tree and name."""
    rows = list(codes.select_related("pupil", "parents_of", "holder", "node", "form"))
    words = _words_of({(row.wave_id, row.node_id, row.form_id) for row in rows})
    for row in rows:
        if row.pk in words:
            row.called(words[row.pk])
    return sorted(rows, key=lambda row: (row.form.number, row.node.number, alphabetical(row.label), row.pk))


def label_of(code: Code) -> str:
    """What one code's owner is called among the others at its place."""
    return _words_of({(code.wave_id, code.node_id, code.form_id)})[code.pk]


@dataclass(frozen=True)
class CodeChoice:
    """A code in a list to choose from: the name, and what its holder is at the place."""

    code: Code
    words: str


def described_at(codes: list[Code], unit: Unit) -> list[CodeChoice]:
    """Names of staff with role and class: Bob Berg (lærer 8A); and that one has no address, so nothing can be sent."""
    today = timezone.localdate()
    held = RoleAssignment.objects.within(unit).filter(
        in_force(today),
        user__in={code.holder_id for code in codes if code.holder_id},
        role__in=ROLES,
    )
    roles: dict[int, list[str]] = defaultdict(list)
    for one in in_name_order(held.select_related("unit"), of=lambda one: one.unit.name):
        name = str(ROLES[one.role].name)
        roles[one.user_id].append(f"{name} {one.unit.name}" if one.unit.is_leaf_kind else name)
    found = []
    for code in codes:
        beside = list(dict.fromkeys(roles[code.holder_id])) if code.holder_id else []
        if code.holder is not None and not (code.holder.email and code.holder.is_active):
            beside.append(_("uten e-postadresse"))
        found.append(CodeChoice(code, f"{code.label} ({', '.join(beside)})" if beside else code.label))
    return found


def _words_of(places: Iterable[tuple[int, int, int]]) -> dict[int, str]:
    """The label of every code at these places (wave, node, form): one list each, also when one row of it is shown."""
    wanted = set(places)
    nodes = sorted({node for _wave, node, _form in wanted})
    lists: dict[tuple[int, int, int], list[Code]] = defaultdict(list)
    every = Code.objects.everywhere(why="sifted: others of the same name at the places of codes already found")
    for start in range(0, len(nodes), AT_ONCE):
        rows = every.filter(node__in=nodes[start : start + AT_ONCE]).select_related("pupil", "parents_of", "holder")
        for row in rows.order_by("pk"):
            place = (row.wave_id, row.node_id, row.form_id)
            if place in wanted:
                lists[place].append(row)
    words: dict[int, str] = {}
    for codes in lists.values():
        for code, name in zip(codes, told_apart([_named(code) for code in codes]), strict=True):
            words[code.pk] = code.addressed(name)
    return words


def _named(code: Code) -> Named:
    person: Pupil | User | None = code.pupil or code.parents_of or code.holder
    if isinstance(person, Pupil):
        return of_pupil(person)
    return of_user(person) if person is not None else Named("–")
