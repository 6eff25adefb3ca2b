"""What the parents have said, and who of one name is who: recorded, and carried out in an open wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from kfl.people.audit import action, touched
from kfl.people.models import Pupil, User
from kfl.questionnaires.formats import FOR_EACH_CHILD

from .. import store
from ..codes import inviting
from ..models import Code, Collection, Consent, ConsentState, Namesake, Wave
from ..waves import membership, stored
from ..waves.now import now_of, require
from ..waves.states import Act
from . import namesakes


@action("consent.recorded", of_many=True)
def set_consent(
    *, wave: Wave, pupils: Sequence[Pupil], state: ConsentState, by: User | None, at: datetime | None = None
) -> Wave:
    """Write what the parents have said. In an open wave the codes follow: one dies, or a new one is made.

    Who may not take part any more has no answers either: what was answered is erased at once. Raises `NotErased`,
    and changes nothing, when it cannot be.
    """
    require(Act.TAKE_CONSENT, wave, at=at)
    _tell_consent(wave, pupils, state)
    Consent.objects.bulk_create(
        [Consent(wave=wave, pupil=pupil, state=state) for pupil in pupils],
        update_conflicts=True,
        unique_fields=["wave", "pupil"],
        update_fields=["state"],
    )
    for rehearsal in Wave.objects.everywhere(why="system: a rehearsal asks whom its wave will ask").filter(
        stored.is_under_way(), rehearsal__of=wave
    ):
        _follow(rehearsal, pupils, state, at)
    if wave.is_under_way and wave.collection == Collection.CODES:
        _follow(wave, pupils, state, at)
    return wave


@action("namesake.answered")
def answer_namesake(
    *, wave: Wave, pupil: Pupil, other: Pupil, is_same: bool, by: User | None, at: datetime | None = None
) -> Namesake:
    """Say whether a pupil who has no code is `other`, who is out of the wave; if so the pupil is reserved too."""
    require(Act.TAKE_CONSENT, wave, at=at)
    rows = Namesake.objects.within(wave)
    row, _new = rows.update_or_create(wave=wave, pupil=pupil, other=other, defaults={"is_same": is_same})
    group = membership.classes_of(wave, [pupil]).get(pupil.pk, wave.unit_id)
    touched(pupil, unit=group, wave=wave, other=other, is_same=is_same)
    if is_same:
        set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=by, at=at)
    return row  # type: ignore[no-any-return]


def _tell_consent(wave: Wave, pupils: Sequence[Pupil], state: ConsentState) -> None:
    """A line a class, with each child's key: what the parents had said, and what they say now."""
    said = Consent.objects.within(wave)
    before = dict(said.filter(pupil__in=pupils).values_list("pupil", "state"))
    classes = membership.classes_of(wave, pupils)
    for pupil in pupils:
        old = before.get(pupil.pk, ConsentState.NOT_INFORMED.value)
        touched(pupil, unit=classes.get(pupil.pk, wave.unit_id), wave=wave, state=(old, state.value))


def _follow(wave: Wave, pupils: Sequence[Pupil], state: ConsentState, at: datetime | None) -> None:
    """Let codes of an open wave die, or make those that lack."""
    if not membership.may_answer(wave, state):
        its_codes = wave.codes.filter(pupil__in=pupils, form__informant__in=FOR_EACH_CHILD)
        _end_codes(wave, its_codes.select_related("wave", "node", "form", "pupil"), state)
        return
    if not now_of(wave, at=at).may(Act.HAND_OUT):
        return  # a code that nobody may be given; with more time it can be made on the page of lost codes
    uncoded = [pupil.pk for pupil in membership.uncoded(wave, pupils)]
    unclear = {one.pupil.pk for one in namesakes.questions(wave, pupils=uncoded)}
    for pupil in pupils:
        if pupil.pk in unclear:  # the page asks who it is
            continue
        if membership.has_place(wave, pupil):  # else of another grade than those who are asked: the page says so
            inviting.invite(wave, pupil)


def _end_codes(wave: Wave, codes: QuerySet[Code], state: ConsentState) -> None:
    """Let codes die, and erase what was answered with them.

    The pupil stays counted among the invited: a number that fell by one the moment somebody was reserved would tell.
    """
    rows = list(codes)
    for code in rows:
        # A rehearsal asks whom its wave asks, so that its own row says the place alone.
        Consent.objects.within(wave).update_or_create(
            wave=wave,
            pupil=code.pupil,
            defaults={"place": code.node},
            create_defaults={"state": state, "place": code.node},
        )
        code.delete()
    if rows:
        store.erase_sheets(rows[0].wave.slug, [bytes(code.sealed) for code in rows])  # last: it cannot be undone
