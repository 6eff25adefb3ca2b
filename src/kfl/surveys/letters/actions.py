"""What parents are told, and keeping it: on the day that was promised, a wave's answers are deleted."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core import jobs
from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.audit import action
from kfl.people.models import User

from .. import store
from ..models import LetterFacts, Wave, WaveState
from ..waves import stored
from ..waves.states import LIFE
from .to_parents import facts_of


class PromiseOnlyShortens(CannotBeDone):
    """Parents were told a day: answers may go earlier, never later."""


@action("letter.written")
def write_letter(
    *,
    wave: Wave,
    controller: str,
    contact: str,
    answers_until: date | None,
    by: User | None,
    at: datetime | None = None,
) -> Wave:
    """Say who is responsible, whom to ask and when answers are deleted: once the wave is open, never a later day."""
    facts = facts_of(wave)
    promised = facts.answers_until
    if not wave.is_draft and promised is not None and (answers_until is None or answers_until > promised):
        raise PromiseOnlyShortens(_("Foreldrene har fått vite datoen. Den kan bare flyttes til tidligere."))
    facts.controller, facts.contact, facts.answers_until = controller, contact, answers_until
    facts.save()
    return wave


@action("answers.deleted")
def delete_answers(*, wave: Wave, by: User | None, at: datetime | None = None) -> Wave:
    """Delete a wave's answers on the day that parents were told, once its results are made. The release stays."""
    LIFE.require(wave, WaveState.RELEASED)
    until = facts_of(wave).answers_until
    if until is None or timezone.localdate(at or timezone.now()) < until:
        raise ValueError("the day has not come")
    store.delete_answers(wave.slug)
    return wave


def delete_those_due(*, by: User | None, at: datetime | None = None) -> list[Wave]:
    """Delete the answers of every wave whose day has come; gives the waves. The worker does so daily.

    A wave whose results are not made yet keeps its answers: else the children would have answered for nothing. Its
    page and `kfl check` say that the day has passed (`letters.overdue`).
    """
    day = timezone.localdate(at or timezone.now())
    due = LetterFacts.objects.everywhere(why="system: what parents were promised, by the day").filter(
        stored.has_results("wave__"), answers_until__lte=day
    )
    waves = [facts.wave for facts in due.select_related("wave__unit") if store.has_answers(facts.wave.slug)]
    # The technical report is made of the answers too, in a job right after the release.
    made = [wave for wave in waves if not jobs.are_under_way(wave=wave.slug)]
    return [delete_answers(wave=wave, by=by, at=at) for wave in made]
