"""Whose link goes by mail: staff and leaders with an address of their own. Parents get theirs in a sealed letter."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from kfl.questionnaires.formats import BY_LINK, Informant

from ..models import Code, Wave
from .receivers import holders_asked

PARENTS = frozenset({Informant.PARENT, Informant.KINDERGARTEN_PARENT})
BY_MAIL = BY_LINK - PARENTS
_HAS_ADDRESS = Q(holder__is_active=True) & ~Q(holder__email="")


def codes_to_send(wave: Wave) -> QuerySet[Code]:
    """The codes of an open wave whose link can go to its holder's address, whoever of them has answered."""
    return _of_staff(wave).filter(_HAS_ADDRESS).order_by("holder__email", "pk")


def codes_for_paper(wave: Wave) -> QuerySet[Code]:
    """The codes of staff and leaders who have no address here: the office prints theirs."""
    return _of_staff(wave).exclude(pk__in=codes_to_send(wave).values("pk"))


def _of_staff(wave: Wave) -> QuerySet[Code]:
    codes = Code.objects.within(wave)
    found: QuerySet[Code] = codes.filter(form__informant__in=BY_MAIL).select_related("holder", "form")
    return found


def without_address(wave: Wave, on: date) -> int:
    """How many staff and leaders would be invited on this day and have no address; for a draft."""
    return holders_asked(wave, on, BY_MAIL).filter(user__email="").values("user").distinct().count()
