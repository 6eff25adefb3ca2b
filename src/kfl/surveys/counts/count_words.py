"""How the numbers of invited and answered read. Every page, card, report and table takes its words from here.

Which number may be told is for `coverage` (a wave that is open) and the release (one that is over); None means hidden.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.templatetags.core import day, number, share_of
from kfl.disclosure import STEP

MORNING = 6


class Counted(Enum):
    """How the sheets came in, which is how they are spoken of."""

    OWN = "own"  # by whoever was asked, who may also have said no
    RATED = "rated"  # by whoever rates a child: there is no no
    READ = "read"  # from a file


def hidden() -> str:
    """What stands where a number is hidden, whichever rule hid it."""
    return _("skjult: for få her eller ved siden av")


def invited(count: int) -> str:
    """26 inviterte."""
    return ngettext("{invited} invitert", "{invited} inviterte", count).format(invited=number(count))


def hidden_of(asked: int) -> str:
    """How many were invited, and that the rest is hidden."""
    return f"{invited(asked)} · {hidden()}"


def released(answered: int | None, asked: int) -> str:
    """Of a wave that is over: 212 av 240 svarte (88 %), or how many were invited and that the rest is hidden."""
    if answered is None:
        return hidden_of(asked)
    return _("{answered} av {invited} svarte ({share})").format(
        answered=number(answered), invited=number(asked), share=share_of(answered, asked)
    )


def _sheets(count: int, counted: Counted) -> str:
    if counted is Counted.READ:
        words = ngettext("{sheets} ark fra fila", "{sheets} ark fra fila", count)
    elif counted is Counted.RATED:
        words = ngettext("{sheets} ark levert", "{sheets} ark levert", count)
    else:
        words = ngettext("{sheets} ark levert eller nei sagt", "{sheets} ark levert eller nei sagt", count)
    return words.format(sheets=number(count))


def live(sheets: int, asked: int, counted: Counted = Counted.OWN) -> str:
    """Of pupils and children while the wave is open: never one of the other, for sheets are no pupils."""
    return f"{_sheets(sheets, counted)} · {invited(asked)}"


def nightly(sheets: int, asked: int, taken_at: datetime, counted: Counted = Counted.OWN) -> str:
    """Of adults while the wave is open: a snapshot, rounded down; below the first step it says less than that."""
    words = _("minst {counted} {when}") if sheets else _("færre enn {counted} {when}")
    told = words.format(counted=_sheets(sheets or STEP, counted), when=when(taken_at))
    return f"{told} · {invited(asked)}"


def before_first_night(asked: int) -> str:
    """Of adults on the day that the wave opens."""
    told = _("antallet vises fra i morgen")
    return f"{told} · {invited(asked)}"


def cell(sheets: int | None, asked: int, *, is_least: bool) -> str:
    """Short, in a table whose heading says what is counted."""
    if sheets is None:
        return before_first_night(asked)
    if is_least:
        words, sheets = (_("minst {sheets} ark"), sheets) if sheets else (_("færre enn {sheets} ark"), STEP)
    else:
        words = ngettext("{sheets} ark", "{sheets} ark", sheets)
    return f"{words.format(sheets=number(sheets))} · {invited(asked)}"


def when(taken_at: datetime) -> str:
    """Natt til fredag 4. desember; later in the day where nothing ran at night."""
    local = timezone.localtime(taken_at)
    words = _("natt til {day}") if local.hour < MORNING else _("{day} kl. {hour}")
    return words.format(day=day(taken_at), hour=f"{local:%H.%M}")
