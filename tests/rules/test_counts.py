"""How many were invited and how many answered is read, and put into words, in one place; everything else asks it."""

from __future__ import annotations

import re

import pytest

from tests.rules.house import House
from tests.rules.test_code import PACKAGE

HOUSE = House()

ROOMS = sorted(HOUSE.rooms - HOUSE.plain_rooms)  # plain rooms count, and tell nobody
SOURCES = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.html")]

# What may not be written, and the modules that may.
RULES = {
    "reads sheets of an open wave": (
        r"\banswered_counts\b",
        {"surveys/store.py", "surveys/counts/coverage.py", "surveys/counts/nightly.py"},
    ),
    "reads or writes how many are invited": (
        r"\bInvited\b(?!\")|\.invited\.\w+\(|\binvited__",
        {"surveys/counts/invited_counts.py", "surveys/models/waves.py", "surveys/models/__init__.py"},
    ),
    "reads what is told of adults": (
        r"\b(FollowedNode|NightlyCount)\b|\b(followed|nights)__",
        {
            "surveys/counts/nightly.py",
            "surveys/models/counts.py",
            "surveys/models/__init__.py",
            "surveys/audit_words.py",  # how the log calls the table
        },
    ),
    "puts a count into words": (
        r"[{(](answered|invited|sheets|responded)[})]s?[^\n]*[\"']",
        {"surveys/counts/count_words.py"},
    ),
    "says itself how many of how many have answered": (
        r"(?i)(\}|\)s) (av|of) (?!dem)[^\"'\n]*\b(svarte|har svart|answered)\b",
        {"surveys/counts/count_words.py"},
    ),
}


def broken(pattern: str, allowed: set[str], paths) -> list[str]:
    found = []
    for path in paths:
        name = path.relative_to(PACKAGE).as_posix()
        if name not in allowed:
            lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
            found += [f"{name}:{number}: {line.strip()}" for number, line in lines if re.search(pattern, line)]
    return found


@pytest.mark.parametrize("rule", RULES)
def test_only_the_one_place(rule):
    pattern, allowed = RULES[rule]
    assert broken(pattern, allowed, SOURCES) == []
    assert allowed <= {path.relative_to(PACKAGE).as_posix() for path in SOURCES}
    assert any(re.search(pattern, (PACKAGE / name).read_text("utf-8")) for name in allowed), "the rule sees nothing"


def test_no_template_prints_a_count_of_its_own():
    pattern = r"\b(answered|invited)\b|line\.sheets\b"
    assert broken(pattern, set(), TEMPLATES) == []
    assert re.search(pattern, "{{ line.answered|number }} av {{ line.invited|number }}")
