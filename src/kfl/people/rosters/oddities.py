"""What is legal in a class list but surely wrong: told before the yes, a line a sort with the first rows of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from kfl.core.lists.lost_letters import at_rows, has_lost_letters, words_of_lost_letters

from .class_list import PupilEntry

FIRST_MONTH = 8  # of a school year
STARTS_AT = 6  # years old in the year of first grade
MOST_YEARS = 2  # older or younger than others of the grade
# What Excel makes of 8-1 or 8/1, in Norwegian and English.
LIKE_A_DATE = re.compile(
    r"\d{1,2}[.\-/ ]*(jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[kc]t|nov|de[sc])[a-z]*\.?|\d{1,2}\.\d{1,2}\.\d{2,4}"
    r"|\d{4}-\d{2}-\d{2}.*",
    re.IGNORECASE,
)
GRADE_IN_CLASS = re.compile(r"(\d{1,2})\s*\D?$")


def warnings_of(entries: Sequence[PupilEntry], on: date) -> list[str]:
    """Every oddity of a list, in words."""
    checks: list[tuple[Callable[[PupilEntry], bool], str]] = [
        (_looks_like_a_date, _("Klassen ser ut som en dato. Excel gjør 8-1 til 08.jan")),
        (_is_of_another_grade, _("Klassen heter noe annet enn trinnet")),
        (lambda one: _is_of_another_age(one, on), _("Fødselsåret passer ikke med trinnet")),
    ]
    lost = _rows(entries, lambda one: has_lost_letters(one.name))
    said = [words_of_lost_letters(lost)] if lost else []
    for is_odd, words in checks:
        if rows := _rows(entries, is_odd):
            said.append(at_rows(words, rows))
    return said


def _rows(entries: Sequence[PupilEntry], is_odd: Callable[[PupilEntry], bool]) -> list[int]:
    return [one.number for one in entries if is_odd(one) and one.number is not None]


def _looks_like_a_date(entry: PupilEntry) -> bool:
    return bool(LIKE_A_DATE.fullmatch(entry.group))


def _is_of_another_grade(entry: PupilEntry) -> bool:
    """1A in grade 8. A class that begins with another number (2024A, mixed 5-7) says nothing."""
    begins = GRADE_IN_CLASS.fullmatch(entry.group)
    return bool(begins and entry.grade and 1 <= int(begins[1]) <= 10 and int(begins[1]) != entry.grade)


def _is_of_another_age(entry: PupilEntry, on: date) -> bool:
    if not entry.grade or not entry.birth_year:
        return False
    began = on.year if on.month >= FIRST_MONTH else on.year - 1
    usual = began - STARTS_AT - (entry.grade - 1)
    return abs(entry.birth_year - usual) > MOST_YEARS
