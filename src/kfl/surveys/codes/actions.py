"""What happens around single persons while a wave is open: lost codes, late pupils."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from kfl.answers import changes
from kfl.answers.codes import new_code
from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.audit import action, touched
from kfl.people.models import Pupil, User
from kfl.questionnaires.formats import Informant

from .. import store
from ..consent import namesakes
from ..models import Code, Wave, WaveState
from ..waves import membership
from ..waves.now import require
from ..waves.states import LIFE, Act
from . import inviting


class AlreadyInvited(CannotBeDone):
    """The pupil has a code already; a lost one is replaced."""


class ReplacedMeanwhile(CannotBeDone):
    """Somebody else has put another code in the place of this one since it was read; that one stands."""


class NamesakeIsReserved(CannotBeDone):
    """Somebody of that name is out of the wave, and nobody has said whether it is the same pupil."""


@action("code.replaced")
def replace_code(*, code: Code, by: User | None, at: datetime | None = None, short: bool = False) -> Code:
    """Give a new code in place of a lost one, which dies. What was saved with it stays.

    `short`: one to type, also for who would else come by a link: a parent without a telephone, or on paper.
    Raises `ReplacedMeanwhile` where somebody else was quicker.
    """
    require(Act.HAND_OUT, code.wave, code.node.unit, at=at)
    return _exchanged(code, new_code if short else store.code_maker(Informant(code.form.informant)))


@action("code.replaced")
def let_code_die(*, code: Code, by: User | None, at: datetime | None = None) -> Code:
    """Put another code in the place of one that has come into wrong hands, and tell it to nobody; by no clock."""
    LIFE.require(code.wave, WaveState.OPEN)
    return _exchanged(code, store.code_maker(Informant(code.form.informant)))


def _exchanged(code: Code, make: Callable[[], str]) -> Code:
    seen = bytes(code.sealed)
    kept = Code.objects.within(code.wave).select_for_update(of=("self",)).get(pk=code.pk)
    if bytes(kept.sealed) != seen:
        raise ReplacedMeanwhile(_("Koden er alt byttet. Den nye gjelder."))
    key = store.code_key(code.wave.slug)
    fresh = changes.replace_code(store.answers_place(), key, key.open_for_reprint(seen), make)
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
    require(Act.HAND_OUT, wave, at=at)
    if namesakes.questions(wave, pupils=[pupil.pk]):
        words = _("Ingen kode ennå: {pupil} heter det samme som en som er reservert. Er det den samme?")
        raise NamesakeIsReserved(words.format(pupil=pupil.name))
    require(Act.HAND_OUT, wave, membership.place_of(wave, pupil).node.unit, at=at)
    made = inviting.invite(wave, pupil)
    for code in made:
        touched(code, unit=code.node.unit_id, wave=wave, pupil=pupil, form=code.form_id)
    if not made:
        raise AlreadyInvited(_("{pupil} har allerede en kode.").format(pupil=pupil.name))
    return next((code for code in made if Informant(code.form.informant).is_child), made[0])
