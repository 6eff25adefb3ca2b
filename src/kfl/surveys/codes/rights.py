"""Whose codes somebody may print, show, replace, send or enter on paper: a child's and an adult's are two rights.

A rating's code is none of them: whoever rates takes it from the list (`ratings`).
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import may, units_where
from kfl.questionnaires.formats import BY_LINK, CHILDREN

from ..models import Code, Wave
from ..waves import windows

RIGHTS = (Permission.CODES_PRINT, Permission.ADULT_CODES_PRINT)
INFORMANTS = {Permission.CODES_PRINT: CHILDREN, Permission.ADULT_CODES_PRINT: BY_LINK}


def codes_for(user: User, wave: Wave) -> QuerySet[Code]:
    """The codes of a wave that this person may handle; none of those whose time is up, whatever page asks for them."""
    found: QuerySet[Code] = Code.objects.within()
    for right, informants in INFORMANTS.items():
        found = found | Code.objects.visible_to(user, right).filter(wave=wave, form__informant__in=informants)
    return found.filter(windows.is_taking(wave, timezone.now(), "node__unit"))


def units_for(user: User) -> QuerySet[Unit]:
    """The units at which this person may handle somebody's codes."""
    return units_where(user, RIGHTS[0]) | units_where(user, RIGHTS[1])


def may_handle(user: User, unit: Unit) -> bool:
    """Whether this person may handle somebody's codes at this unit."""
    return any(may(user, right, unit) for right in RIGHTS)
