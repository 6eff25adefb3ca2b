"""Reading a list from outside: encoding, delimiter, header, cells. What is wrong is told by row and column."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_BYTES = 5_000_000
MOST_ROWS = 100_000
LONGEST_CELL = 500
MOST_PROBLEMS = 200

DELIMITERS = (";", ",", "\t")
# What æ, ø and å become when UTF-8 is read as CP1252 and saved again, and what a lost letter becomes.
BROKEN_LETTERS = ("Ã¥", "Ã¸", "Ã¦", "Ã…", "Ã˜", "Ã†", "\ufffd")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `row` counts from 1, the header, as Excel does; None = the whole file."""

    row: int | None
    column: str | None
    reason: str


class WrongRoster(ValueError):
    """A list does not fit; nothing was changed. `problems` says where, as far as there is room."""

    def __init__(self, problems: list[Problem]) -> None:
        problems = sorted(problems, key=lambda one: one.row or 0)
        self.problems = problems[:MOST_PROBLEMS]
        self.left_out = len(problems) - len(self.problems)
        words = ngettext("Lista har {count} feil.", "Lista har {count} feil.", len(problems))
        super().__init__(words.format(count=len(problems)))


@dataclass(frozen=True)
class Row:
    """One row of the list; a column that the list does not have reads as blank."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def has(self, column: str) -> bool:
        return column in self.cells


@dataclass(frozen=True)
class Columns:
    """The columns a list must have, and those it may have."""

    needed: tuple[str, ...]
    allowed: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return self.needed + self.allowed


def read_rows(content: bytes, columns: Columns) -> list[Row]:
    """The rows of a list; raises `WrongRoster` for what cannot be read as this list."""
    text = _text(content)
    records = _records(text, _delimiter(text, columns))
    header = _header(records, columns)
    body = [(number, cells) for number, cells in enumerate(records[1:], start=2) if any(map(str.strip, cells))]
    if not body:
        raise WrongRoster([Problem(None, None, _("Lista har ingen rader under overskriften."))])
    if len(body) > MOST_ROWS:
        words = _("Lista har {rows} rader. Del den i flere; {most} er det meste.")
        raise WrongRoster([Problem(None, None, words.format(rows=len(body), most=MOST_ROWS))])
    problems: list[Problem] = []
    rows = [Row(number, _cells(number, cells, header, problems)) for number, cells in body]
    if problems:
        raise WrongRoster(problems)
    return rows


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise WrongRoster([Problem(None, None, _("Fila er større enn 5 MB. Del den i flere."))])
    if not content.strip():
        raise WrongRoster([Problem(None, None, _("Fila er tom."))])
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        # Excel writes "sep=;" above the header for itself, and does not count that line.
        return text.partition("\n")[2] if text[:4].lower() == "sep=" else text
    words = _("Fila er ikke en tekstfil. Lagre lista som «CSV UTF-8» i Excel og prøv igjen.")
    raise WrongRoster([Problem(None, None, words)])


def _encodings(content: bytes) -> tuple[str, ...]:
    """What the file may be written in, the surest first."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if content[1:4:2] == b"\0\0" and content[0] and content[2]:
        return ("utf-16-le",)
    if content[0:4:2] == b"\0\0" and content[1] and content[3]:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _delimiter(text: str, columns: Columns) -> str:
    """The one that makes most known names of the first line."""
    first = text.lstrip().split("\n", 1)[0]

    def known(delimiter: str) -> int:
        return sum(_name(cell) in columns.known for cell in first.split(delimiter))

    return max(DELIMITERS, key=known)


def _records(text: str, delimiter: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(lines)
    except csv.Error as error:
        words = _('Raden kan ikke leses. Se etter et anførselstegn (") som ikke har et annet som lukker det.')
        raise WrongRoster([Problem(len(records) + 1, None, words)]) from error
    return records


def _name(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).strip().strip('"').casefold().split())


def _header(records: list[list[str]], columns: Columns) -> list[str]:
    header = [_name(cell) for cell in records[0]]
    while header and not header[-1]:
        header.pop()
    problems = []
    for name in dict.fromkeys(header):
        if not name:
            problems.append(Problem(1, None, _("En kolonne har ikke navn.")))
        elif name not in columns.known:
            words = _("Denne kolonnen er ukjent. Lista kan ha: {names}.")
            problems.append(Problem(1, name[:60], words.format(names=", ".join(columns.known))))
        elif header.count(name) > 1:
            problems.append(Problem(1, name, _("Kolonnen står to ganger.")))
    problems += [Problem(1, name, _("Kolonnen mangler.")) for name in columns.needed if name not in header]
    if problems:
        raise WrongRoster(problems)
    return header


def _cells(number: int, cells: list[str], header: list[str], problems: list[Problem]) -> dict[str, str]:
    if len(cells) < len(header) or any(map(str.strip, cells[len(header) :])):
        words = _("Raden har {found} verdier der det skal være {wanted}.")
        problems.append(Problem(number, None, words.format(found=len(cells), wanted=len(header))))
        return {}
    return {name: _cell(number, name, cell, problems) for name, cell in zip(header, cells, strict=False)}


def _cell(number: int, name: str, cell: str, problems: list[Problem]) -> str:
    """The cell with single spaces; a letter is one character however it was typed."""
    if len(cell) > LONGEST_CELL:
        words = _("Teksten er lengre enn {most} tegn.")
        problems.append(Problem(number, name, words.format(most=LONGEST_CELL)))
        return ""
    if cell.isascii() and cell.isprintable():
        return cell if "  " not in cell and cell[:1] != " " and cell[-1:] != " " else " ".join(cell.split())
    value = " ".join(unicodedata.normalize("NFC", cell).split())
    if any(broken in value for broken in BROKEN_LETTERS):
        problems.append(Problem(number, name, _("Bokstaver er ødelagt. Lagre lista på nytt som «CSV UTF-8».")))
    elif any(unicodedata.category(letter) in INVISIBLE for letter in value):
        problems.append(Problem(number, name, _("Teksten har et usynlig tegn. Skriv den på nytt.")))
    return value
