"""What cells mean, whatever program wrote them: whole numbers, lost noughts, letters as one character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .faults import Fault, Problem, fault

_WHOLE = re.compile(r"([+-]?)0*(\d{1,18})(?:[.,]0+)?")
#: What æ, ø and å become when UTF-8 is read as CP1252 and saved again, and what a lost letter becomes.
BROKEN_LETTERS = ("Ã¥", "Ã¸", "Ã¦", "Ã…", "Ã˜", "Ã†", "\ufffd")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FEW = 20  # codes among which nothing can be said of their lengths


def tidied(text: str) -> str:
    """A text with single blanks and none around it; a letter is one character however it was typed."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text[:1] != " " and text[-1:] != " " else " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(name: str) -> str:
    """A column's name as it is compared where capitals do not count."""
    return tidied(name).casefold()


def letters_fault(text: str) -> Fault | None:
    """Whether a tidied text has letters that a wrong encoding broke, or characters that nobody can see."""
    if text.isascii() and text.isprintable():
        return None
    if any(broken in text for broken in BROKEN_LETTERS):
        return Fault.BROKEN_LETTERS
    return Fault.INVISIBLE_LETTER if any(unicodedata.category(one) in _INVISIBLE for one in text) else None


def whole_number(text: str) -> int | None:
    """The whole number that a cell holds: 3, 3.0 (pandas, where a column has gaps), 3,0 and 03 are one; else None."""
    found = _WHOLE.fullmatch(text.strip()) if text.isascii() else None
    return int(found[1] + found[2]) if found else None


def column_letters(number: int) -> str:
    """A column as spreadsheets name it: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def lost_noughts(column: str, values: Sequence[str]) -> Problem | None:
    """A notice where codes of one length have some that are shorter, as when a spreadsheet took away the first nought.

    Sure where others still have their nought. Else the shorter ones must be few and far between: numbers that were
    given out one by one, 1 to 300, have nearly all that are shorter.
    """
    codes = {value for value in values if value.isascii() and value.isdecimal()}
    length = max(map(len, codes), default=0)
    shorter = sorted(code for code in codes if len(code) < length)
    if not shorter or length < 3:
        return None
    kept = any(code.startswith("0") for code in codes if len(code) == length)
    room = 10 ** (length - 1) - int(shorter[0]) if len(shorter[0]) == length - 1 else 10 ** (length - 1)
    scattered = len(codes) >= _FEW and len(shorter) <= len(codes) * 0.3 and len(shorter) < room * 0.5
    if not kept and not scattered:
        return None
    return fault(Fault.LOST_NOUGHTS, None, column, count=len(shorter), value=shorter[0])
