"""Who gets a reminder: adults who may take part and have an account with an address, whoever of them has answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from kfl.people.days import in_force
from kfl.people.models import RoleAssignment
from kfl.questionnaires.formats import Informant

from ..models import Wave
from ..waves.tree import taking_part
from ..waves.windows import closes_at, is_taking

# Pupils, children and parents have no address in the portal; their teachers remind them.
ROLES_OF: dict[Informant, tuple[str, ...]] = {
    Informant.TEACHER: ("teacher",),
    Informant.LEADER: ("principal",),
    Informant.RATER_TEACHER: ("teacher",),
    Informant.RATER_KINDERGARTEN: ("pedagogical_leader",),
    Informant.KINDERGARTEN_STAFF: ("pedagogical_leader", "kindergarten_staff"),
    Informant.KINDERGARTEN_HEAD: ("kindergarten_head",),
}


@dataclass(frozen=True)
class Receiver:
    """One address, once, in the language of its account."""

    email: str
    language: str


def receivers_of(wave: Wave, at: datetime) -> list[Receiver]:
    """Everybody to remind where answers are taken, by address. Those who said no are sorted out at sending."""
    held = _asked_now(wave, at).exclude(user__email="")
    return unique(held.order_by("user__email").values_list("user__email", "user__language"))


def asked_until(wave: Wave, email: str, at: datetime) -> datetime | None:
    """Until when answers are taken where this address has its role; None where the time is up, whatever others got.

    Of several places the first that stops: nobody is told a time that is too late for one of them.
    """
    held = _asked_now(wave, at).filter(user__email__iexact=email).select_related("unit")
    usual = wave.closes_at if at < wave.closes_at else None
    return min((closes_at(wave, one.unit) for one in held), default=usual)


def _asked_now(wave: Wave, at: datetime) -> QuerySet[RoleAssignment]:
    held = holders_asked(wave, timezone.localdate(at), frozenset(ROLES_OF))
    return held.filter(is_taking(wave, at, "unit"))


def holders_asked(wave: Wave, on: date, informants: frozenset[Informant]) -> QuerySet[RoleAssignment]:
    """The roles of those whom a wave asks as one of these informants, by the roles that are held on the day."""
    asked = [Informant(form.informant) for form in wave.forms.all()]
    roles = {role for informant in asked if informant in informants for role in ROLES_OF.get(informant, ())}
    held: QuerySet[RoleAssignment] = RoleAssignment.objects.everywhere(
        why="system: mail goes to all who may take part"
    ).filter(
        taking_part(wave, "unit__"),
        in_force(on),
        role__in=roles,
        user__is_active=True,
    )
    return held


def unique(rows: Iterable[tuple[str, str]]) -> list[Receiver]:
    """Each address once, however its letters are cased."""
    found: dict[str, Receiver] = {}
    for email, language in rows:
        found.setdefault(email.casefold(), Receiver(email, language))
    return list(found.values())
