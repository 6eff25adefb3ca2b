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
from ..waves.windows import is_taking

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


def receivers_of(wave: Wave, on: date) -> list[Receiver]:
    """Everybody to remind, by address. Those who said no are sorted out at sending."""
    held = holders_asked(wave, on, frozenset(ROLES_OF)).exclude(user__email="")
    return unique(held.order_by("user__email").values_list("user__email", "user__language"))


def is_asked_now(wave: Wave, email: str, at: datetime) -> bool:
    """Whether answers are still taken where this address has its role: others may have been given more time."""
    if at < wave.closes_at:
        return True
    held = holders_asked(wave, timezone.localdate(at), frozenset(ROLES_OF)).filter(is_taking(wave, at, "unit"))
    return held.filter(user__email__iexact=email).exists()


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
