"""From a list to a plan, and from a plan that somebody has seen to the change: one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ..audit import record
from ..models import User
from .plan import ListKind, Plan, TwinAnswer
from .pupils import plan as plan_of_pupils
from .staff import plan as plan_of_staff
from .units import plan as plan_of_units

PLANNERS: dict[ListKind, Callable[..., Plan]] = {
    ListKind.UNITS: plan_of_units,
    ListKind.PUPILS: plan_of_pupils,
    ListKind.STAFF: plan_of_staff,
}


class DemoTakesNoRosters(RuntimeError):
    """An invented county takes no lists of real people."""


class RosterIsUndecided(RuntimeError):
    """Nobody has said who those are that seem to go and come under another key."""

    def __init__(self) -> None:
        super().__init__(_("Si først om elevene med ny nøkkel er de samme."))


class RosterHasChanged(RuntimeError):
    """The portal has changed since the preview was shown, so that the import would do something else."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("Noe er endret i portalen siden lista ble kontrollert. Se gjennom på nytt."))
        self.plan = plan


class DoubtsNotAnswered(RuntimeError):
    """The list holds what looks wrong, and nobody has said that it is right."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("Noe i lista ser ut til å gjelde feil person. Se gjennom det, og si at det stemmer."))
        self.plan = plan


def refuse_in_demo() -> None:
    """Raise `DemoTakesNoRosters` in an invented county."""
    if settings.KFL_DEMO:
        words = _("Dette er et oppdiktet fylke. Her legger vi ikke inn lister med virkelige enheter eller mennesker.")
        raise DemoTakesNoRosters(words)


def plan_of(content: bytes, kind: ListKind, *, by: User | None, on: date, answer: TwinAnswer | None = None) -> Plan:
    """What the list would change, by this person's rights (None: whoever runs commands). Changes nothing.

    `answer`: who those pupils are that seem to go and come under another key.

    Raises `WrongRoster` with everything that is wrong, and `DemoTakesNoRosters`.
    """
    refuse_in_demo()
    more = {"answer": answer} if kind is ListKind.PUPILS else {}
    return PLANNERS[kind](content, by=by, on=on, **more)


@transaction.atomic
def import_roster(
    content: bytes,
    kind: ListKind,
    *,
    by: User | None,
    on: date,
    seen: str | None = None,
    at: datetime | None = None,
    answer: TwinAnswer | None = None,
    doubts_are_right: bool = False,
) -> Plan:
    """Carry a list out, wholly or not at all. `seen` is the digest of the preview that was agreed to.

    Raises `RosterHasChanged`, `RosterIsUndecided` while a question stands unanswered, and `DoubtsNotAnswered` where
    accounts do not fit and nobody has said that they are right.
    """
    plan = plan_of(content, kind, by=by, on=on, answer=answer)
    if plan.is_undecided:
        raise RosterIsUndecided
    if seen is not None and seen != plan.digest:
        raise RosterHasChanged(plan)
    if plan.changes_anything and plan.doubts and not doubts_are_right:
        raise DoubtsNotAnswered(plan)
    if plan.changes_anything:
        plan.work(by=by)
        counts = {change.value: count for change, count in plan.counts.items()}
        record("roster.imported", str(kind), by=by, at=at, counts=counts)
    return plan
