"""Cutting a Parquet file where its row groups meet, so that no two tasks unpack the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kfl.analysis.reading import Piece, Source
from kfl.analysis.reading.columnar import PIECE_ROWS, ParquetSource


def by_row_groups(source: Source) -> Source:
    """The file in pieces of whole row groups.

    Parameters
    ----------
    source : Source
        Any file; only Parquet has row groups.

    Returns
    -------
    Source
        Small row groups go together, and long ones are divided, so that a task's memory is bounded however the file
        was written.
    """
    if not isinstance(source, ParquetSource):
        return source
    from pyarrow.parquet import read_metadata

    about = read_metadata(source.path)
    groups = [about.row_group(number).num_rows for number in range(about.num_row_groups)]
    return replace(source, pieces=tuple(_pieces(groups, PIECE_ROWS)))


def _pieces(groups: Iterable[int], most: int) -> Iterable[Piece]:
    number = first = length = 0
    for rows in (*groups, None):
        if length and (rows is None or length + rows > most):
            parts = -(-length // most)
            for part in range(parts):
                start, end = length * part // parts, length * (part + 1) // parts
                yield Piece(number, first + start, end - start, 0, 0)
                number += 1
            first, length = first + length, 0
        length += rows or 0
