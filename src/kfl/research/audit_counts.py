"""The audit of what was told of adults' sheets while a wave was open, from what is stored of its nights.

Looked at anew, from the stored numbers alone: where they stand, what follows from them by subtraction, how they are
rounded, and that one night to the next tells no more than that many have come.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.utils import timezone

from kfl.disclosure import STEP, Presence, Tree
from kfl.disclosure.attacker import Matrix, counts_matrix
from kfl.surveys.counts.nightly import Followed
from kfl.surveys.models import Wave


def faults(wave: Wave, told: Followed) -> Iterator[str]:
    """What breaks the rules for one informant group; nothing where all is well."""
    name = f"{told.informant} by night"
    if told.parent.count(-1) != 1:
        yield f"{name}: told under a hidden node"
    elif min(told.invited) < wave.k or any(block and block < wave.k for block in _blocks(told)):
        yield f"{name}: told of fewer than {wave.k} invited, or beside so few"
    for invited, nights in zip(told.invited, told.nights, strict=True):
        numbers = [number for _when, number in nights]
        days = [timezone.localdate(when) for when, _number in nights]
        if any(number % STEP or number >= invited for number in numbers):
            yield f"{name}: a number that is no step, or everybody"
        if numbers != sorted(numbers):
            yield f"{name}: a number that fell"
        if len(set(days)) < len(days) or (wave.opened_at and timezone.localdate(wave.opened_at) in days):
            yield f"{name}: counted twice in a day, or on the day of the opening"


def matrix(wave: Wave, told: Followed) -> Matrix | None:
    """What can be worked out by adding and subtracting, in people invited; None where there is no one tree."""
    if told.parent.count(-1) != 1:
        return None
    own = np.array(_blocks(told))
    presence = Presence(own, own, own, silence_tells=False)
    shown = np.ones(len(own), dtype=bool)
    return counts_matrix(f"{told.informant} by night", Tree(np.array(told.parent)), shown, presence, wave.k)


def _blocks(told: Followed) -> list[int]:
    """How many are invited at each node and not at a told one below it."""
    own = list(told.invited)
    for place, above in enumerate(told.parent):
        if above >= 0:
            own[above] -= told.invited[place]
    return own
