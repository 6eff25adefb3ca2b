"""An apostrophe before whatever a spreadsheet could take for a formula, wherever it would begin a cell.

A spreadsheet splits a CSV where its own country's separator stands, whatever the file was written with, and to it a
quotation mark means something at the beginning of a cell only. So quoting does not help: within a text, too, a sign
after any usual separator may begin a cell. The apostrophe is what spreadsheets know as "this is text".
`without_guards` gives the text back: each guard is one apostrophe more than the text has there.
"""

from __future__ import annotations

import re

#: What begins a formula in some spreadsheet; the last four are the wide signs of East Asian keyboards.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# Blanks and quotation marks before a sign do not keep it from beginning a cell.
_BEGINNING = r"(?:^|[;,|\t\n])[ \u00a0\t\n\"]*"
_TO_GUARD = re.compile(rf"({_BEGINNING})(?='*[{SIGNS}])")
_GUARDED = re.compile(rf"({_BEGINNING})'(?='*[{SIGNS}])")
_BLANK_FIRST = re.compile(r"'*[\t\n]")
_GUARDED_BLANK = re.compile(r"''*[\t\n]")


def with_guards(text: str) -> str:
    """The text, in which nothing can begin a formula."""
    found = _TO_GUARD.sub(r"\1'", text)
    return f"'{found}" if _BLANK_FIRST.match(found) else found


def without_guards(text: str) -> str:
    """The text as it was before `with_guards`."""
    if "'" not in text:
        return text
    found = text[1:] if _GUARDED_BLANK.match(text) else text
    return _GUARDED.sub(r"\1", found)
