"""What ties a pupil to something without a row that says so, asked of rooms that are not known here.

A closed wave's answers are found by a pseudonym made from the pupil's key alone, and the codes that pointed at the
pupil are gone. A room that holds such things says in its `ties.py` which pupils they reach:

    @ties.gives
    def waves(pupils: Collection[int], since: datetime) -> Iterator[Tie]: ...

Taking a list back may cut none of them: the pupil, the key and the place in the class stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.module_loading import autodiscover_modules

from kfl.core.lists.taking_back import Obstacle

from ..models import Pupil


@dataclass(frozen=True)
class Tie:
    """What holds these pupils, by a name of its own; `why` says in a sentence that they cannot be taken from it."""

    to: str
    pupils: frozenset[int]
    why: str


Giver = Callable[[Collection[int], datetime], Iterable[Tie]]
_givers: list[Giver] = []


def gives(giver: Giver) -> Giver:
    """Say that a function knows of such ties: of these pupils, to what was there at or after a moment."""
    _givers.append(giver)
    return giver


def ties_of(pupils: Collection[int], since: datetime) -> list[Tie]:
    """All ties of these pupils, as it is now."""
    _load()
    return [tie for giver in _givers for tie in giver(pupils, since)] if pupils else []


def cut(before: Iterable[Tie], after: Iterable[Tie]) -> Iterator[Obstacle]:
    """What was tied before and is not any more."""
    left = {tie.to: tie.pupils for tie in after}
    for tie in before:
        if gone := tie.pupils - left.get(tie.to, frozenset()):
            yield Obstacle(tie.why, [(Pupil._meta.label, key) for key in sorted(gone)])


@cache
def _load() -> None:
    autodiscover_modules("ties")
