"""Writing CSV: the one place that does, since a cell that a spreadsheet would take for a formula must be text.

Names of units come from people. Opened in a spreadsheet, `=HYPERLINK(…)` would be run in the reader's name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

#: What begins a formula in some spreadsheet; the last four are the wide signs of East Asian keyboards.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A header and rows with commas between; None is an empty cell, and numbers stay numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([as_text(column) for column in columns])
    writer.writerows([as_text(row[column]) for column in columns] for row in rows)
    return file.getvalue()


def as_text(cell: object) -> object:
    """The cell; a text that could be a formula gets the apostrophe that spreadsheets know as "this is text"."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")  # the writer does not quote a lone \r, which ends a row
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
