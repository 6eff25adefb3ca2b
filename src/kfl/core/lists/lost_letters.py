"""Letters that were lost when a list was saved: a question mark stands where each of them stood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

LOST = "?"
MOST_ROWS = 5  # named in one line


def has_lost_letters(name: str) -> bool:
    return LOST in name


def may_be_word(written: str, word: str) -> bool:
    """Whether a word of a name is this one, each question mark read as any letter."""
    return re.fullmatch(".".join(map(re.escape, written.split(LOST))), word) is not None


def words_of_lost_letters(rows: Sequence[int]) -> str:
    """That names have lost letters, with the rows."""
    return at_rows(_("Et spørsmålstegn i et navn er ofte en bokstav som er blitt borte"), rows)


def at_rows(words: str, rows: Sequence[int]) -> str:
    """What is odd, and where: rad 3, 7 og 12 til."""
    shown = ", ".join(map(str, rows[:MOST_ROWS]))
    more = len(rows) - MOST_ROWS
    where = _("rad {rows} og {more} til") if more > 0 else _("rad {rows}")
    return f"{words}: {where.format(rows=shown, more=more)}."
