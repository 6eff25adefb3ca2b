"""The life of a wave: what is stored, what the clock makes of it, and what may be done in each stage.

Stored are draft, open, closed and released. Whether an open wave takes answers now is a matter of the clock, and
respondents meet the clock: so pages and actions ask for the stage (`now.py`), never for the stored state alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.core.lifecycle import Lifecycle

from ..models import WaveState

LIFE = Lifecycle(
    "wave",
    WaveState,
    WaveState.DRAFT,
    {
        WaveState.DRAFT: {WaveState.OPEN: _("åpnes, og skjemaer, enheter og klasser fryses")},
        WaveState.OPEN: {WaveState.CLOSED: _("stenges, og koder og nøkkel slettes")},
        WaveState.CLOSED: {WaveState.RELEASED: _("resultatene er laget")},
        WaveState.RELEASED: {},
    },
)


class Stage(models.TextChoices):
    """Where a wave is by the clock, for the whole or for one unit."""

    DRAFT = "draft", _("utkast")
    WAITING = "waiting", _("ikke åpnet ennå")
    OPEN = "open", _("åpen")
    OVER = "over", _("tiden er ute")
    CLOSED = "closed", _("stengt")
    RELEASED = "released", _("resultatene er klare")


_CLOSES = _("stenges")

BY_THE_CLOCK = Lifecycle(
    "wave-by-the-clock",
    Stage,
    Stage.DRAFT,
    {
        Stage.DRAFT: {Stage.WAITING: _("åpnes på forhånd"), Stage.OPEN: _("åpnes etter åpningstiden")},
        Stage.WAITING: {Stage.OPEN: _("åpningstiden kommer"), Stage.CLOSED: _CLOSES},
        Stage.OPEN: {Stage.OVER: _("stengetiden kommer"), Stage.CLOSED: _CLOSES},
        Stage.OVER: {Stage.OPEN: _("får mer tid"), Stage.CLOSED: _("stenges, eller stenger seg selv etter fristen")},
        Stage.CLOSED: {Stage.RELEASED: _("resultatene er laget")},
        Stage.RELEASED: {},
    },
    field="",
)

STORED: Mapping[Stage, WaveState] = {
    Stage.DRAFT: WaveState.DRAFT,
    Stage.WAITING: WaveState.OPEN,
    Stage.OPEN: WaveState.OPEN,
    Stage.OVER: WaveState.OPEN,
    Stage.CLOSED: WaveState.CLOSED,
    Stage.RELEASED: WaveState.RELEASED,
}


class Act(StrEnum):
    """What may be done with a wave, each in some stages only."""

    SET_UP = "set_up"  # name, window, forms, units, help; rehearse; open
    WRITE_LETTER = "write_letter"  # to parents, and until when answers are kept
    TAKE_CONSENT = "take_consent"  # a reservation is heard as long as there is something to take out
    HAND_OUT = "hand_out"  # slips, letters, links, lost codes, codes for those who come late
    ENTER_PAPER = "enter_paper"
    RATE = "rate"
    REMIND = "remind"
    FOLLOW = "follow"  # how many have answered until now
    EXTEND = "extend"
    CLOSE = "close"  # or, where answers are from a file, annul
    ERASE = "erase"  # one pupil's answers


_BEFORE_CLOSE = frozenset({Stage.WAITING, Stage.OPEN, Stage.OVER})

ALLOWED: Mapping[Act, frozenset[Stage]] = {
    Act.SET_UP: frozenset({Stage.DRAFT}),
    Act.WRITE_LETTER: frozenset({Stage.DRAFT}) | _BEFORE_CLOSE,
    Act.TAKE_CONSENT: frozenset({Stage.DRAFT}) | _BEFORE_CLOSE,
    Act.HAND_OUT: frozenset({Stage.WAITING, Stage.OPEN}),
    Act.ENTER_PAPER: frozenset({Stage.OPEN}),
    Act.RATE: frozenset({Stage.OPEN}),
    Act.REMIND: frozenset({Stage.OPEN}),
    Act.FOLLOW: _BEFORE_CLOSE,
    Act.EXTEND: _BEFORE_CLOSE,
    Act.CLOSE: _BEFORE_CLOSE,
    Act.ERASE: frozenset({Stage.CLOSED, Stage.RELEASED}),
}


def stored_for(act: Act) -> frozenset[WaveState]:
    """The stored states in which an act may be possible; the clock says whether it is."""
    return frozenset(STORED[stage] for stage in ALLOWED[act])
