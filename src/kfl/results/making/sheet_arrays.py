"""The sheets of a closed form as arrays: all of them, and a scale's complete ones, its one set (RULES B.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure
from kfl.disclosure.decision import sharing_items
from kfl.disclosure.one_set import one_set

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


class DoublesUnknown(RuntimeError):
    """Who handed in more than one sheet cannot be told, so nothing may be computed: the wave's key for it is away."""

    def __init__(self, wave: str) -> None:
        super().__init__(f"keys/{wave}.alone.key is missing, or open to others")


@dataclass(frozen=True, eq=False)
class Answers:
    """The closed form's columns, as `extract` gives them."""

    group: NDArray[np.integer[Any]]  # (people,) number of the node each hangs under
    split: NDArray[np.integer[Any]]  # (people,) 0 blank, 1 girl, 2 boy
    codes: NDArray[np.integer[Any]]  # (items, people), -1 = not answered
    alone: Bool  # (people,) whether the person handed in no other sheet: only those make a group large enough

    def take(self, people: Bool) -> Answers:
        """Some of the sheets."""
        codes = np.ascontiguousarray(self.codes[:, people])
        return replace(self, group=self.group[people], split=self.split[people], codes=codes, alone=self.alone[people])


def rows_together(rules: Sequence[disclosure.JudgedScale]) -> list[list[int]]:
    """For each scale the rows of its items, and of all scales that share items with it: they have one set."""
    rows: list[list[int]] = [[] for _rule in rules]
    for group in sharing_items(rules):
        union = sorted({item for number in group for item in rules[number].items})
        for number in group:
            rows[number] = union
    return rows


def complete(answers: Answers, rows: Sequence[int]) -> Answers:
    """Only the sheets that answer all these rows."""
    return answers.take(np.asarray((answers.codes[list(rows)] >= 0).all(axis=0)))


def set_of(answers: Answers, rows: Sequence[int], enough: int, block: Int, nodes: int) -> disclosure.OneSet:
    """The complete sheets beside everybody who answered each row; `block` is the lowest shown node of each person."""
    split = bool(answers.split.any())
    part = answers.split.astype(np.int64) if split else np.zeros(len(answers.group), dtype=np.int64)
    return one_set(answers.codes[list(rows)], enough, block, part, answers.alone, (nodes, 3 if split else 1))
