"""From a list to a plan, and from a plan that somebody has seen to the change: one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.lists import Faults, Row, Table, Watch, one_at_a_time, read_list, said

from ..addresses import stand_in_line
from ..audit import record
from ..models import ImportedRoster, User
from ..roles import Permission
from . import class_list, pupils, staff, unit_list, units
from .list_descriptions import COLUMNS
from .matches import Units
from .roster_plan import ListKind, RosterPlan, TwinAnswer

CODES = ("elevnøkkel", "kode")  # columns whose noughts a spreadsheet may have taken away


class DemoTakesNoRosters(CannotBeDone):
    """An invented county takes no lists of real people."""


class RosterIsUndecided(CannotBeDone):
    """Nobody has said who those are that seem to go and come under another key."""

    def __init__(self) -> None:
        super().__init__(_("Si først om elevene med ny nøkkel er de samme."))


class RosterHasChanged(CannotBeDone):
    """The portal has changed since the preview was shown, so that the import would do something else."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__(_("Noe er endret i portalen siden lista ble kontrollert. Se gjennom på nytt."))
        self.plan = plan


class DoubtsNotAnswered(CannotBeDone):
    """The list holds what looks wrong, and nobody has said that it is right."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__(_("Noe i lista ser ut til å gjelde feil person. Se gjennom det, og si at det stemmer."))
        self.plan = plan


def refuse_in_demo() -> None:
    """Raise `DemoTakesNoRosters` in an invented county."""
    if settings.KFL_DEMO:
        words = _("Dette er et oppdiktet fylke. Her legger vi ikke inn lister med virkelige enheter eller mennesker.")
        raise DemoTakesNoRosters(words)


def plan_of(
    content: bytes, kind: ListKind, *, by: User | None, on: date, answer: TwinAnswer | None = None, name: str = ""
) -> RosterPlan:
    """What the list would change, by this person's rights (None: whoever runs commands). Changes nothing.

    `answer`: who those pupils are that seem to go and come under another key. `name`: what the file is called.

    Raises `WrongFile` with everything that is wrong, and `DemoTakesNoRosters`.
    """
    refuse_in_demo()
    table = read_roster(content, kind, name=name)
    plan = _plan_of(table.rows, kind, Faults(name), by=by, on=on, answer=answer)
    plan.warnings += [said(one).reason for one in table.notices]
    plan.warnings += [f"{one.column}: {said(one).reason}" for one in table.lost_noughts(CODES)]
    return plan


def read_roster(content: bytes, kind: ListKind, *, name: str = "") -> Table:
    """The rows of a list as they stand; raises `WrongFile` where they cannot be read."""
    return read_list(content, name, COLUMNS[kind])


def _plan_of(
    rows: Sequence[Row], kind: ListKind, faults: Faults, *, by: User | None, on: date, answer: TwinAnswer | None
) -> RosterPlan:
    """From a table's rows to entries, which lists that are no tables have too, and on to what they would change."""
    if kind is ListKind.UNITS:
        entries = unit_list.read_entries(rows, faults)
        unread = unit_list.unread_codes(rows, entries)
        return units.plan(entries, by=by, on=on, faults=faults, unread=unread)
    if kind is ListKind.PUPILS:
        where = Units(by, Permission.UNIT_EDIT, on)
        return pupils.plan(class_list.read_entries(rows, where, on, faults), where, on=on, answer=answer)
    where = Units(by, Permission.ROLE_EDIT, on)
    return staff.plan(staff.read_entries(rows, where, on, faults), where, by=by, on=on, faults=faults)


@transaction.atomic
def import_roster(  # noqa: PLR0913 - the list, and each thing that somebody may have agreed to
    content: bytes,
    kind: ListKind,
    *,
    by: User | None,
    on: date,
    seen: str | None = None,
    at: datetime | None = None,
    answer: TwinAnswer | None = None,
    doubts_are_right: bool = False,
    name: str = "",
) -> RosterPlan:
    """Carry a list out, wholly or not at all. `seen` is the digest of the preview that was agreed to.

    Raises `RosterHasChanged`, `RosterIsUndecided` while a question stands unanswered, and `DoubtsNotAnswered` where
    accounts do not fit and nobody has said that they are right.
    """
    one_at_a_time()
    stand_in_line()  # nobody gives out an address between the plan and the work
    plan = plan_of(content, kind, by=by, on=on, answer=answer, name=name)
    if plan.is_undecided:
        raise RosterIsUndecided
    if seen is not None and seen != plan.digest:
        raise RosterHasChanged(plan)
    if plan.changes_anything and plan.doubts and not doubts_are_right:
        raise DoubtsNotAnswered(plan)
    if plan.changes_anything:
        watch = Watch(*plan.work.rows())
        plan.work(by=by)
        when = at or timezone.now()
        plan.imported = ImportedRoster.objects.create(
            kind=str(kind), name=name[-100:], at=when, by=by, changes=watch.changes()
        )
        counts = {change.value: count for change, count in plan.counts.items()}
        record("roster.imported", str(kind), by=by, at=at, counts=counts)
    return plan
