"""Reading a CSV file from outside: encoding, delimiter, header, rows of equal length; what is wrong, by row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DELIMITERS = (";", ",", "\t")
MOST_PROBLEMS = 200
LARGEST_FIELD = 10_000


@dataclass(frozen=True)
class FileProblem:
    """One thing that is wrong. `row` counts from 1, the header; None = the whole file or column."""

    row: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        where = [_("rad {row}").format(row=self.row)] if self.row is not None else []
        where += [_("kolonne {column}").format(column=self.column)] if self.column is not None else []
        return f"{', '.join(where)}: {self.reason}" if where else self.reason


class WrongFile(ValueError):
    """A file from outside does not fit; nothing was changed. `problems` says where, as far as there is room."""

    def __init__(self, name: str, problems: list[FileProblem], count: int | None = None) -> None:
        """`count` is how many there are in all, where more were found than are known one by one."""
        count = len(problems) if count is None else count
        self.name = name
        self.problems = problems[:MOST_PROBLEMS]
        self.left_out = count - len(self.problems)
        words = ngettext("{name}: {count} feil.", "{name}: {count} feil.", count)
        super().__init__(words.format(name=name, count=count) + f" {self.problems[0]}")


@dataclass(frozen=True)
class Table:
    """A header and its columns; all rows have a value in each column. `rows` gives each one's number in the file."""

    name: str
    header: list[str]
    columns: dict[str, list[str]]
    rows: list[int]


def read_table(path: Path) -> Table:
    """Read a file; raises `WrongFile` for what cannot be read as a table."""
    lines = csv.reader(io.StringIO(text := _text(path), newline=""), delimiter=_delimiter(text))
    csv.field_size_limit(LARGEST_FIELD)
    try:
        records = list(enumerate(lines, start=1))
    except csv.Error as problem:
        raise WrongFile(path.name, [FileProblem(lines.line_num, None, _("raden kan ikke leses som CSV"))]) from problem
    header = [name.strip() for name in records[0][1]]
    body = [(number, values) for number, values in records[1:] if any(values)]
    problems = [
        FileProblem(1, name, _("kolonnen står to ganger"))
        for name in sorted({n for n in header if header.count(n) > 1})
    ]
    if not all(header):
        problems.append(FileProblem(1, None, _("en kolonne har ikke navn")))
    for number, values in body:
        if len(values) != len(header):
            words = _("{found} verdier der det skal være {wanted}").format(found=len(values), wanted=len(header))
            problems.append(FileProblem(number, None, words))
    if not body:
        problems.append(FileProblem(None, None, _("filen har ingen rader under overskriften")))
    if problems:
        raise WrongFile(path.name, problems)
    columns = dict(zip(header, map(list, zip(*(values for _number, values in body), strict=True)), strict=True))
    return Table(path.name, header, columns, [number for number, _values in body])


def _text(path: Path) -> str:
    content = path.read_bytes()
    if not content.strip():
        raise WrongFile(path.name, [FileProblem(None, None, _("filen er tom"))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        row = content[: problem.start].count(b"\n") + 1
        words = _("filen er ikke lagret som UTF-8. Lagre den på nytt som «CSV UTF-8»")
        raise WrongFile(path.name, [FileProblem(row, None, words)]) from problem
    if "\0" in text:
        raise WrongFile(path.name, [FileProblem(None, None, _("filen er ikke en tekstfil"))])
    return text


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)
