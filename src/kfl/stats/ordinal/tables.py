"""Count tables for polychoric correlations: each item's margin, and tables of pairs from distinct sheets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, rows_of
from kfl.stats.crossed import PairTables
from kfl.stats.grouping import Int
from kfl.stats.ordinal.patterns import Patterns
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes


def collect_margins(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> Int:
    """How many gave each answer to each item of a scale, turned items turned.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    int64 array, shape (items of the scale, codes low..high)
        Margins of parts of the people may be added.

    Raises
    ------
    BadAnswers
        Wrong shapes, or a code outside the scale.
    """
    items_by_people(answers, rows_of([scale]))
    steps = scale.high - scale.low + 1
    margins = np.zeros((len(scale.items), steps), dtype=np.int64)
    for number, (row, turned) in enumerate(zip(scale.items, scale.turned, strict=True)):
        codes = item_codes(answers, row, scale)
        # One comparison a code goes through single bytes many at a time; bincount would widen them first.
        counts = [np.count_nonzero(codes == code) for code in range(scale.low, scale.high + 1)]
        margins[number] = counts[::-1] if turned else counts
    return margins


def pattern_margins(patterns: Patterns) -> Int:
    """How many gave each answer to each item.

    Parameters
    ----------
    patterns : Patterns
        Distinct sheets; their items are turned already.

    Returns
    -------
    int64 array, shape (items, codes low..high)
        Over all who answered the item.
    """
    places = _places(patterns)
    steps = patterns.scale.high - patterns.scale.low + 1
    return np.stack([_counted(place, patterns.counts, steps + 1) for place in places])[:, 1:]


def pattern_tables(patterns: Patterns) -> PairTables:
    """Tables of every two items.

    Parameters
    ----------
    patterns : Patterns
        Distinct sheets.

    Returns
    -------
    PairTables
        Over those who answered both; the same as `collect_tables` gives from the answers.
    """
    places = _places(patterns)
    width = patterns.scale.high - patterns.scale.low + 2
    first, second = np.triu_indices(len(places), 1)
    tables = np.empty((len(first), width - 1, width - 1), dtype=np.int64)
    for pair, (one, two) in enumerate(zip(first, second, strict=True)):
        cells = _counted(places[one] * width + places[two], patterns.counts, width * width)
        tables[pair] = cells.reshape(width, width)[1:, 1:]
    return PairTables(patterns.scale, tables)


def _places(patterns: Patterns) -> Int:
    """0 where not answered, else 1 for the lowest code, 2 for the next, ...; shape (items, patterns)."""
    codes = patterns.codes.astype(np.int64)
    return np.where(codes >= 0, codes - patterns.scale.low + 1, 0)


def _counted(place: Int, counts: Int, places: int) -> Int:
    """People at each place; counts are far below 2^53, so that bincount's floats hold them exactly."""
    return np.bincount(place, counts, minlength=places).astype(np.int64)
