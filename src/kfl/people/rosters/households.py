"""Households: what a list calls them becomes numbers, which say nothing. The same home keeps its number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import count

from django.db.models import Max

from ..models import Pupil
from .class_list import PupilEntry
from .matches import same


class Households:
    """The household number of each pupil on a list.

    Two who have the same text share a number; a blank text is a household of one's own, without a number. A home
    keeps the number that most of its pupils have already: the parents' pseudonym is made from it.
    """

    def __init__(self, entries: Sequence[PupilEntry], pupils: list[Pupil | None]) -> None:
        known: dict[str, Counter[int]] = defaultdict(Counter)
        for entry, pupil in zip(entries, pupils, strict=True):
            if text := same(entry.household):
                known[text].update([pupil.household] if pupil and pupil.household is not None else [])
        rows = Pupil.objects.everywhere(why="whether: the highest number given to any household")
        unused = count((rows.aggregate(highest=Max("household"))["highest"] or 0) + 1)
        taken: set[int] = set()
        self._numbers: dict[str, int] = {}
        for text, numbers in known.items():
            number = next((n for n, _times in numbers.most_common() if n not in taken), None)
            self._numbers[text] = next(unused) if number is None else number
            taken.add(self._numbers[text])

    def of(self, entry: PupilEntry, pupil: Pupil | None) -> int | None:
        """The number for this pupil; a list without the column leaves what is there."""
        if "husstand" not in entry.says:
            return pupil.household if pupil else None
        return self._numbers.get(same(entry.household))
