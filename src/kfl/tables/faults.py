"""What can be wrong with a file: a code with row, column and facts, so that every room says it in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: So many are named; the rest are only counted.
MOST_KEPT = 200
MOST_LISTED = 10  # in the text of an error


class Fault(StrEnum):
    """What is wrong with a table, or worth saying of it; `kfl.tables.fault_words` has the words."""

    # the file
    NO_FILE = "no_file"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    ENCODING = "encoding"
    # its rows and columns
    NO_HEADER = "no_header"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNNAMED_COLUMN = "unnamed_column"
    COLUMN_TWICE = "column_twice"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    QUOTATION_MARK = "quotation_mark"
    LENGTH = "length"
    EMPTY_LINE = "empty_line"
    # cells
    LONG_CELL = "long_cell"
    BROKEN_LETTERS = "broken_letters"
    INVISIBLE_LETTER = "invisible_letter"
    ERROR_VALUE = "error_value"
    NO_VALUE = "no_value"
    # workbooks
    NO_WORKBOOK = "no_workbook"
    LOCKED_OR_OLD = "locked_or_old"
    DAMAGED = "damaged"
    MACROS = "macros"
    DECLARATIONS = "declarations"
    TOO_MUCH_INSIDE = "too_much_inside"
    NO_SHEET = "no_sheet"
    MERGED_HEADER = "merged_header"
    MERGED_ACROSS = "merged_across"
    # not wrong, but never done in silence
    MERGED_FILLED = "merged_filled"
    OTHER_SHEETS = "other_sheets"
    HIDDEN_ROWS = "hidden_rows"
    LOST_NOUGHTS = "lost_noughts"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file. `reason` is in words; `code` and `facts` say it where they are made elsewhere.

    Rows count as the file's own program does: a CSV's header is row 1. None = the whole column or file.
    """

    row: int | None
    column: str | None
    reason: str
    code: Fault | None = field(default=None, compare=False)
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        where = [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(where)}: {self.reason}" if where else self.reason


def fault(code: Fault, row: int | None = None, column: str | None = None, **facts: object) -> Problem:
    """Say what is wrong by its code; the words are English until a room that speaks otherwise puts its own there."""
    from .fault_words import WORDS

    return Problem(row, column, WORDS[code].english.format(**facts), code, facts)


class WrongFile(ValueError):
    """A file that does not fit; nothing was changed.

    Parameters
    ----------
    name : str
        The file's.
    problems : iterable of Problem
        As many as are known.
    count : int, optional
        How many there are in all, where more were found than are known one by one.
    """

    def __init__(self, name: str, problems: Iterable[Problem], count: int | None = None) -> None:
        self.name = name
        known = sorted(problems, key=lambda one: one.row or 0)
        self.problems = known[:MOST_KEPT]
        self.count = len(known) if count is None else count
        begins = f"{name}: " if name else ""
        lines = [f"{begins}{problem}" for problem in self.problems[:MOST_LISTED]]
        if self.count > len(lines):
            lines.append(f"{begins}and {self.count - len(lines)} more")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[WrongFile], tuple[str, list[Problem], int]]:
        """Pickled where another machine reads the file."""
        return type(self), (self.name, self.problems, self.count)

    @property
    def left_out(self) -> int:
        """How many are counted and not named."""
        return self.count - len(self.problems)
