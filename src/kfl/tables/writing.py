"""Writing tables: the one place that does, since a cell that a spreadsheet would take for a formula must be text.

Names of units come from people. Opened in a spreadsheet, `=HYPERLINK(…)` would be run in the reader's name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from .faults import Problem
from .formula_guards import with_guards
from .reading import Table

#: What begins a formula in some spreadsheet; the last four are the wide signs of East Asian keyboards.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767
_LONGEST_TITLE = 31
_NOT_IN_TITLES = str.maketrans("", "", "[]:*?/\\'")


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A header and rows with commas between; None is an empty cell, and numbers stay numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([as_text(column) for column in columns])
    writer.writerows([as_text(row[column]) for column in columns] for row in rows)
    return file.getvalue()


def as_text(cell: object) -> object:
    """The cell; where a text could begin a formula it gets the apostrophe that spreadsheets know as "this is text"."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")  # the writer does not quote a lone \r, which ends a row
    return with_guards(text)


def as_xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet; None is an empty cell, numbers stay numbers, and all else is text for good.

    Parameters
    ----------
    title : str
        Of the sheet.
    columns : sequence of str
        Names in the header.
    rows : iterable of sequence
        The cells of each row.
    """
    import xlsxwriter

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(title.translate(_NOT_IN_TITLES)[:_LONGEST_TITLE] or None)
        plain = book.add_format({"num_format": "@"})
        marked = book.add_format({"num_format": "@", "quote_prefix": True})  # the apostrophe, as a workbook keeps it
        bold = book.add_format({"num_format": "@", "bold": True})
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name, bold)
            sheet.set_column(place, place, max(10, min(40, len(name) + 4)))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(number, place, cell)
                elif cell is not None and cell != "":
                    text = str(cell)[:_LONGEST_CELL]
                    sheet.write_string(number, place, text, marked if text.startswith(FORMULA_SIGNS) else plain)
    return file.getvalue()


def failed_rows(table: Table, problems: Iterable[Problem], *, title: str, row: str, wrong: str) -> bytes:
    """The rows of a table that something is wrong with, as a workbook: their numbers, what is wrong, and their cells.

    Parameters
    ----------
    table : Table
        What was read.
    problems : iterable of Problem
        What is wrong, with words in the reader's language.
    title, row, wrong : str
        Names of the sheet and of the first two columns.
    """
    reasons: dict[int, list[str]] = {}
    for one in problems:
        if one.row is not None:
            reasons.setdefault(one.row, []).append(f"{one.column}: {one.reason}" if one.column else one.reason)
    rows = ([one.number, " ".join(reasons[one.number]), *one.values] for one in table.rows if one.number in reasons)
    return as_xlsx(title, [row, wrong, *table.header], rows)
