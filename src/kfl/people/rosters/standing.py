"""What must not stand when a list has been taken back, since others have acted in the meantime.

Taking back puts rows as they were; the actions that make such rows would not have made them beside what others have
made since. Rows that the list itself did not touch are what is looked for: among its own, all is as it was before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kfl.core.lists.taking_back import Obstacle, TakenBack
from kfl.core.lists.undo import Name
from kfl.core.templatetags.core import listed

from ..days import HELD, VALID, is_over
from ..models import Enrolment, RoleAssignment, Unit, UnitCode, User
from .matches import same, same_group

MOST_NAMES = 3  # in one sentence
WHY = "system: what others have made since a list was put in"


def obstacles(done: Sequence[TakenBack], *, own: Collection[Name], since: date, on: date) -> Iterator[Obstacle]:
    """What the whole would break, each with its sentence. `own` are the list's rows, `since` the day it was put in."""
    back = [one.row for one in done if one.before is not None]
    enrolments = _stored(Enrolment, back, "pupil", "group")
    roles = _stored(RoleAssignment, back, "user", "unit")
    units, codes = _stored(Unit, back, "parent"), _stored(UnitCode, back, "unit")

    others = Enrolment.objects.everywhere(why=WHY).filter(pupil__in={row.pupil_id for row in enrolments})
    twice = _meeting(enrolments, others, ("pupil_id",), own, HELD)
    yield from _told(
        _("{names} ville ha gått i to klasser samtidig."), twice, [one.pupil.name for one, _other in twice]
    )

    held = RoleAssignment.objects.everywhere(why=WHY).filter(user__in={row.user_id for row in roles})
    twice = _meeting(roles, held, ("user_id", "role", "unit_id"), own, HELD)
    yield from _told(_("{names} ville ha hatt samme rolle to ganger."), twice, [one.user.name for one, _other in twice])
    closed = [(row, row.user) for row in roles if not row.user.is_active and not is_over(row, on)]
    yield from _told(_("Kontoen er stengt siden: {names}."), closed, [user.name for _row, user in closed])

    known = UnitCode.objects.everywhere(why=WHY).filter(code__in={row.code for row in codes})
    twice = _meeting(codes, known, ("scheme", "code"), own, VALID)
    yield from _told(_("Koden er gitt til en annen enhet siden: {names}."), twice, [one.code for one, _other in twice])

    beside = _namesakes(units, own)
    yield from _told(_("To enheter på samme sted ville hete {names}."), beside, [one.name for one, _other in beside])

    under = [(row, place) for row in enrolments if (place := row.group) and not is_over(row, on)]
    under += [(row, row.unit) for row in roles if not is_over(row, on)]
    under += [(row, row.parent) for row in units if row.parent and not is_over(row, on, fields=VALID)]
    ended = [(row, place) for row, place in under if _has_ended(place, own, since, on)]
    yield from _told(_("Dette er avsluttet siden: {names}."), ended, [place.name for _row, place in ended])


def _told(words: str, pairs: Sequence[tuple[Any, Any]], names: Sequence[str]) -> Iterator[Obstacle]:
    """One sentence of a kind, with the first names; in the way are the rows that others have made."""
    if pairs:
        each = list(dict.fromkeys(names))
        more = len(each) - MOST_NAMES
        shown = [*each[:MOST_NAMES], _("{count} til").format(count=more)] if more > 0 else each
        yield Obstacle(words.format(names=listed(shown)), [(other._meta.label, other.pk) for _row, other in pairs])


def _stored(model: type[Any], rows: Sequence[Model], *related: str) -> list[Any]:
    """The rows of one model as they stand now, with what they hang on."""
    keys = [row.pk for row in rows if isinstance(row, model)]
    every = User.objects.all() if model is User else model.objects.everywhere(why=WHY)
    return list(every.filter(pk__in=keys).select_related(*related))


def _meeting(
    rows: Sequence[Any], others: Any, alike: tuple[str, ...], own: Collection[Name], days: tuple[str, str]
) -> list[tuple[Any, Any]]:
    """Rows beside others that are alike and have a day in common with them."""
    strangers: dict[tuple[Any, ...], list[Any]] = {}
    for other in others:
        if (other._meta.label, other.pk) not in own:
            strangers.setdefault(tuple(getattr(other, name) for name in alike), []).append(other)
    return [
        (row, other)
        for row in rows
        for other in strangers.get(tuple(getattr(row, name) for name in alike), ())
        if _share_a_day(row, other, days)
    ]


def _share_a_day(one: Any, other: Any, days: tuple[str, str]) -> bool:
    first, last = days
    begins = max(getattr(one, first), getattr(other, first))
    return all(end is None or end >= begins for end in (getattr(one, last), getattr(other, last)))


def _namesakes(units: Sequence[Any], own: Collection[Name]) -> list[tuple[Any, Any]]:
    """Units that would have the name of another of their kind, right beside it."""
    parents = {unit.parent_id for unit in units}
    beside = Unit.objects.everywhere(why=WHY).filter(parent__in=parents)
    pairs = _meeting(units, beside, ("kind", "parent_id"), own, VALID)
    return [(one, other) for one, other in pairs if _called(one) == _called(other)]


def _called(unit: Unit) -> str:
    return same_group(unit.name) if unit.is_leaf_kind else same(unit.name)


def _has_ended(place: Unit, own: Collection[Name], since: date, on: date) -> bool:
    """Whether somebody else has ended it since; what had ended before the list may stand as it stood."""
    is_own = (Unit._meta.label, place.pk) in own
    return not is_own and is_over(place, on, fields=VALID) and place.valid_to is not None and place.valid_to >= since
