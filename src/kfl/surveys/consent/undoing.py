"""Taking back a list of consent: each pupil's state as it was, while nobody has written another.

States are put back by the action that writes them, so that codes follow. In an open wave nothing is taken back that
would end a code: somebody may have answered by it, and that asks first, pupil by pupil, on the page of consents.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kfl.core.lifecycle import NotNow
from kfl.core.lists import CannotTakeBack, TakeBackFirst, one_at_a_time
from kfl.people.models import Pupil, Unit, User
from kfl.people.roles import Permission
from kfl.people.same_names import by_name, pupils_told_apart

from ..models import ConsentState, ImportedConsents, Wave
from ..waves.membership import may_answer
from .actions import set_consent
from .uploaded_list import ConsentPlan, lifts, states_of

LONGEST = timedelta(days=14)


def keep(*, plan: ConsentPlan, wave: Wave, unit: Unit, name: str, by: User) -> ImportedConsents:
    """Remember what a list changes, within the transaction that carries it out."""
    changes = [(one.pupil.pk, one.before.value, one.after.value) for one in plan.changes]
    made: ImportedConsents = ImportedConsents.objects.create(
        wave=wave, unit=unit, name=name[-100:], at=timezone.now(), by=by, changes=changes
    )
    return made


def undoable(user: User, wave: Wave, unit: Unit) -> list[ImportedConsents]:
    """The lists that this person put in here and can still take back, the newest first."""
    rows = ImportedConsents.objects.visible_to(user, Permission.CONSENT_EDIT).filter(wave=wave, unit=unit, by=user)
    return list(rows.filter(taken_back_at=None, at__gte=timezone.now() - LONGEST).exclude(changes=[]))


def lifted_by_taking_back(imported: ImportedConsents) -> list[str]:
    """Names of those whose parents' no the list has brought, and that would be gone with it."""
    keys = [key for key, old, new in imported.changes if lifts(ConsentState(new), ConsentState(old))]
    every = Pupil.objects.everywhere(why="system: the pupils of a list that was put in")
    pupils = by_name(list(every.filter(pk__in=keys)))
    return list(pupils_told_apart(pupils).values())


@transaction.atomic
def take_back_consents(*, imported: ImportedConsents, by: User, at: datetime | None = None) -> int:
    """Put back what a list changed; gives how many. Raises `CannotTakeBack` and changes nothing where it cannot be."""
    waves = Wave.objects.everywhere(why="system: one at a time writes consents of a wave that was found")
    wave = waves.select_for_update().get(pk=imported.wave_id)
    one_at_a_time()
    row = ImportedConsents.objects.within(wave).select_for_update().get(pk=imported.pk)
    every = Pupil.objects.everywhere(why="system: the pupils of a list that was put in")
    pupils = {one.pk: one for one in every.filter(pk__in=[pupil for pupil, _before, _after in row.changes])}
    now = states_of(wave, list(pupils.values()))
    back: dict[ConsentState, list[Pupil]] = defaultdict(list)
    in_the_way = []
    for key, old, new in row.changes if row.taken_back_at is None else ():
        before, after = ConsentState(old), ConsentState(new)
        ends = wave.is_under_way and may_answer(wave, after) and not may_answer(wave, before)
        if key not in pupils or now[key] is not after or ends:
            in_the_way.append((Pupil._meta.label, key))
        else:
            back[before].append(pupils[key])
    if in_the_way or not back:
        if later := _later(row, {key for _label, key in in_the_way}):
            raise TakeBackFirst(in_the_way, later)
        raise CannotTakeBack(in_the_way or [(ImportedConsents._meta.label, row.pk)])
    try:
        for state, chosen in sorted(back.items(), key=lambda one: one[0] is not ConsentState.RESERVED):
            set_consent(wave=wave, pupils=chosen, state=state, by=by, at=at)
    except NotNow as refused:
        raise CannotTakeBack([(Wave._meta.label, wave.pk)], str(refused)) from refused
    count = len(row.changes)
    row.changes, row.taken_back_at = [], at or timezone.now()
    row.save(update_fields=["changes", "taken_back_at"])
    return count


def _later(row: ImportedConsents, pupils: set[int]) -> ImportedConsents | None:
    """The newest list that has written something else of these pupils since, where one has."""
    rows = ImportedConsents.objects.within(row.wave).filter(pk__gt=row.pk, taken_back_at=None).select_related("by")
    return next((one for one in rows if any(key in pupils for key, _old, _new in one.changes)), None)


def forget(now: datetime) -> int:
    """Forget what lists changed that can no longer be taken back; gives how many."""
    rows = ImportedConsents.objects.everywhere(why="system: what is no longer needed is forgotten")
    return int(rows.filter(at__lt=now - LONGEST).exclude(changes=[]).update(changes=[]))
