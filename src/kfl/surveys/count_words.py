"""How the numbers of invited and answered read. Every page, card, report and table takes its words from here.

Which number may be told is for `coverage` (a wave that is open) and the release (one that is over); None means hidden.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.templatetags.core import day, number, share_of

MORNING = 6


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


def live(sheets: int, asked: int) -> str:
    """Of pupils and children while the wave is open: never one of the other, for sheets are no pupils."""
    words = ngettext("{sheets} ark levert eller nei sagt", "{sheets} ark levert eller nei sagt", sheets)
    return f"{words.format(sheets=number(sheets))} · {invited(asked)}"


def nightly(sheets: int, asked: int, taken_at: datetime) -> str:
    """Of adults while the wave is open: a snapshot, rounded down."""
    words = _("minst {sheets} ark levert eller nei sagt {when}")
    return f"{words.format(sheets=number(sheets), when=when(taken_at))} · {invited(asked)}"


def before_first_night(asked: int) -> str:
    """Of adults on the day that the wave opens."""
    return f"{_('antallet vises fra i morgen')} · {invited(asked)}"


def cell(sheets: int | None, asked: int, *, is_least: bool) -> str:
    """Short, in a table whose heading says what is counted."""
    if sheets is None:
        return before_first_night(asked)
    words = _("minst {sheets} ark") if is_least else ngettext("{sheets} ark", "{sheets} ark", sheets)
    return f"{words.format(sheets=number(sheets))} · {invited(asked)}"


def when(taken_at: datetime) -> str:
    """Natt til fredag 4. desember; later in the day where nothing ran at night."""
    local = timezone.localtime(taken_at)
    words = _("natt til {day}") if local.hour < MORNING else _("{day} kl. {hour}")
    return words.format(day=day(taken_at), hour=f"{local:%H.%M}")
