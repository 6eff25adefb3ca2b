"""Reading a list with `kfl.tables`, and saying its faults in the reader's language."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext

from kfl.tables import LIST, Bounds, Columns, Problem, Table, WrongFile, read_table
from kfl.tables.fault_words import WORDS


def read_list(content: bytes, name: str, columns: Columns, bounds: Bounds = LIST) -> Table:
    """The rows of a list; raises `WrongFile` with all that is wrong, in the reader's words."""
    try:
        return read_table(content, name=name, columns=columns, bounds=bounds)
    except WrongFile as wrong:
        raise in_words(wrong) from wrong


def in_words(wrong: WrongFile) -> WrongFile:
    """The same faults in the reader's language."""
    return WrongFile(wrong.name, map(said, wrong.problems), wrong.count)


def said(problem: Problem) -> Problem:
    """A fault or notice in the reader's language."""
    if problem.code is None:
        return problem
    return replace(problem, reason=gettext(WORDS[problem.code].bokmal).format(**problem.facts))
