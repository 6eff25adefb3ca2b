"""The codebook: which column is which item of which scale, which items are turned, and the words of each code.

A CSV or XLSX file with a row an item and the columns ``scale``, ``item``, ``reverse`` (0|1), ``code_1``, ``code_2``, …
and, where wanted, ``scale_label_nb``, ``scale_label_nn``, ``scale_label_en``, ``favourable`` (high|low), ``topic`` and
``counts_from_code`` (marks a sensitive item: from which answer it counts). docs/analyse.md.

The one reader of codebooks, for `kfl analyse` and `kfl wave import` alike: what is sensitive in one is sensitive in the
other. A column that it does not know is an error: a mark that is misspelt would else be lost in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from kfl.tables import ANSWERS, Problem, Row, WrongFile, read_table

if TYPE_CHECKING:
    from kfl.stats import ScaleSpec

NEEDED = ("scale", "item", "reverse", "code_1", "code_2")
MOST_CODES = 11
LANGUAGES = ("nb", "nn", "en")
CODES = tuple(f"code_{code}" for code in range(1, MOST_CODES + 1))
LABELS = tuple(f"scale_label_{language}" for language in LANGUAGES)
KNOWN = (*NEEDED, *CODES, *LABELS, "favourable", "topic", "counts_from_code")


@dataclass(frozen=True)
class CodebookItem:
    """One item: the column that holds its answers, and the words of its codes."""

    key: str
    topic: str
    turned: bool
    labels: tuple[str, ...]  # of codes 1, 2, …
    counts_from_code: int | None  # of a sensitive item: from which answer it counts
    row: int  # of the file

    @property
    def sensitive(self) -> bool:
        """Whether it is marked: shown more coarsely, or not at all."""
        return self.counts_from_code is not None


@dataclass(frozen=True)
class CodebookScale:
    """One scale and its items; codes run from 1 to `codes` in all of them."""

    key: str
    labels: Mapping[str, str]  # by language
    favourable: str  # "high", "low", or "" where the codebook does not say
    items: tuple[CodebookItem, ...]

    @property
    def codes(self) -> int:
        """How many codes each item has."""
        return len(self.items[0].labels)

    @property
    def sensitive(self) -> bool:
        """Whether any of its items is."""
        return any(item.sensitive for item in self.items)

    def label(self, language: str) -> str:
        """Name in a language, else in bokmål, English, or the key itself."""
        return next((self.labels[one] for one in (language, "nb", "en") if self.labels.get(one)), self.key)

    def spec(self, rows: Mapping[str, int]) -> ScaleSpec:
        """The scale as `kfl.stats` wants it.

        Parameters
        ----------
        rows : mapping from item to int
            Row of each item in the answer matrix.

        Returns
        -------
        ScaleSpec
        """
        from kfl.stats import ScaleSpec  # pages import this module too, and need no statistics

        places = tuple(rows[item.key] for item in self.items)
        return ScaleSpec(self.key, places, tuple(item.turned for item in self.items), 1, self.codes)


@dataclass(frozen=True)
class Codebook:
    """All scales, in the order of the file."""

    scales: tuple[CodebookScale, ...]
    notices: tuple[Problem, ...] = ()  # what was done in reading it that somebody should know

    @property
    def items(self) -> tuple[CodebookItem, ...]:
        """All items, scale by scale: the rows of the answer matrix."""
        return tuple(item for scale in self.scales for item in scale.items)

    def specs(self) -> tuple[ScaleSpec, ...]:
        """All scales over an answer matrix with the rows of `items`."""
        rows = {item.key: row for row, item in enumerate(self.items)}
        return tuple(scale.spec(rows) for scale in self.scales)


def read_codebook(path: Path) -> Codebook:
    """Read a codebook.

    Parameters
    ----------
    path : Path
        A CSV or XLSX file.

    Returns
    -------
    Codebook

    Raises
    ------
    WrongFile
        Everything that is wrong in it, by row and column.
    """
    table = read_table(path, bounds=ANSWERS)
    wrong = [
        Problem(table.header_row, column, "the codebook needs this column")
        for column in NEEDED
        if column not in table.header
    ]
    wrong += [Problem(table.header_row, column, _unknown(column)) for column in table.header if column not in KNOWN]
    if wrong:
        raise WrongFile(path.name, wrong)
    code_columns = [column for column in CODES if column in table.header]
    problems: list[Problem] = []
    first: dict[str, Row] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        problems += _row_problems(row, code_columns, seen)
        seen.setdefault(row["item"], row.number)
        problems += _scale_problems(row, code_columns, first.setdefault(row["scale"], row))
    if problems:
        raise WrongFile(path.name, problems)
    order = list(first)
    by_scale = groupby(sorted(table.rows, key=lambda row: order.index(row["scale"])), lambda row: row["scale"])
    scales = tuple(_scale(key, list(items), code_columns) for key, items in by_scale)
    return Codebook(scales, table.notices)


def _unknown(column: str) -> str:
    if column.removeprefix("code_").isdecimal():
        return f"an item has at most {MOST_CODES} codes, numbered from code_1"
    others = [one for one in KNOWN if one not in CODES]
    return f"a codebook has no such column; it has {', '.join(others)} and code_1 to code_{MOST_CODES}"


def _row_problems(row: Row, code_columns: Sequence[str], seen: Mapping[str, int]) -> list[Problem]:
    number = row.number
    found = [Problem(number, column, "a value is missing") for column in ("scale", "item") if not row[column]]
    if row["item"] in seen:
        found.append(Problem(number, "item", f"{row['item']} stands in row {seen[row['item']]} already"))
    if row["reverse"] not in {"0", "1"}:
        found.append(Problem(number, "reverse", f"{row['reverse']!r} is neither 0 nor 1"))
    if row["favourable"] not in {"", "high", "low"}:
        found.append(Problem(number, "favourable", f"{row['favourable']!r} is neither high nor low"))
    given = [bool(row[column]) for column in code_columns]
    if sum(given) < 2 or given != sorted(given, reverse=True):
        found.append(Problem(number, "code_1", "codes need words from code_1 on without gaps, two or more"))
    elif (mark := row["counts_from_code"]) and mark not in map(str, range(2, sum(given) + 1)):
        reason = (
            f"{mark!r} is not the number of a code from 2 to {sum(given)}; leave it blank for what is not sensitive"
        )
        found.append(Problem(number, "counts_from_code", reason))
    return found


def _scale_problems(row: Row, code_columns: Sequence[str], before: Row) -> list[Problem]:
    """Where a row says another thing about its scale than the scale's first row."""
    number, first, found = row.number, before.number, []
    codes, earlier = (len([column for column in code_columns if one[column]]) for one in (row, before))
    if codes != earlier:
        reason = f"scale {row['scale']} has codes 1 to {codes} here, but 1 to {earlier} in row {first}"
        found.append(Problem(number, f"code_{min(codes, earlier) + 1}", reason))
    if row["favourable"] != before["favourable"]:
        reason = f"scale {row['scale']} is {row['favourable']!r} here, but {before['favourable']!r} in row {first}"
        found.append(Problem(number, "favourable", reason))
    return found


def _scale(key: str, rows: Sequence[Row], code_columns: Sequence[str]) -> CodebookScale:
    first = rows[0]
    labels = {language: first[f"scale_label_{language}"] for language in LANGUAGES}
    items = tuple(
        CodebookItem(
            row["item"],
            row["topic"] or row["item"],
            row["reverse"] == "1",
            tuple(row[column] for column in code_columns if row[column]),
            int(row["counts_from_code"]) if row["counts_from_code"] else None,
            row.number,
        )
        for row in rows
    )
    return CodebookScale(key, labels, first["favourable"], items)
