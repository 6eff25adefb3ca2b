"""Whoever would get a code, and has the name of somebody who is out of the wave: it is asked whether they are one.

A class list from another system, or with another spelling or year, may make a new pupil of one who is reserved. So no
code is made for whoever has such a name, at any school of the same owner, before somebody has said who it is. What is
asked rests on names and reservations alone, never on whether anything was answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.people.models import Pupil, Unit
from kfl.people.same_names import folded
from kfl.questionnaires.formats import FOR_EACH_CHILD, Informant

from ..models import Code, Consent, ConsentState, Namesake, Wave
from ..waves import membership
from ..waves.invited import asks


@dataclass(frozen=True)
class NamesakeQuestion:
    """A pupil who would get a code, the class, and the one of that name who is out, with the newest class."""

    pupil: Pupil
    group: Unit
    other: Pupil
    other_group: Unit | None


@dataclass(frozen=True)
class _Out:
    pupil: Pupil
    places: tuple[membership.Stay, ...]


def questions(
    wave: Wave, path: str | None = None, pupils: Collection[int] | None = None, day: date | None = None
) -> list[NamesakeQuestion]:
    """What must be answered before codes are made: at or below a unit, or of these pupils; by class and name."""
    asked = wave.rehearsal.of if wave.is_rehearsal else wave
    states = dict(_consents(asked).values_list("pupil_id", "state"))
    named = _out(asked)
    if not named:
        return []
    stays = membership.stays(wave, path, pupils, lambda name: folded(name) in named)
    out = _with_places(named, {folded(one.pupil.name) for one in stays})
    taken = set() if wave.is_draft else _with_code(wave)
    answered = set(Namesake.objects.within(asked).values_list("pupil_id", "other_id"))
    informants = [Informant(form.informant) for form in wave.forms.filter(informant__in=FOR_EACH_CHILD)]
    opened = day or timezone.localdate(wave.opened_at or wave.opens_at)
    found: dict[tuple[int, int], NamesakeQuestion] = {}
    for one in stays:
        state = ConsentState(states.get(one.pupil.pk, ConsentState.NOT_INFORMED))
        others = out.get(folded(one.pupil.name), [])
        if not others or one.pupil.pk in taken or not membership.may_answer(asked, state):
            continue
        if not any(asks(who, one.group.kind, one.grade, one.pupil.birth_year, opened) for who in informants):
            continue
        for other in others:
            pair = (one.pupil.pk, other.pupil.pk)
            if pair[0] != pair[1] and pair not in answered and _may_be(one, other):
                newest = other.places[0].group if other.places else None
                found[pair] = NamesakeQuestion(one.pupil, one.group, other.pupil, newest)
    return sorted(found.values(), key=lambda one: (one.group.path, one.pupil.name, one.pupil.pk, one.other.pk))


def why_not(wave: Wave, day: date) -> str:
    """Why a draft cannot open yet: the schools where somebody must answer, and nobody's name. Else empty."""
    paths = tuple(wave.units.values_list("unit__path", flat=True))
    found = [one.group.parent for one in questions(wave, day=day) if one.group.path.startswith(paths)]
    schools = sorted({school.name for school in found if school is not None})
    if not schools:
        return ""
    words = _("Noen heter det samme som en som er reservert. Svar på siden «Samtykke» om det er den samme: {schools}.")
    return words.format(schools=", ".join(schools))


def _out(asked: Wave) -> dict[str, list[Pupil]]:
    """Those who are reserved, or whose answers were erased and who may not answer since, by name."""
    rows = _consents(asked).filter(Q(state=ConsentState.RESERVED) | Q(place__isnull=False)).select_related("pupil")
    by_name: dict[str, list[Pupil]] = defaultdict(list)
    for row in rows:
        if row.state == ConsentState.RESERVED or not membership.may_answer(asked, ConsentState(row.state)):
            by_name[folded(row.pupil.name)].append(row.pupil)
    return dict(by_name)


def _with_places(named: Mapping[str, list[Pupil]], names: Collection[str]) -> dict[str, list[_Out]]:
    """Those of these names, each with every class that he or she is or was in, the newest first."""
    places: dict[int, list[membership.Stay]] = defaultdict(list)
    for stay in membership.all_stays([pupil.pk for name in names for pupil in named[name]]):
        places[stay.pupil.pk].append(stay)
    return {name: [_Out(pupil, tuple(places[pupil.pk])) for pupil in named[name]] for name in names}


def _may_be(one: membership.Stay, other: _Out) -> bool:
    """Of the same owner; one who goes to another school today must not have another year of birth."""
    owner = _owner(one.group)
    if other.places and not any(_owner(stay.group) == owner for stay in other.places):
        return False
    today = timezone.localdate()
    now = [stay for stay in other.places if stay.is_on(today)]
    elsewhere = bool(now) and all(stay.group.parent_id != one.group.parent_id for stay in now)
    years = {one.pupil.birth_year, other.pupil.birth_year} - {None}
    return not elsewhere or len(years) <= 1


def _owner(group: Unit) -> tuple[int, ...]:
    """The units above the school or kindergarten of a class."""
    return tuple(group.ancestor_ids()[:-1])


def _with_code(wave: Wave) -> set[int]:
    """Those who have a code, or had one: they were asked about, and what is said of them is said by name."""
    codes: Iterable[int] = Code.objects.within(wave).filter(pupil__isnull=False).values_list("pupil_id", flat=True)
    return {*codes, *_consents(wave).filter(place__isnull=False).values_list("pupil_id", flat=True)}


def _consents(wave: Wave) -> QuerySet[Consent]:
    return Consent.objects.within(wave)
