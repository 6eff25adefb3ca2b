"""How a number in a workbook is shown: as a day where its format is one, with the noughts that its format adds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_NUMBERED_DAYS = frozenset({14, 15, 16, 17, 18, 19, 20, 21, 22, *range(27, 37), 45, 46, 47, *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_NOUGHTS = re.compile(r"0{2,}")
_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_FALSE_LEAP_DAY = 60  # Excel takes 1900 for a leap year
_LAST_DAY = 2_958_466
_EXACT = 10**15  # larger numbers have lost their last digits


class Formats:
    """The formats of a workbook's cells, by the number of their style."""

    def __init__(self, *, dates_from_1904: bool) -> None:
        self._from_1904 = dates_from_1904
        self._codes: dict[str, str] = {}
        self._styles: list[str] = []
        self._in_cells = False
        self._kinds: dict[str, tuple[bool, int]] = {}

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Take one element of the part that has the styles."""
        if tag == "numFmt":
            self._codes[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "dxfs", "cellStyles"}:
            self._in_cells = tag == "cellXfs"
        elif tag == "xf" and self._in_cells:
            self._styles.append(given.get("numFmtId", "0"))

    def shown(self, written: str, style: str) -> str:
        """The text of a number; raises `ValueError` where it is none."""
        is_day, digits = self._kind(style)
        value = float(written)
        if is_day and 0 <= value < _LAST_DAY:
            return self._day(value)
        if value.is_integer() and abs(value) < _EXACT:
            text = str(int(value))
            return text.zfill(digits) if value >= 0 else text
        return repr(value) if abs(value) < _EXACT else f"{value:.15g}".upper()

    def _kind(self, style: str) -> tuple[bool, int]:
        """Whether numbers of a style are days, and how many digits they have at least."""
        if style not in self._kinds:
            place = int(style) if style.isdecimal() else 0
            number = self._styles[place] if place < len(self._styles) else "0"
            code = _QUOTED.sub("", self._codes.get(number, "")).split(";")[0]
            own = number in self._codes
            is_day = any(letter in code.lower() for letter in "ydhm") if own else _is_numbered_day(number)
            noughts = _NOUGHTS.fullmatch(code.replace(" ", ""))
            self._kinds[style] = (is_day and code.lower() != "general", len(noughts[0]) if noughts else 0)
        return self._kinds[style]

    def _day(self, value: float) -> str:
        if self._from_1904:
            moment = _FIRST_DAY_1904 + timedelta(days=value)
        else:
            moment = _FIRST_DAY + timedelta(days=value + (1 if value < _FALSE_LEAP_DAY else 0))
        moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        is_whole = value.is_integer()
        return moment.date().isoformat() if is_whole else moment.isoformat(sep=" ")


def _is_numbered_day(number: str) -> bool:
    return number.isdecimal() and int(number) in _NUMBERED_DAYS
