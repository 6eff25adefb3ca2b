"""Compile, or fetch from numba's cache, all that the first sums of a process would else wait for."""

from __future__ import annotations

import numpy as np

from kfl.stats.complete import collect_alpha
from kfl.stats.crossed import collect_tables
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import person_scores, person_totals
from kfl.stats.sums import collect


def warm() -> None:
    """Call every compiled loop once, on a few sheets: 13 s of a core the first time on a machine, then two.

    A process that sums soon, but not at once, calls it in a thread of its own; sums that come meanwhile
    wait for what they need and no more.
    """
    scale = ScaleSpec("warm", (0, 1), (False, True), 1, 5)
    sheets = np.tile(np.array([[1, 2, -1, 5], [5, 4, 3, -1]], dtype=np.int8), 4)
    mixed = np.arange(sheets.shape[1]) % 2
    collect(sheets, mixed, 2, [scale])
    person_totals(sheets, scale)
    person_scores(sheets, scale)
    collect_alpha(sheets, mixed, 2, [scale])
    collect_tables(sheets, scale)
