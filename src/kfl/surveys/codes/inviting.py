"""Making the places that a pupil lacks in an open wave: to answer, and to be rated."""

from __future__ import annotations

from kfl.answers import changes, erasure
from kfl.answers.envelopes import Invitation
from kfl.answers.keys import CodeKey, LinkKey, random_pid
from kfl.people.models import Pupil
from kfl.questionnaires.formats import Informant

from .. import store
from ..counts import invited_counts
from ..models import Code, Wave, WaveForm
from ..waves import membership


def invite(wave: Wave, pupil: Pupil) -> list[Code]:
    """Make the places that the pupil lacks: to answer, and to be rated."""
    place = membership.place_of(wave, pupil)
    have = set(wave.codes.filter(pupil=pupil).values_list("form_id", flat=True))
    lacking = [form for form in place.forms if form.pk not in have]
    if not lacking:
        return []
    key = store.code_key(wave.slug)
    joins_nothing = wave.is_rehearsal or store.link_key_is_away()
    link_key = None if joins_nothing else store.link_key()
    return [_place_for(wave, pupil, place, form, key, link_key) for form in lacking]


def _place_for(
    wave: Wave, pupil: Pupil, place: membership.PlaceInWave, form: WaveForm, key: CodeKey, link_key: LinkKey | None
) -> Code:
    pid = random_pid() if link_key is None else link_key.pid(wave.series, form.informant, pupil.uuid)
    code = store.code_maker(Informant(form.informant))()
    erasure.let_back(store.answers_place(), key, pid, form.number)  # new answers must stand
    changes.add_invitation(
        store.answers_place(), key, Invitation(code, pid, place.node.number, form.number, pupil.gender)
    )
    row: Code = Code.objects.create(
        wave=wave, node=place.node, form=form, pupil=pupil, sealed=key.seal_for_reprint(code)
    )
    if not place.is_counted:
        invited_counts.add_one(place.node, form)
    return row
