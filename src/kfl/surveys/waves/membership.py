"""The pupils who belong to a wave: the tree as it was frozen, with what has happened since. The one place that says.

Consent, codes, lost codes, late pupils, slips, ratings and erasure all ask here. Whoever was in a class when the wave
opened belongs there until it closes, also after having left, moved or been given other dates: the reservation and the
right to have answers taken out stay. Whoever has come to one of its classes since belongs there from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.days import in_force, in_force_between, is_in_force
from kfl.people.models import Enrolment, Pupil, Unit, User
from kfl.people.roles import Permission
from kfl.people.same_names import by_name
from kfl.questionnaires.formats import FOR_EACH_CHILD, Informant

from ..models import Code, Consent, ConsentMode, ConsentState, Wave, WaveForm, WaveNode
from .invited import asks


class NoPlaceInWave(CannotBeDone):
    """The pupil's class and grade are not part of the wave."""


@dataclass(frozen=True)
class PlaceInWave:
    """Where a pupil hangs in the frozen tree, and the forms that ask (or ask about) the pupil there.

    `is_counted`: among the invited there already, so that a new code makes them no more.
    """

    node: WaveNode
    forms: tuple[WaveForm, ...]
    is_counted: bool


@dataclass(frozen=True)
class Stay:
    """That a pupil is or was in a class."""

    pupil: Pupil
    group: Unit
    grade: int | None
    last: date | None

    def is_on(self, day: date) -> bool:
        """Whether the pupil is still there."""
        return self.last is None or self.last >= day


def class_today(by: User | None, keys: Collection[str]) -> dict[str, str]:
    """The class today of each of these keys, where this person records consent there too and it is one class."""
    if by is None or not keys:
        return {}
    rows = Enrolment.objects.visible_to(by, Permission.CONSENT_EDIT).filter(in_force(timezone.localdate()))
    found: dict[str, set[str]] = {}
    for key, group in rows.filter(pupil__source_key__in=keys).values_list("pupil__source_key", "group__name"):
        found.setdefault(key, set()).add(group)
    return {key: next(iter(groups)) for key, groups in found.items() if len(groups) == 1}


def stays(wave: Wave, path: str | None, pupils: Collection[int] | None, has_name: Callable[[str], bool]) -> list[Stay]:
    """Pupils of such a name who are or were in the classes of a wave, at or below a unit or of these pupils."""
    rows = _between(*_days(wave)).filter(group__path__startswith=path if path is not None else wave.unit.path)
    if pupils is not None:
        rows = rows.filter(pupil__in=pupils)
    keys = {pupil for pupil, name in rows.values_list("pupil_id", "pupil__name") if has_name(name)}
    return _stays(rows.filter(pupil__in=keys))


def all_stays(pupils: Collection[int]) -> list[Stay]:
    """Every class in which these pupils are or were, the newest first."""
    return _stays(
        Enrolment.objects.everywhere(why="sifted: where those of one name are and were").filter(pupil__in=pupils)
    )


def _stays(rows: QuerySet[Enrolment]) -> list[Stay]:
    found = rows.select_related("pupil", "group__parent").order_by("-from_on", "-pk")
    return [Stay(row.pupil, row.group, row.grade, row.to_on) for row in found]


def may_answer(wave: Wave, state: ConsentState) -> bool:
    """Whether a pupil may take part, by what the parents have said."""
    if wave.consent_mode == ConsentMode.ACTIVE:
        return state is ConsentState.MAY_TAKE_PART
    return state is not ConsentState.RESERVED


def pupils_at(wave: Wave, unit: Unit) -> list[Pupil]:
    """Those who belong to the wave at or below a unit, by name; of a draft, those who will be there when it opens."""
    first, last = _days(wave)
    here = _between(first, last).filter(group__path__startswith=unit.path).values("pupil")
    with_code = _codes(wave).filter(node__unit__path__startswith=unit.path).values("pupil")
    without_any_more = _consents(wave).filter(place__unit__path__startswith=unit.path).values("pupil")
    pupils = Pupil.objects.everywhere(why="sifted: pupils of a wave at a unit that the reader was found at")
    found = pupils.filter(Q(pk__in=here) | Q(pk__in=with_code) | Q(pk__in=without_any_more))
    return by_name(list(found))


def those_belonging(wave: Wave, pupils: Collection[int]) -> set[int]:
    """Which of these pupils were in a class of the wave's frozen tree while it was open, or got a code there."""
    there = _between(*_days(wave)).filter(group__in=wave.nodes.values("unit"))
    known = (there, _codes(wave), _consents(wave).filter(place__isnull=False))
    return {key for rows in known for key in rows.filter(pupil__in=pupils).values_list("pupil_id", flat=True)}


def those_away(wave: Wave, unit: Unit, pupils: Iterable[Pupil]) -> set[int]:
    """Keys of those who belong to the wave here, but are in no class at or below the unit any more."""
    today = timezone.localdate()
    here = set(_between(today, today).filter(group__path__startswith=unit.path).values_list("pupil_id", flat=True))
    return {pupil.pk for pupil in pupils if not wave.is_draft and pupil.pk not in here}


def place_of(wave: Wave, pupil: Pupil) -> PlaceInWave:
    """Where a pupil of an open wave hangs; raises `NoPlaceInWave`.

    In this order: where the pupil has a code, where the pupil had one, the class at the opening, the class today.
    """
    opened, today = timezone.localdate(wave.opened_at), timezone.localdate()
    days = list(pupil.enrolments.order_by("-from_on", "pk"))
    then = [one for one in days if is_in_force(one, opened)]
    now = [one for one in days if is_in_force(one, today)]
    had = _consents(wave).filter(pupil=pupil, place__isnull=False).select_related("place__parent").first()
    code = _codes(wave).filter(pupil=pupil).select_related("node__parent").order_by("pk").first()
    node: WaveNode | None = code.node if code else had.place if had else None
    is_counted = node is not None
    grade = next((one.grade for one in [*then, *now, *days]), None)
    if node is None:
        node_of = {one.unit_id: one for one in wave.nodes.filter(unit__in=[one.group_id for one in [*then, *now]])}
        stood = next((one for one in [*then, *now] if one.group_id in node_of), None)
        node, grade = (node_of[stood.group_id], stood.grade) if stood else (None, grade)
    if grade is None and node is not None and node.parent is not None:
        grade = node.parent.grade  # whoever stands in no list any more was in the grade of the class
    forms = _forms(wave, node, grade, pupil.birth_year, opened) if node else ()
    if node is None or not forms:
        raise NoPlaceInWave(_("{pupil} går ikke i en klasse som er med.").format(pupil=pupil.name))
    return PlaceInWave(node, forms, is_counted)


def has_place(wave: Wave, pupil: Pupil) -> bool:
    """Whether the wave has a place for a pupil: a class in its tree, and a form for the grade and age."""
    try:
        place_of(wave, pupil)
    except NoPlaceInWave:
        return False
    return True


def pupils_without_code(wave: Wave, group: Unit) -> list[Pupil]:
    """Pupils who are in a class today and may take part, but have no code there or elsewhere: they came late.

    A code can be made for each of them.
    """
    today = timezone.localdate()
    enrolled = set(_between(today, today).filter(group=group).values_list("pupil_id", flat=True))
    asked = wave.rehearsal.of if wave.is_rehearsal else wave  # whoever rehearses is whoever will be asked
    states = dict(_consents(asked).filter(pupil__in=enrolled).values_list("pupil_id", "state"))
    here = [pupil for pupil in pupils_at(wave, group) if pupil.pk in enrolled]
    return [
        pupil
        for pupil in uncoded(wave, here)
        if may_answer(asked, ConsentState(states.get(pupil.pk, ConsentState.NOT_INFORMED)))
        and _belongs(wave, pupil, group)
    ]


def uninformed(wave: Wave, unit: Unit) -> int:
    """How many pupils have a code at or below a unit though nobody has noted that their parents are informed.

    Of a rehearsal nobody is informed; where consent is active, whoever has a code has a yes.
    """
    if wave.is_rehearsal or wave.consent_mode == ConsentMode.ACTIVE:
        return 0
    coded = _codes(wave).filter(node__unit__path__startswith=unit.path)
    told = _consents(wave).exclude(state=ConsentState.NOT_INFORMED).values("pupil")
    return coded.exclude(pupil__in=told).values("pupil").distinct().count()


def classes_of(wave: Wave, pupils: Iterable[Pupil]) -> dict[int, int]:
    """The key of each pupil's class, for a line in the audit log: where the codes hang or hung, else the newest."""
    keys = [pupil.pk for pupil in pupils]
    rows = Enrolment.objects.within(*pupils)
    newest = dict(rows.order_by("from_on", "-pk").values_list("pupil", "group"))
    had = dict(_consents(wave).filter(pupil__in=keys, place__isnull=False).values_list("pupil", "place__unit"))
    have = dict(_codes(wave).filter(pupil__in=keys).values_list("pupil", "node__unit"))
    return newest | had | have


def uncoded(wave: Wave, pupils: Iterable[Pupil]) -> list[Pupil]:
    """Those of these pupils who have no code in an open wave."""
    found = list(pupils)
    coded = set(_codes(wave).filter(pupil__in=[pupil.pk for pupil in found]).values_list("pupil_id", flat=True))
    return [pupil for pupil in found if pupil.pk not in coded]


def _belongs(wave: Wave, pupil: Pupil, group: Unit) -> bool:
    try:
        return place_of(wave, pupil).node.unit_id == group.pk
    except NoPlaceInWave:
        return False


def _days(wave: Wave) -> tuple[date, date]:
    """From the opening until today; after the close, until then; of a draft, from today until the opening."""
    today = timezone.localdate()
    if wave.opened_at is None:
        return today, max(today, timezone.localdate(wave.opens_at))
    closed = timezone.localdate(wave.closed_at) if wave.closed_at else today
    return timezone.localdate(wave.opened_at), closed


def _between(first: date, last: date) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.everywhere(why="system: the pupils in the classes of a wave")
    return rows.filter(in_force_between(first, last))


def _codes(wave: Wave) -> QuerySet[Code]:
    return Code.objects.within(wave).filter(pupil__isnull=False)


def _consents(wave: Wave) -> QuerySet[Consent]:
    return Consent.objects.within(wave)


def _forms(wave: Wave, node: WaveNode, grade: int | None, born: int | None, opened: date) -> tuple[WaveForm, ...]:
    return tuple(
        form
        for form in wave.forms.filter(informant__in=FOR_EACH_CHILD).order_by("number")
        if asks(Informant(form.informant), node.kind, grade, born, opened)
    )
