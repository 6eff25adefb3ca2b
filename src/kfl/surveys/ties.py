"""Which pupils a wave holds: their answers are found again by the pupil's key alone once the codes are gone."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from kfl.people.rosters import ties

from .models import Collection, Wave
from .waves import stored
from .waves.membership import those_belonging

WHY = "system: which waves hold the pupils of a list that is taken back"


@ties.gives
def waves(pupils: Several[int], since: datetime) -> Iterator[ties.Tie]:
    """By waves that were open at or after a moment; nobody knows any more who had a code in a closed one.

    While a wave with codes is open, the codes themselves point at whoever has one. What was rehearsed is destroyed.
    """
    held = Wave.objects.everywhere(why=WHY).filter(stored.has_opened(), rehearsal=None)
    held = held.exclude(stored.is_under_way() & Q(collection=Collection.CODES))
    for wave in held.filter(Q(closed_at=None) | Q(closed_at__gte=since)):
        why = _("«{wave}» er åpnet, og svarene til elever på lista kan bare finnes igjen mens de står her.")
        yield ties.Tie(f"wave {wave.pk}", frozenset(those_belonging(wave, pupils)), why.format(wave=wave.name))
