"""What happens around single persons while a wave is open: lost codes, late pupils, consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kfl.answers import changes, erasure
from kfl.answers.codes import new_code
from kfl.answers.envelopes import Invitation
from kfl.answers.keys import CodeKey, LinkKey, random_pid
from kfl.people.audit import action, touched
from kfl.people.models import Pupil, User

from .. import invited_counts, membership, namesakes, store
from ..formats import FOR_EACH_CHILD, Informant
from ..models import Code, Collection, Consent, ConsentState, Namesake, Wave, WaveForm, WaveState
from ..states import check_state


class AlreadyInvited(ValueError):
    """The pupil has a code already; a lost one is replaced."""


class NamesakeIsReserved(ValueError):
    """Somebody of that name is out of the wave, and nobody has said whether it is the same pupil."""


@action("code.replaced")
def replace_code(*, code: Code, by: User | None, at: datetime | None = None, short: bool = False) -> Code:
    """Give a new code in place of a lost one, which dies. What was saved with it stays.

    `short`: one to type, also for who would else come by a link: a parent without a telephone, or on paper.
    """
    check_state(code.wave, WaveState.OPEN)
    key = store.code_key(code.wave.slug)
    make = new_code if short else store.code_maker(Informant(code.form.informant))
    fresh = changes.replace_code(store.answers_place(), key, key.open_for_reprint(bytes(code.sealed)), make)
    code.sealed, code.opened_by = key.seal_for_reprint(fresh), None
    code.save(update_fields=["sealed", "opened_by"])
    return code


@action("pupil.invited_late")
def invite_late(*, wave: Wave, pupil: Pupil, by: User | None, at: datetime | None = None) -> Code:
    """Invite a pupil who came to a class of the wave after it opened; gives the pupil's own code.

    Where the class's adults rate the pupils, there is a place for that too; if the wave asks no pupils, its code
    is given. While the link key is away the pupil gets a pseudonym that joins nothing: the answers count in this
    wave, and are not followed to the next (RULES D.2). Raises `NamesakeIsReserved` until it is said who that is.
    """
    check_state(wave, WaveState.OPEN)
    if namesakes.questions(wave, pupils=[pupil.pk]):
        words = _("Ingen kode ennå: {pupil} heter det samme som en som er reservert. Er det den samme?")
        raise NamesakeIsReserved(words.format(pupil=pupil.name))
    made = _invite(wave, pupil)
    for code in made:
        touched(code, unit=code.node.unit_id, wave=wave, pupil=pupil, form=code.form_id)
    if not made:
        raise AlreadyInvited(_("{pupil} har allerede en kode.").format(pupil=pupil.name))
    return next((code for code in made if Informant(code.form.informant).is_child), made[0])


def _invite(wave: Wave, pupil: Pupil) -> list[Code]:
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
    wave: Wave, pupil: Pupil, place: membership.Place, form: WaveForm, key: CodeKey, link_key: LinkKey | None
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


@action("consent.recorded", of_many=True)
def set_consent(
    *, wave: Wave, pupils: Sequence[Pupil], state: ConsentState, by: User | None, at: datetime | None = None
) -> Wave:
    """Write what the parents have said. In an open wave the codes follow: one dies, or a new one is made.

    Who may not take part any more has no answers either: what was answered is erased at once. Raises `NotErased`,
    and changes nothing, when it cannot be.
    """
    check_state(wave, WaveState.DRAFT, WaveState.OPEN)
    _tell_consent(wave, pupils, state)
    Consent.objects.bulk_create(
        [Consent(wave=wave, pupil=pupil, state=state) for pupil in pupils],
        update_conflicts=True,
        unique_fields=["wave", "pupil"],
        update_fields=["state"],
    )
    for rehearsal in Wave.objects.everywhere(why="a rehearsal asks whom its wave will ask").filter(
        rehearsal__of=wave, state=WaveState.OPEN
    ):
        _follow(rehearsal, pupils, state)
    if wave.state == WaveState.OPEN and wave.collection == Collection.CODES:
        _follow(wave, pupils, state)
    return wave


@action("namesake.answered")
def answer_namesake(
    *, wave: Wave, pupil: Pupil, other: Pupil, is_same: bool, by: User | None, at: datetime | None = None
) -> Namesake:
    """Say whether a pupil who has no code is `other`, who is out of the wave; if so the pupil is reserved too."""
    check_state(wave, WaveState.DRAFT, WaveState.OPEN)
    rows = Namesake.objects.everywhere(why="two whom the caller was asked about")
    row, _new = rows.update_or_create(wave=wave, pupil=pupil, other=other, defaults={"is_same": is_same})
    group = membership.classes_of(wave, [pupil]).get(pupil.pk, wave.unit_id)
    touched(pupil, unit=group, wave=wave, other=other, is_same=is_same)
    if is_same:
        set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=by, at=at)
    return row  # type: ignore[no-any-return]


def _tell_consent(wave: Wave, pupils: Sequence[Pupil], state: ConsentState) -> None:
    """A line a class, with each child's key: what the parents had said, and what they say now."""
    said = Consent.objects.everywhere(why="what is written over")
    before = dict(said.filter(wave=wave, pupil__in=pupils).values_list("pupil", "state"))
    classes = membership.classes_of(wave, pupils)
    for pupil in pupils:
        old = before.get(pupil.pk, ConsentState.NOT_INFORMED.value)
        touched(pupil, unit=classes.get(pupil.pk, wave.unit_id), wave=wave, state=(old, state.value))


def _follow(wave: Wave, pupils: Sequence[Pupil], state: ConsentState) -> None:
    """Let codes of an open wave die, or make those that lack."""
    if not membership.may_answer(wave, state):
        its_codes = wave.codes.filter(pupil__in=pupils, form__informant__in=FOR_EACH_CHILD)
        _end_codes(wave, its_codes.select_related("wave", "node", "form", "pupil"), state)
        return
    uncoded = [pupil.pk for pupil in membership.uncoded(wave, pupils)]
    unclear = {one.pupil.pk for one in namesakes.questions(wave, pupils=uncoded)}
    for pupil in pupils:
        if pupil.pk in unclear:  # the page asks who it is
            continue
        if membership.has_place(wave, pupil):  # else of another grade than those who are asked: the page says so
            _invite(wave, pupil)


def _end_codes(wave: Wave, codes: QuerySet[Code], state: ConsentState) -> None:
    """Let codes die, and erase what was answered with them.

    The pupil stays counted among the invited: a number that fell by one the moment somebody was reserved would tell.
    """
    rows = list(codes)
    for code in rows:
        # A rehearsal asks whom its wave asks, so that its own row says the place alone.
        Consent.objects.everywhere(why="where the codes of a pupil who was found hung").update_or_create(
            wave=wave,
            pupil=code.pupil,
            defaults={"place": code.node},
            create_defaults={"state": state, "place": code.node},
        )
        code.delete()
    if rows:
        store.erase_sheets(rows[0].wave.slug, [bytes(code.sealed) for code in rows])  # last: it cannot be undone
