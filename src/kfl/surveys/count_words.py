"""How the numbers of invited and answered read. Every page, card, report and table takes its words from here.

Which number may be told is for `coverage` (a wave that is open) and the release (one that is over); None means hidden.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.templatetags.core import day, number, share_of


def hidden() -> str:
    """What stands where a number is hidden, whichever rule hid it."""
    return _("skjult: for få her eller ved siden av")


def invited(count: int) -> str:
    """26 inviterte."""
    return ngettext("{invited} invitert", "{invited} inviterte", count).format(invited=number(count))


def released(answered: int | None, asked: int) -> str:
    """Of a wave that is over: 212 av 240 svarte (88 %), or how many were invited and that the rest is hidden."""
    if answered is None:
        return f"{invited(asked)} · {hidden()}"
    return _("{answered} av {invited} svarte ({share})").format(
        answered=number(answered), invited=number(asked), share=share_of(answered, asked)
    )


def live(sheets: int, asked: int) -> str:
    """Of pupils and children while the wave is open: never one of the other, for sheets are no pupils."""
    words = ngettext("{sheets} ark levert eller nei sagt", "{sheets} ark levert eller nei sagt", sheets)
    return f"{words.format(sheets=number(sheets))} · {invited(asked)}"


def nightly(sheets: int, asked: int, night: date) -> str:
    """Of adults while the wave is open: a snapshot, rounded down."""
    words = _("minst {sheets} ark levert eller nei sagt natt til {night}")
    return f"{words.format(sheets=number(sheets), night=day(night))} · {invited(asked)}"


def before_first_night(asked: int) -> str:
    """Of adults on the day that the wave opens."""
    return f"{_('antallet vises fra i morgen')} · {invited(asked)}"
