"""The levels of a wave's tree that have a variance of their own, the lowest first (RULES C.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sheet_arrays import Int

CLASS, GRADE, SCHOOL, MUNICIPALITY = range(4)
LEVELS = MUNICIPALITY + 1
INNER = MUNICIPALITY  # levels that enter intervals: all municipalities are there

_OF_KIND = {
    "group": CLASS,
    "department": CLASS,
    "grade": GRADE,
    "school": SCHOOL,
    "kindergarten": SCHOOL,
    "municipality": MUNICIPALITY,
}


def level_of(kind: NDArray[np.str_]) -> Int:
    """The level of each node; -1 for regions and the county, which have none."""
    found = np.full(len(kind), -1)
    for name, level in _OF_KIND.items():
        found[kind == name] = level
    return found
