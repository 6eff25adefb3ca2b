"""SPSS's .sav files: system-missing and user-missing values are not answered; pieces cut by rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat

from kfl.analysis.reading.sources import Piece, Source, cut
from kfl.tables import Problem, WrongFile
from kfl.tables.values import tidied

# A later piece is found by reading past those before it, so pieces are long.
PIECE_ROWS = 500_000


@dataclass(frozen=True)
class SavSource(Source):
    """A .sav file. Numbers come as floats, as SPSS keeps them."""

    value_labels: Mapping[str, Mapping[str, str]]  # by column and value

    guesses_types = True
    kind = "SPSS"

    def called(self, column: str, value: str) -> str:
        """The value's label in the file, or the value itself where it has none.

        Parameters
        ----------
        column, value : str
            A column, and a value as a label of a group.

        Returns
        -------
        str
        """
        return self.value_labels.get(column, {}).get(value, value)

    def _read(self, piece: Piece, columns: list[str]) -> pl.DataFrame:
        values, _meta = _read_sav(self.path, self.name, usecols=columns, row_offset=piece.first, row_limit=piece.rows)
        types = dict(zip(self.columns, self.types, strict=True))
        return pl.DataFrame([_column(name, values[name], types[name]) for name in columns])


def open_sav(path: Path) -> SavSource:
    """Look at a .sav file, and cut it.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    SavSource

    Raises
    ------
    WrongFile
        It is no .sav file.
    """
    _none, meta = _read_sav(path, path.name, metadataonly=True)
    columns = tuple(meta.column_names)
    rows = meta.number_rows
    if (rows is None or rows < 0) and columns:  # some programs leave the number out
        rows = len(_read_sav(path, path.name, usecols=columns[:1])[0][columns[0]])
    types = tuple(_type(meta, name) for name in columns)
    pieces, encoding = cut(rows or 0, PIECE_ROWS), meta.file_encoding or ""
    return SavSource(path, path.name, columns, types, pieces, encoding, _labels(meta))


def _labels(meta: Any) -> dict[str, dict[str, str]]:
    """What the file calls values, where it does: a school's name for its number."""
    return {
        column: {_written(value): tidied(str(label)) or _written(value) for value, label in labels.items()}
        for column, labels in meta.variable_value_labels.items()
    }


def _written(value: object) -> str:
    """A value as groups are labelled with it: whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _type(meta: Any, name: str) -> pl.DataType:
    """Float64 for numbers; text, and dates and times written as text, for the rest."""
    written = str(meta.original_variable_types.get(name, ""))
    is_number = meta.readstat_variable_types[name] != "string" and written[:1] in "FNPE"
    return pl.Float64() if is_number else pl.String()


def _column(name: str, values: Any, kind: pl.DataType) -> pl.Series:
    if kind == pl.Float64:
        return pl.Series(name, values, dtype=pl.Float64, strict=False).fill_nan(None)
    return pl.Series(name, [None if value in (None, "") else str(value) for value in values], dtype=pl.String)


def _read_sav(path: Path, name: str, **options: Any) -> tuple[dict[str, Any], Any]:
    try:
        values, meta = pyreadstat.read_sav(path, output_format="dict", **options)
    except pyreadstat.ReadstatError as error:
        raise WrongFile(name, [Problem(None, None, f"this is not a .sav file, or it is damaged: {error}")]) from error
    return values, meta
