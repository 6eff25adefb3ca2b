"""Parquet files: columns with types of their own, pieces cut by rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kfl.analysis.problems import Problem, WrongFile
from kfl.analysis.reading.sources import Piece, Source, cut

PIECE_ROWS = 200_000


@dataclass(frozen=True)
class ParquetSource(Source):
    """A Parquet file."""

    kind = "Parquet"

    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame:
        return pl.scan_parquet(self.path).select(columns).slice(piece.first, piece.rows).collect()


def open_parquet(path: Path) -> ParquetSource:
    """Look at a Parquet file, and cut it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ParquetSource

    Raises
    ------
    WrongFile
        It is no Parquet file.
    """
    try:
        schema = pl.scan_parquet(path).collect_schema()
        rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise WrongFile(path.name, [Problem(None, None, "this is not a Parquet file")]) from error
    pieces = cut(rows, PIECE_ROWS)
    return ParquetSource(path, path.name, tuple(schema.names()), tuple(schema.dtypes()), pieces, "")
