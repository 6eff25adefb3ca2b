"""What can be wrong with a file or an option: where it stands, and why, in words for whoever has to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: So many are listed; the rest are only counted.
MOST_LISTED = 10


class AnalysisError(ValueError):
    """The analysis cannot be done as asked; nothing was written."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file."""

    row: int | None  # as the file's own program counts: a CSV's header is row 1; None = the whole column or file
    column: str | None
    reason: str

    def __str__(self) -> str:
        where = [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(where)}: {self.reason}" if where else self.reason


class WrongFile(AnalysisError):
    """A file that does not fit.

    Parameters
    ----------
    name : str
        The file's.
    problems : iterable of Problem
        The first of them; as many as are known.
    count : int, optional
        How many there are in all, where more were found than are known one by one.
    """

    def __init__(self, name: str, problems: Iterable[Problem], count: int | None = None) -> None:
        known = list(problems)
        self.name = name
        self.count = len(known) if count is None else count
        self.problems = known[:MOST_LISTED]
        lines = [f"{name}: {problem}" for problem in self.problems]
        if self.count > len(self.problems):
            lines.append(f"{name}: and {self.count - len(self.problems)} more")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[WrongFile], tuple[str, list[Problem], int]]:
        """Pickled where another machine reads the file."""
        return WrongFile, (self.name, self.problems, self.count)


class WrongOption(AnalysisError):
    """An option names something that is not there, or asks for what cannot be done."""
