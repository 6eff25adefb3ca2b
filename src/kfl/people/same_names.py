"""Two of one name in a list are told apart: by year of birth, else by the end of their keys, else by number."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical

from .models import Pupil, User

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l"})  # no accent tells these apart
SHORTEST_END = 3  # of a key: as much as one can find again in the school's own system


@dataclass(frozen=True)
class Named:
    """Somebody in a list: the name, and what else may tell the person from others of that name."""

    name: str
    born: int | None = None
    key: str = ""


def folded(name: str) -> str:
    """A name as different systems may write it: capitals, accents, blanks, hyphens and the order of names left out."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one)).translate(_LETTERS)
    plain = plain.replace("aa", "a").replace("oe", "o")
    return " ".join(sorted(re.findall(r"\w+", plain.replace("'", "").replace("’", ""))))


def of_pupil(pupil: Pupil) -> Named:
    return Named(pupil.name, pupil.birth_year, pupil.source_key)


def of_user(user: User) -> Named:
    """Of adults the portal knows no year; the address is what a workplace tells them apart by."""
    return Named(user.name or user.username, None, user.email)


def told_apart(people: Sequence[Named]) -> list[str]:
    """The names, in the same order; to those that stand more than once is added what tells them apart."""
    same: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(people):
        same[" ".join(one.name.casefold().split())].append(place)
    words = [one.name for one in people]
    for places in same.values():
        if len(places) > 1:
            for place, mark in zip(places, _marks([people[place] for place in places]), strict=True):
                words[place] = f"{people[place].name} ({mark})"
    return words


def pupils_told_apart(pupils: Sequence[Pupil]) -> dict[int, str]:
    """What to call each of these pupils in one list, by key."""
    words = told_apart([of_pupil(pupil) for pupil in pupils])
    return {pupil.pk: name for pupil, name in zip(pupils, words, strict=True)}


def by_name(pupils: Sequence[Pupil]) -> list[Pupil]:
    """In the order of a class list: å last, and two of one name always in the same order."""
    return sorted(pupils, key=lambda pupil: (alphabetical(pupil.name), pupil.birth_year or 0, pupil.pk))


def _marks(people: list[Named]) -> list[str]:
    ends = _ends([one.key for one in people])
    ways: tuple[Callable[[int, Named], str], ...] = (
        lambda _place, one: _("født {year}").format(year=one.born) if one.born else "",
        lambda place, _one: _key_words(ends[place]),
        lambda place, one: _born_and_key(one.born, ends[place]),
    )
    for way in ways:
        marks = [way(place, one) for place, one in enumerate(people)]
        if all(marks) and len(set(marks)) == len(marks):
            return marks
    return [_("nr. {number} med dette navnet").format(number=place) for place in range(1, len(people) + 1)]


def _key_words(end: str) -> str:
    if "@" in end:
        return end
    return _("nøkkel {end}").format(end=end) if end else ""


def _born_and_key(born: int | None, end: str) -> str:
    return _("født {year}, {key}").format(year=born, key=_key_words(end)) if born and end else ""


def _ends(keys: list[str]) -> list[str]:
    """The shortest ends of the keys that differ; addresses whole."""
    if any("@" in key for key in keys):
        return keys
    for length in range(SHORTEST_END, max(map(len, keys), default=0)):
        ends = [key[-length:] for key in keys]
        if len(set(ends)) == len(ends):
            return [f"…{end}" if len(key) > length else key for key, end in zip(keys, ends, strict=True)]
    return keys
