"""Taking back a list that was put in: every row as it was, while nothing else has changed it or hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.lists import CannotTakeBack, TakeBackFirst, one_at_a_time, take_back
from kfl.core.lists.taking_back import Obstacle, TakenBack

from .. import addresses
from ..actions.removed_units import remove_unused_units
from ..audit import CHANGED, action, touched
from ..models import AuditLine, Enrolment, ImportedRoster, Pupil, RoleAssignment, Unit, UnitCode, User
from ..roles import Permission
from ..unit_paths import write_paths
from .standing import obstacles
from .ties import cut, ties_of

LONGEST = timedelta(days=14)
LABELS = (Pupil._meta.label, Enrolment._meta.label)
UNITLESS = "accounts hang on no unit"
WHY = "system: which of the units that a list made are still named by the log"


class TooLate(CannotTakeBack):
    """The list was taken back already, or what it did is no longer kept."""

    def __init__(self) -> None:
        RuntimeError.__init__(self, _("Lista er tatt tilbake alt, eller det er gått mer enn 14 dager."))
        self.rows = []


@action("roster.taken_back", of_many=True, unitless=UNITLESS)
def take_back_roster(*, imported: ImportedRoster, by: User | None, at: datetime | None = None) -> int:
    """Put back all that a list did; gives how many rows. Raises `CannotTakeBack` where something else came between.

    Classes and schools that the list made are removed, or ended where the audit log names them.
    """
    moment = at or timezone.now()
    one_at_a_time()
    addresses.stand_in_line()
    held = ImportedRoster.objects.everywhere(why="system: locks the list that its reader takes back")
    row = held.select_for_update().get(pk=imported.pk)
    if row.taken_back_at is not None or not row.changes or row.at < moment - LONGEST:
        raise TooLate
    done = _put_back(row, by, moment)
    made = {one["key"] for one in row.changes if one["before"] is None and one["model"] == Unit._meta.label}
    gone = made - {unit.pk for unit in Unit.objects.everywhere(why=WHY).filter(pk__in=made)}
    for one in done:
        if not (one.before is None and isinstance(one.row, Unit)) and _unit_of(one) not in gone:
            touched(one.row, unit=_unit_of(one), **_facts(one))  # units that go are told of where they are removed
    row.changes, row.taken_back_at = [], moment
    row.save(update_fields=["changes", "taken_back_at"])
    return len(done)


def _put_back(row: ImportedRoster, by: User | None, moment: datetime) -> list[TakenBack]:
    """All rows as they were, by the rules of what makes such rows; `TakeBackFirst` says which list bars it."""
    own = {(one["model"], one["key"]) for one in row.changes}
    on = timezone.localdate(moment)
    since = timezone.localdate(row.at) - timedelta(days=1)  # what ends has its last day the day before
    pupils = _pupils_of(row)
    tied = ties_of(pupils, row.at)

    def remove(units: Sequence[models.Model]) -> None:
        chosen = [one for one in units if isinstance(one, Unit)]
        ended = {one.pk for one in remove_unused_units(units=chosen, by=by, at=moment)}
        rows = Unit.objects.everywhere(why=WHY).filter(pk__in=[one.pk for one in chosen]).exclude(pk__in=ended)
        if kept := [(Unit._meta.label, one.pk) for one in rows]:
            raise CannotTakeBack(kept)

    def settle(done: Sequence[TakenBack]) -> Iterator[Obstacle]:
        put_back = [one for one in done if isinstance(one.row, Unit) and one.before is not None]
        moved = [one.row.pk for one in put_back if {"parent_id", "path"} & set(one.before or ())]
        write_paths(Unit.objects.everywhere(why=WHY).filter(pk__in=moved))
        yield from obstacles(done, own=own, since=since, on=on)
        yield from cut(tied, ties_of(pupils, row.at))

    try:
        return take_back(row.changes, beside={AuditLine}, remove={Unit: remove}, settle=settle)
    except CannotTakeBack as refused:
        later = ImportedRoster.objects.everywhere(why="system: which list went on from the one that is taken back")
        for one in later.filter(pk__gt=row.pk, taken_back_at=None).exclude(changes=[]).select_related("by"):
            if any((change["model"], change["key"]) in refused.rows for change in one.changes):
                raise TakeBackFirst(refused.rows, one) from refused
        raise


def _pupils_of(row: ImportedRoster) -> set[int]:
    """Keys of the pupils that a list made, changed or gave another place."""
    keys = {label: [one["key"] for one in row.changes if one["model"] == label] for label in LABELS}
    rows = Enrolment.objects.everywhere(why="system: whose places in classes a list changed")
    placed = rows.filter(pk__in=keys[Enrolment._meta.label]).values_list("pupil_id", flat=True)
    return {*keys[Pupil._meta.label], *placed}


def _facts(one: TakenBack) -> dict[str, Any]:
    """Which fields have their old value again; of children and adults the log knows no values."""
    return {"removed": True} if one.before is None else dict.fromkeys(one.before, CHANGED)


def _unit_of(one: TakenBack) -> int | None:
    row = one.row
    if isinstance(row, Unit):
        return row.pk
    if isinstance(row, Enrolment):
        return row.group_id
    if isinstance(row, Pupil):
        return row.source_id
    return row.unit_id if isinstance(row, UnitCode | RoleAssignment) else None


def undoable(user: User, kinds: Iterable[str]) -> list[ImportedRoster]:
    """The lists of these kinds that this person put in and can still take back, the newest first."""
    rows = ImportedRoster.objects.visible_to(user, Permission.UNIT_EDIT).filter(kind__in=[str(one) for one in kinds])
    return list(rows.filter(by=user, taken_back_at=None, at__gte=timezone.now() - LONGEST).exclude(changes=[]))


def forget(now: datetime) -> int:
    """Forget what lists did that can no longer be taken back; gives how many."""
    rows = ImportedRoster.objects.everywhere(why="system: what is no longer needed is forgotten")
    return rows.filter(at__lt=now - LONGEST).exclude(changes=[]).update(changes=[])
