"""What a page of consents sends back: each field's name says whose it is and what it was shown as.

So an old page, a page gone back to, and a list checked earlier carry what they were made from wherever they go, and
nothing that somebody else has written meanwhile is undone: least of all a reservation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kfl.core.stale import Fate, judge, mark
from kfl.people.models import Pupil

from ..models import ConsentState, Wave
from ..waves.membership import may_answer
from .uploaded_list import lifts

SHOWN = tuple(ConsentState)  # the last digit of a field's name is a place in here


@dataclass
class Wanted:
    """What one person wants changed, and where somebody else was first."""

    by_state: dict[ConsentState, list[Pupil]] = field(default_factory=lambda: defaultdict(list))
    kept: list[Pupil] = field(default_factory=list)  # changed by somebody else alone: stands
    asked: list[Pupil] = field(default_factory=list)  # changed by both, to different things: stands until asked again

    @property
    def count(self) -> int:
        return sum(len(pupils) for pupils in self.by_state.values())

    def lifted(self, now: Mapping[int, ConsentState]) -> list[Pupil]:
        """Those whose parents have said no, and would not have any more."""
        return [pupil for state, pupils in self.by_state.items() for pupil in pupils if lifts(now[pupil.pk], state)]

    def ending(self, wave: Wave, now: Mapping[int, ConsentState]) -> list[Pupil]:
        """Those who may take part now and would not any more: what they have answered would be erased."""
        return [
            pupil
            for state, pupils in self.by_state.items()
            for pupil in pupils
            if may_answer(wave, now[pupil.pk]) and not may_answer(wave, state)
        ]


def field_name(pupil: Pupil, shown: ConsentState) -> str:
    """The name of the field that asks about a pupil, on a page that shows this state."""
    return f"state-{pupil.pk}{SHOWN.index(shown)}"


def sent_of(post: Mapping[str, str], pupil: Pupil, now: ConsentState) -> tuple[ConsentState, str] | None:
    """What a pupil's field was shown as, and what it holds; None where the form has none.

    A form put together of two pages has two fields of a pupil. If one shows what holds now, that was seen, and what
    the other chose is the choice; else the older one is taken, which undoes nothing.
    """
    fields = [(shown, post[name]) for shown in SHOWN if (name := field_name(pupil, shown)) in post]
    chosen = [value for shown, value in fields if value != shown]
    if len(fields) > 1 and len(chosen) == 1 and any(shown is now for shown, _value in fields):
        return now, chosen[0]
    return next((one for one in fields if one[0] is not now), None) or (fields[0] if fields else None)


def wanted_of(
    post: Mapping[str, str],
    pupils: Sequence[Pupil],
    now: Mapping[int, ConsentState],
    allowed: Sequence[ConsentState],
) -> Wanted:
    """What a form that came back asks for. `all_informed`: those whom it showed as not informed are informed."""
    wanted = Wanted()
    for pupil in pupils:
        sent = sent_of(post, pupil, now[pupil.pk])
        if sent is None or sent[1] not in allowed:
            continue
        shown, new = sent[0], ConsentState(sent[1])
        if "all_informed" in post and shown is new is ConsentState.NOT_INFORMED:
            new = ConsentState.INFORMED
        fate = judge(mark(shown), new, now[pupil.pk])
        if fate is Fate.WRITE:
            wanted.by_state[new].append(pupil)
        elif fate is Fate.ASK:
            wanted.asked.append(pupil)
        elif now[pupil.pk] not in {shown, new}:
            wanted.kept.append(pupil)
    return wanted
