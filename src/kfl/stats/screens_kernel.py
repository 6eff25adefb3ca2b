"""Compiled loops behind `kfl.stats.screens`; imported only there, on first use."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# So many people at a time: what is kept of each stays in the processor's nearest memory.
_BLOCK = 4096


@njit(cache=True, nogil=True)
def screen(
    answers: NDArray[np.int8],
    rows: NDArray[np.int64],
    answered: NDArray[np.int16],
    longest: NDArray[np.int16],
    reached: NDArray[np.int16],
) -> int:
    """Fill in what each person did (arrays of zeros, shape (people,)); returns the lowest code seen."""
    people = answers.shape[1]
    last = np.empty(_BLOCK, dtype=np.int8)
    run = np.empty(_BLOCK, dtype=np.int16)
    lowest = np.int8(0)
    for start in range(0, people, _BLOCK):
        size = min(_BLOCK, people - start)
        last[:] = -1
        run[:] = 0
        to_answered = answered[start : start + size]
        to_longest = longest[start : start + size]
        to_reached = reached[start : start + size]
        for place in range(len(rows)):
            codes = answers[rows[place], start : start + size]
            here = np.int16(place + 1)
            # No branches and only small whole numbers, so that many people are done at a time.
            for p in range(size):
                code = codes[p]
                lowest = min(lowest, code)
                given = np.int16(code >= 0)
                kept = np.int16(code == last[p]) | (np.int16(1) - given)
                now = np.int16(np.int16(run[p] * np.int16(kept)) + given)
                run[p] = now
                to_longest[p] = max(to_longest[p], now)
                last[p] = code if code >= 0 else last[p]
                to_answered[p] = np.int16(to_answered[p] + given)
                to_reached[p] = here if code >= 0 else to_reached[p]
    return int(lowest)


@njit(cache=True, nogil=True)
def count_unanswered(
    answers: NDArray[np.int8], rows: NDArray[np.int64], group: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    """Add up who did not answer, into `counts` of shape (items, groups)."""
    for place in range(len(rows)):
        codes = answers[rows[place]]
        into = counts[place]
        for p in range(len(codes)):
            into[group[p]] += codes[p] < 0
