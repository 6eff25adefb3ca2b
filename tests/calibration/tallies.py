"""Shares and ratios over many counties, with standard errors that know what belongs to one county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from .worlds import Float

Key = tuple[str, str]  # level or kind of unit, measure
Counts = dict[Key, tuple[float, float]]  # what was counted in one county, and out of how many


class Found(NamedTuple):
    """A share (or mean, or ratio of variances) over counties."""

    value: float
    se: float  # from county to county; 0 of one county
    of: float  # out of how many


def add(counts: Counts, key: Key, hits: float | np.floating, of: float | np.integer) -> None:
    """Count on."""
    before = counts.get(key, (0.0, 0.0))
    counts[key] = (before[0] + float(hits), before[1] + float(of))


def add_share(counts: Counts, key: Key, hits: np.ndarray, among: np.ndarray) -> None:
    """How many of these are so."""
    add(counts, key, int((hits & among).sum()), int(among.sum()))


def together(counties: Iterable[Mapping[Key, tuple[float, float]]]) -> dict[Key, Found]:
    """All counties of one scenario: the ratio of the sums, and its error by what each county adds.

    What was never counted is not there.
    """
    rows = list(counties)
    keys = sorted({key for row in rows for key, (_hits, of) in row.items() if of})
    return {key: _ratio(np.array([row.get(key, (0.0, 0.0)) for row in rows])) for key in keys}


def _ratio(pairs: Float) -> Found:
    hits, of = pairs.sum(axis=0)
    value, count = hits / of, len(pairs)
    apart = pairs[:, 0] - value * pairs[:, 1]
    se = np.sqrt(count / max(count - 1, 1) * (apart**2).sum()) / of
    return Found(float(value), float(se), float(of))
