"""Answers collected elsewhere, read and checked against their codebook: arrays, or a list of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook, CodebookItem
from kfl.core.lists import Problem, Table, WrongFile
from kfl.core.lists.list_reading import in_words
from kfl.questionnaires.formats import Informant
from kfl.tables import ANSWERS, read_table, whole_number

NOT_ANSWERED = -1
WRONG = -2
BLANK = frozenset({"", "NA"})
SPLIT = {
    "": 0, "0": 0, "na": 0, "blank": 0,
    "1": 1, "girl": 1, "jente": 1, "female": 1, "f": 1, "k": 1, "j": 1,
    "2": 2, "boy": 2, "gutt": 2, "male": 2, "m": 2, "g": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Roles:
    """Which columns say where a row belongs."""

    unit: str
    group: str | None = None
    person: str | None = None
    split: str | None = None

    def named(self) -> list[str]:
        return [column for column in (self.unit, self.group, self.person, self.split) if column is not None]


@dataclass(frozen=True)
class WaveFiles:
    """What a wave from a file is made of: answers, their codebook, and who has answered."""

    answers: Path
    codebook: Path
    informant: Informant
    roles: Roles


@dataclass(frozen=True)
class AnswerFile:
    """What a file holds: unit and group by row, person where known, split, int16 answers (items, rows)."""

    unit: list[str]
    group: list[str]
    person: list[str] | None
    split: NDArray[np.int8]
    answers: NDArray[np.int16]
    notices: tuple[Problem, ...] = ()  # what was done in reading it that somebody should know


def read_answers(path: Path, book: Codebook, roles: Roles) -> AnswerFile:
    """Read a file of answers; raises `WrongFile` with everything that is wrong in it."""
    try:
        table = read_table(path, bounds=ANSWERS)
    except WrongFile as wrong:
        raise in_words(wrong) from wrong
    problems = _column_problems(table, book, roles)
    if problems:
        raise WrongFile(table.name, problems)
    answers = np.empty((len(book.items), len(table.rows)), dtype=np.int16)
    for row, item in enumerate(book.items):
        answers[row] = _codes(table, item, problems)
    unit = table.column(roles.unit)
    problems += [Problem(row.number, roles.unit, _("verdien mangler")) for row in table.rows if not row[roles.unit]]
    person = table.column(roles.person) if roles.person else None
    if roles.person and person is not None:
        problems += _person_problems(table, roles.person, person)
    split = _split(table, roles.split, problems)
    if problems:
        problems.sort(key=lambda problem: (problem.row or 0, problem.column or ""))
        raise WrongFile(table.name, problems)
    group = table.column(roles.group) if roles.group else [""] * len(unit)
    return AnswerFile(unit, group, person, split, answers, table.notices)


def _column_problems(table: Table, book: Codebook, roles: Roles) -> list[Problem]:
    """Columns that are missing, and columns among the answers that the codebook does not know.

    Columns before the first answer are background; those that no role is given may stand there unused.
    """
    items = {item.key for item in book.items}
    words = _("kolonnen mangler i svarfilen")
    missing = [*roles.named(), *(item.key for item in book.items)]
    problems = [Problem(table.header_row, column, words) for column in missing if column not in table.header]
    places = [place for place, column in enumerate(table.header) if column in items]
    for place, column in enumerate(table.header):
        if places and place > places[0] and column not in items and column not in roles.named():
            problems.append(Problem(table.header_row, column, _("kolonnen står ikke i kodeboken")))
    for column in roles.named():
        if column in items:
            problems.append(Problem(table.header_row, column, _("kolonnen er et spørsmål i kodeboken")))
    return problems


def _codes(table: Table, item: CodebookItem, problems: list[Problem]) -> list[int]:
    """The codes of an item; 3.0 and 3,0 are 3, as programs write a column with gaps."""
    last = len(item.labels)
    known: dict[str, int] = dict.fromkeys(BLANK, NOT_ANSWERED)
    codes = []
    for row, value in zip(table.rows, table.column(item.key), strict=True):
        if value not in known:
            number = whole_number(value)
            known[value] = number if number is not None and 1 <= number <= last else WRONG
        codes.append(known[value])
        if codes[-1] == WRONG:
            words = _("«{value}» er ikke et av svarene 1–{last}").format(value=value[:20], last=last)
            problems.append(Problem(row.number, item.key, words))
    return codes


def _person_problems(table: Table, column: str, person: list[str]) -> list[Problem]:
    problems = []
    first: dict[str, int] = {}
    for number, value in zip((row.number for row in table.rows), person, strict=True):
        if not value:
            problems.append(Problem(number, column, _("verdien mangler")))
        elif value in first:
            words = _("samme person som i rad {row}").format(row=first[value])
            problems.append(Problem(number, column, words))
        else:
            first[value] = number
    return problems


def _split(table: Table, column: str | None, problems: list[Problem]) -> NDArray[np.int8]:
    if column is None:
        return np.zeros(len(table.rows), dtype=np.int8)
    values = [value.lower() for value in table.column(column)]
    codes = [SPLIT.get(value, WRONG) for value in values]
    for place, code in enumerate(codes):
        if code == WRONG:
            words = _("«{value}» er verken jente, gutt eller tomt").format(value=values[place][:20])
            problems.append(Problem(table.rows[place].number, column, words))
    return np.array(codes, dtype=np.int8)
