"""Ratings of children: who rates whom, and how far each rating has come. Never what was answered.

The one who rates is the contact teacher of the class, or the pedagogical leader of the department: who holds the
role in that very group (`Permission.RATING_GIVE`). How far one has come with one's own work may be known, so the
store tells it, for rater forms only (`kfl.answers.ratings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kfl.answers.ratings import RatingProgress, progress_of_ratings
from kfl.core.alphabet import in_name_order
from kfl.people.kinds import Kind
from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.questionnaires.formats import RATERS

from .. import store
from ..codes.code_holders import labelled
from ..models import Code, Wave
from ..queries import waves_at
from ..waves.now import now_of
from ..waves.states import Act, stored_for


@dataclass(frozen=True)
class Rating:
    """One child to rate: the key of the place, the name, and how far it has come."""

    code: int
    name: str
    progress: RatingProgress

    @property
    def is_begun(self) -> bool:
        return self.progress is RatingProgress.BEGUN

    @property
    def is_handed_in(self) -> bool:
        return self.progress is RatingProgress.HANDED_IN


@dataclass(frozen=True)
class RatingList:
    """The children of one group in one wave, by name."""

    wave: Wave
    unit: Unit
    ratings: tuple[Rating, ...]

    @property
    def handed_in(self) -> int:
        return sum(rating.is_handed_in for rating in self.ratings)

    @property
    def is_taking(self) -> bool:
        """Whether the form can be opened now: the wave is within its window."""
        return now_of(self.wave, self.unit).may(Act.RATE)


def list_at(wave: Wave, unit: Unit) -> RatingList:
    """The ratings of a group; for readers who may follow them."""
    codes = Code.objects.within(wave)
    rows = labelled(codes.filter(node__unit=unit, form__informant__in=RATERS))
    if not rows:
        return RatingList(wave, unit, ())
    key = store.code_key(wave.slug)
    opened = [key.open_for_reprint(bytes(row.sealed)) for row in rows]
    found = progress_of_ratings(store.answers_place(), key, opened)
    ratings = (Rating(row.pk, row.label, progress) for row, progress in zip(rows, found, strict=True))
    return RatingList(wave, unit, tuple(ratings))


def own_lists(user: User) -> list[RatingList]:
    """What this person has to rate in the waves that are open: a list for each of the own groups."""
    groups = in_name_order(Unit.objects.visible_to(user, Permission.RATING_GIVE))
    lists = [
        list_at(wave, unit)
        for unit in groups
        for wave in waves_at(unit, *stored_for(Act.RATE)).filter(
            nodes__unit=unit, nodes__codes__form__informant__in=RATERS
        )
    ]
    return [one for one in lists if one.ratings]


def heading(unit: Unit) -> str:
    """Vurder elevene i 8A."""
    if unit.kind == Kind.DEPARTMENT:
        return _("Vurder barna på {unit}").format(unit=unit.name)
    return _("Vurder elevene i {unit}").format(unit=unit.name)
