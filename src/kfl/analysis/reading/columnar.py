"""Parquet files: columns with types of their own, pieces cut by rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kfl.analysis.reading.sources import Piece, Source, cut
from kfl.tables import Problem, WrongFile
from kfl.tables.values import tidied

PIECE_ROWS = 200_000


@dataclass(frozen=True)
class ParquetSource(Source):
    """A Parquet file; other programs' names and texts as they would be in a CSV."""

    stored: tuple[str, ...]  # the columns' names in the file

    kind = "Parquet"

    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame:
        stored = dict(zip(self.columns, self.stored, strict=True))
        rows = pl.scan_parquet(self.path).select(pl.col(stored[column]).alias(column) for column in columns)
        frame = rows.slice(piece.first, piece.rows).collect()
        return frame.with_columns(self._as_text(one) for one in frame.iter_columns() if one.dtype == pl.Binary)

    def _as_text(self, values: pl.Series) -> pl.Series:
        """Text that was stored as bytes, as older programs do."""
        try:
            return values.cast(pl.String)
        except pl.exceptions.PolarsError as error:
            words = "holds bytes that are not text in UTF-8: write it as text"
            raise WrongFile(self.name, [Problem(None, values.name, words)]) from error


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
    names, types = tuple(schema.names()), tuple(map(_type_read, schema.dtypes()))
    return ParquetSource(path, path.name, tuple(map(tidied, names)), types, cut(rows, PIECE_ROWS), "", names)


def _type_read(kind: pl.DataType) -> pl.DataType:
    return pl.String() if kind == pl.Binary else kind
