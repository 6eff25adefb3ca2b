"""groups.parquet, scales.parquet and items.parquet as data frames, column by column as docs/analyse.md has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook
from kfl.analysis.collecting import FileSums
from kfl.analysis.quality import ItemQuality, ScaleQuality
from kfl.analysis.rollup import Rollup
from kfl.disclosure import REASONS, Published

from .findings import NUMBERS, Leaving

#: Names that columns of --by and --split cannot have in groups.parquet.
TAKEN = ("scale", "n", *NUMBERS, "hidden")
#: Of a scale's quality, those that scales.parquet has no column for.
NO_COLUMN = ("icc_low", "icc_high", "p", "rmsea_low", "rmsea_high", "proper", "item_rows")


def groups_frame(leaving: Leaving, file: FileSums, rollup: Rollup, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """groups.parquet.

    Parameters
    ----------
    leaving : Published or NotForPublication
        What was found. What is published has a column that says why something is hidden.
    file : FileSums
        Knows the columns.
    rollup : Rollup
        Knows the groups.
    types : mapping from column to data type
        Of the columns of --by and --split.

    Returns
    -------
    DataFrame
        Null in the columns of --by and --split = all.
    """
    groups, plan = leaving.numbers.groups, file.plan
    scale, node, place = np.nonzero(groups.present)
    at = scale, node, place
    columns = {"scale": _picked([one.key for one in plan.scales], scale)}
    for depth, column in enumerate(plan.by):
        labels = [label[depth] if depth < len(label) else None for label in rollup.labels]
        columns[column] = _picked(labels, node).cast(types[column])
    if plan.split is not None:
        columns[plan.split] = _picked([None, *rollup.sides], place).cast(types[plan.split])
    shown = pl.Series(groups.hidden[at] == 0)
    n = pl.Series(groups.n[at])
    columns["n"] = pl.select(pl.when(shown).then(n)).to_series()
    for name in NUMBERS:
        columns[name] = pl.Series(getattr(groups, name)[at]).fill_nan(None)
    if isinstance(leaving, Published):
        reasons = [None if why is None else why.value for why in REASONS]
        columns["hidden"] = _picked(reasons, groups.hidden[at].astype(np.int64))
    return pl.DataFrame(columns)


def _picked(labels: Sequence[str | None], index: NDArray[np.int64]) -> pl.Series:
    return pl.Series(labels, dtype=pl.String).gather(index)


def scales_frame(leaving: Leaving) -> pl.DataFrame:
    """scales.parquet.

    Parameters
    ----------
    leaving : Published or NotForPublication
        What was found. What is published has a column that says why something is hidden.

    Returns
    -------
    DataFrame
        A row a scale; null = cannot be computed, or hidden.
    """
    tables = leaving.numbers
    kinds = {"key": pl.String, "items": pl.Int64, "n": pl.Int64, "n_complete": pl.Int64, "df": pl.Int64}
    columns = {}
    for field in fields(ScaleQuality):
        if field.name not in NO_COLUMN:
            values = [getattr(one, field.name) for one in tables.qualities]
            columns["scale" if field.name == "key" else field.name] = pl.Series(
                values, dtype=kinds.get(field.name, pl.Float64)
            )
    if isinstance(leaving, Published):
        columns["reliability"] = pl.Series([one.reliability.value for one in tables.verdicts], dtype=pl.String)
        columns["fit"] = pl.Series([one.fit.value for one in tables.verdicts], dtype=pl.String)
        columns["hidden"] = pl.Series([tables.hidden_scales.get(one.key) for one in tables.qualities], dtype=pl.String)
    return pl.DataFrame(columns)


def items_frame(leaving: Leaving, book: Codebook) -> pl.DataFrame:
    """items.parquet.

    Parameters
    ----------
    leaving : Published or NotForPublication
        What was found. What is published has a column that says why something is hidden.
    book : Codebook
        Says how many codes there are.

    Returns
    -------
    DataFrame
        A row an item of a scale; ``share_1``, ``share_2``, … the share of each code as answered, null where the scale
        has no such code.
    """
    tables = leaving.numbers
    rows: Sequence[tuple[ScaleQuality, ItemQuality]] = [
        (quality, item) for quality in tables.qualities for item in quality.item_rows
    ]
    columns = {"scale": pl.Series([quality.key for quality, _item in rows], dtype=pl.String)}
    for field in fields(ItemQuality):
        if field.name != "shares":
            kind = {"item": pl.String, "n": pl.Int64}.get(field.name, pl.Float64)
            columns[field.name] = pl.Series([getattr(item, field.name) for _quality, item in rows], dtype=kind)
    for code in range(max(scale.codes for scale in book.scales)):
        shares = [item.shares[code] if code < len(item.shares) else None for _quality, item in rows]
        columns[f"share_{code + 1}"] = pl.Series(shares, dtype=pl.Float64)
    if isinstance(leaving, Published):
        columns["hidden"] = pl.Series(
            [tables.hidden_items.get(quality.key) for quality, _item in rows], dtype=pl.String
        )
    return pl.DataFrame(columns)
