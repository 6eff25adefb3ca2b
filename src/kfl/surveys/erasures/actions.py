"""Taking a pupil's answers out of a wave that has closed: asked for at the school, carried out where the key is.

(In an open wave a reservation does it at once: `set_consent`.) A closed wave knows pseudonyms only, so the link key
must be on the server; where it is kept away, requests wait for it. Releases are not touched (P3).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers.keys import LinkKey
from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.wal import forget_deleted
from kfl.people.audit import action, touched
from kfl.people.models import Pupil, Unit, User
from kfl.questionnaires.formats import FOR_EACH_CHILD

from .. import store
from ..models import ErasureRequest, Wave
from ..waves import link_keys
from ..waves.now import require
from ..waves.states import Act


class LinkKeyIsAway(CannotBeDone):
    """Nobody can be found in a closed wave without the link key."""


@action("erasure.asked")
def ask_erasure(*, wave: Wave, unit: Unit, pupil: Pupil, by: User | None, at: datetime | None = None) -> ErasureRequest:
    """Ask for a pupil's answers to be erased from a closed wave; asking twice is once."""
    require(Act.ERASE, wave, at=at)
    requests = ErasureRequest.objects.within(wave)
    waiting: ErasureRequest | None = requests.filter(pupil=pupil).first()
    if waiting is not None:
        return waiting
    day = timezone.localdate(at or timezone.now())
    made: ErasureRequest = ErasureRequest.objects.create(wave=wave, unit=unit, pupil=pupil, asked_on=day)
    return made


def erase_those_waiting(*, wave: Wave, by: User | None, at: datetime | None = None) -> int:
    """Carry out every request of a wave; gives how many. Raises `LinkKeyIsAway` or `store.NotErased`."""
    require(Act.ERASE, wave, at=at)
    requests = ErasureRequest.objects.within(wave)
    waiting = list(requests.filter(done_on__isnull=True).select_related("pupil", "unit"))
    for request in waiting:
        _erase(request=request, key=_link_key(), by=by, at=at)
    forget_deleted()  # which pupils they were
    return len(waiting)


def _link_key() -> LinkKey:
    try:
        return link_keys.load(store.keys_dir())
    except link_keys.CANNOT_BE_USED as problem:
        words = link_keys.why_not(store.keys_dir()) or _("Lenkenøkkelen er ikke på serveren.")
        words += " " + _("Uten den kan ingen finnes igjen i svarene. Ønskene om sletting venter så lenge.")
        raise LinkKeyIsAway(words) from problem


@action("person.erased")
def _erase(*, request: ErasureRequest, key: LinkKey, by: User | None, at: datetime | None) -> ErasureRequest:
    if request.pupil is None:
        raise ValueError("this request is carried out already")
    touched(request, unit=request.unit)  # and not whose answers they were: that is forgotten
    # All forms about the child: the own one, and ratings by others (RULES D.9).
    informants = request.wave.forms.filter(informant__in=FOR_EACH_CHILD).values_list("informant", flat=True)
    pids = [key.pid(request.wave.series, informant, request.pupil.uuid) for informant in informants]
    store.erase_person(request.wave.slug, pids)
    request.pupil, request.done_on = None, timezone.localdate(at or timezone.now())
    request.save(update_fields=["pupil", "done_on"])
    return request
