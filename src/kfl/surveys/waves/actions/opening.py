"""Opening a wave: what is frozen is frozen here, and codes are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers.envelopes import Envelope, Invitation, seal_invitation
from kfl.answers.keys import random_pid
from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.audit import action
from kfl.people.models import User
from kfl.questionnaires import freezing, media
from kfl.questionnaires.formats import Informant

from ... import store
from ...counts import invited_counts, nightly
from ...models import Code, Collection, Wave, WaveForm, WaveNode, WaveState
from .. import bundle, tree
from ..invitations import Invitations
from ..invited import Guest, roster_of
from ..readiness import reasons_not_to_open
from ..states import LIFE

BATCH = 5000


class CannotOpen(CannotBeDone):
    """The wave cannot open yet; `reasons` says why, in words for the one who sets it up."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@action("wave.opened")
def open_wave(*, wave: Wave, by: User | None, at: datetime | None = None) -> Wave:
    """Open a wave: freeze versions and tree, and make codes, pseudonyms, envelopes and the answers file.

    Raises `CannotOpen` with the reasons. With `Collection.IMPORT` no codes are made.
    """
    moment = at or timezone.now()
    LIFE.require(wave, WaveState.DRAFT)
    if reasons := reasons_not_to_open(wave, moment):
        raise CannotOpen(reasons)
    store.forget_unopened(wave.slug)
    invitations = Invitations.of(wave, moment)
    guests = invitations.guests
    if not any(guests.values()):
        raise CannotOpen([_("Ingen av dem som er valgt, har noen som kan svare på skjemaene.")])
    if not wave.is_rehearsal:  # a slip that the rehearsal shows can still be mended
        for form in guests:
            freezing.freeze_version(form.version, moment)
    nodes = tree.save(wave, invitations.tree)
    counts = {form: Counter(guest.node for guest in found) for form, found in guests.items()}
    invited_counts.save(nodes, counts)
    nightly.decide(wave, nodes, counts)
    try:
        _seal(wave, nodes, guests)
    except BaseException:
        store.forget_unopened(wave.slug)
        raise
    LIFE.move(wave, WaveState.OPEN, opened_at=moment)
    return wave


def _seal(wave: Wave, nodes: list[WaveNode], guests: dict[WaveForm, list[Guest]]) -> None:
    """Make the answers file, with an envelope for each guest, and keep codes sealed for reprint."""
    envelopes: Iterable[Envelope] = ()
    if wave.collection == Collection.CODES:
        envelopes = _codes(wave, nodes, guests)
    shown = media.all_of(digest for form in guests for digest in freezing.media_in(form.version))
    store.answers_place().create(bundle.bundle_of(wave, len(nodes)), envelopes, shown)


def _pseudonyms(wave: Wave, informant: Informant, guests: list[Guest]) -> list[bytes]:
    """Those that join waves; in a rehearsal some that join nothing, so that it needs no link key."""
    if wave.is_rehearsal:
        return [random_pid() for _guest in guests]
    return [pid.tobytes() for pid in roster_of(guests, store.link_key(), wave.series, informant).pid]


def _codes(wave: Wave, nodes: list[WaveNode], guests: dict[WaveForm, list[Guest]]) -> list[Envelope]:
    code_key = store.new_code_key(wave.slug)
    envelopes, rows = [], []
    for form, found in guests.items():
        informant = Informant(form.informant)
        new_code = store.code_maker(informant)
        for guest, pid in zip(found, _pseudonyms(wave, informant, found), strict=True):
            code = new_code()
            invitation = Invitation(code, pid, guest.node, form.number, guest.split)
            envelopes.append(seal_invitation(code_key, invitation))
            sealed = code_key.seal_for_reprint(code)
            rows.append(
                Code(
                    wave=wave, node=nodes[guest.node], form=form, pupil_id=guest.pupil,
                    parents_of_id=guest.parents_of, holder_id=guest.holder, sealed=sealed,
                )
            )  # fmt: skip
    Code.objects.bulk_create(rows, batch_size=BATCH)
    return envelopes
