"""groups.parquet, scales.parquet and items.parquet from sums, without hiding anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from kfl.analysis.codebook import Codebook
from kfl.analysis.collecting import FileSums
from kfl.analysis.quality import ItemQuality, ScaleQuality, known, scale_quality
from kfl.analysis.rollup import Rollup
from kfl.stats import ClusterMean, Reference, Sums, cluster_mean, group_scores, person_mean

NUMBERS = ("mean", "sd", "se", "low", "high")
#: Names that columns of --by and --split cannot have in groups.parquet.
TAKEN = ("scale", "n", *NUMBERS, "hidden")
#: Of a scale's quality, those that scales.parquet has no column for.
NO_COLUMN = ("icc_low", "icc_high", "p", "rmsea_low", "rmsea_high", "proper", "item_rows")


@dataclass(frozen=True)
class GroupRow:
    """One scale in one group, of all or of one value of the split; in points."""

    scale: int
    node: int
    side: int | None
    n: int | None
    mean: float | None
    sd: float | None
    se: float | None
    low: float | None  # 95 % interval
    high: float | None
    hidden: str | None = None


@dataclass(frozen=True)
class Tables:
    """What an analysis found: everything that is written, and that the report shows."""

    groups: tuple[GroupRow, ...]  # by scale, then in the rollup's order, all before the sides
    qualities: tuple[ScaleQuality, ...]
    reference: Reference
    hidden_scales: Mapping[str, str]  # reason by key, where nothing of a scale may be shown
    hidden_items: Mapping[str, str]  # reason by key, where the shares of its items may not be shown


def plain_tables(file: FileSums, rollup: Rollup, reference: Reference, book: Codebook) -> Tables:
    """All tables as they are.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups.
    reference : Reference
        What points are measured with.
    book : Codebook
        Names the items.

    Returns
    -------
    Tables
        Not for publication.
    """
    return Tables(tuple(_group_rows(file, rollup, reference)), qualities(file, rollup, book), reference, {}, {})


def qualities(file: FileSums, rollup: Rollup, book: Codebook) -> tuple[ScaleQuality, ...]:
    """How good each scale is, over the whole file.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups; those of the first column are the clusters of the intraclass correlation.
    book : Codebook
        Names the items.

    Returns
    -------
    tuple of ScaleQuality
    """
    everybody = file.sums.total()
    clusters = rollup.own(_without_counts(file.sums)).roll_up(rollup.parent).take(np.flatnonzero(rollup.level == 1))
    return tuple(
        scale_quality(products, everybody, [item.key for item in scale.items], clusters)
        for products, scale in zip(file.products, book.scales, strict=True)
    )


def _group_rows(file: FileSums, rollup: Rollup, reference: Reference) -> Iterator[GroupRow]:
    sums = _without_counts(file.sums)
    sides = [None, *range(len(rollup.sides))]
    found = [_means(rollup.own(sums, side), rollup, reference) for side in sides]
    rows = [file.rows if side is None else rollup.rows(file, side) for side in sides]
    for scale in range(len(sums.scales)):
        for node in range(len(rollup.labels)):
            for side, means, persons in zip(sides, found, rows, strict=True):
                if side is None or persons[node]:
                    numbers: dict[str, Any] = {name: known(getattr(means, name)[node, scale]) for name in NUMBERS}
                    yield GroupRow(scale, node, side, int(means.n[node, scale]), **numbers)


def _means(own: Sums, rollup: Rollup, reference: Reference) -> ClusterMean:
    """Each node's mean of person points; intervals between the groups right below the root, and between persons."""
    rolled = own.roll_up(rollup.parent)
    each = person_mean(group_scores(rolled).in_points(reference))
    # Those whose first column is blank count as one group more.
    below = [group_scores(part).in_points(reference) for part in (rolled.take(np.flatnonzero(rollup.level == 1)), own)]
    first = replace(
        below[0],
        **{name: np.concatenate([getattr(below[0], name), getattr(below[1], name)[:1]]) for name in _SCORE_FIELDS},
    )
    whole = cluster_mean(first)
    joined = {one.name: np.concatenate([getattr(whole, one.name), getattr(each, one.name)[1:]]) for one in fields(each)}
    return ClusterMean(**joined)


_SCORE_FIELDS = ("persons", "mean", "squares")


def _without_counts(sums: Sums) -> Sums:
    """The score sums alone: tables of answers by item and code would be large for thousands of groups."""
    return replace(sums, counts=sums.counts[:, :0])


def groups_frame(
    tables: Tables, file: FileSums, rollup: Rollup, types: Mapping[str, Any], protected: bool
) -> pl.DataFrame:
    """groups.parquet.

    Parameters
    ----------
    tables : Tables
        What was found.
    file : FileSums
        Knows the columns.
    rollup : Rollup
        Knows the groups.
    types : mapping from column to data type
        Of the columns of --by and --split.
    protected : bool
        Whether there is a column that says why a row is hidden.

    Returns
    -------
    DataFrame
        Null in the columns of --by and --split = all.
    """
    rows, plan = tables.groups, file.plan
    columns: dict[str, pl.Series] = {"scale": pl.Series([plan.scales[row.scale].key for row in rows], dtype=pl.String)}
    for place, column in enumerate(plan.by):
        labels = [(*rollup.labels[row.node], *[None] * len(plan.by))[place] for row in rows]
        columns[column] = pl.Series(labels, dtype=pl.String).cast(types[column])
    if plan.split is not None:
        sides = [None if row.side is None else rollup.sides[row.side] for row in rows]
        columns[plan.split] = pl.Series(sides, dtype=pl.String).cast(types[plan.split])
    columns["n"] = pl.Series([row.n for row in rows], dtype=pl.Int64)
    for name in NUMBERS:
        columns[name] = pl.Series([getattr(row, name) for row in rows], dtype=pl.Float64)
    if protected:
        columns["hidden"] = pl.Series([row.hidden for row in rows], dtype=pl.String)
    return pl.DataFrame(columns)


def scales_frame(tables: Tables, protected: bool) -> pl.DataFrame:
    """scales.parquet.

    Parameters
    ----------
    tables : Tables
        What was found.
    protected : bool
        Whether there is a column that says why a scale is hidden.

    Returns
    -------
    DataFrame
        A row a scale; null = cannot be computed, or hidden.
    """
    kinds = {"key": pl.String, "items": pl.Int64, "n": pl.Int64, "n_complete": pl.Int64, "df": pl.Int64}
    columns = {}
    for field in fields(ScaleQuality):
        if field.name not in NO_COLUMN:
            values = [getattr(one, field.name) for one in tables.qualities]
            columns["scale" if field.name == "key" else field.name] = pl.Series(
                values, dtype=kinds.get(field.name, pl.Float64)
            )
    if protected:
        columns["hidden"] = pl.Series([tables.hidden_scales.get(one.key) for one in tables.qualities], dtype=pl.String)
    return pl.DataFrame(columns)


def items_frame(tables: Tables, book: Codebook, protected: bool) -> pl.DataFrame:
    """items.parquet.

    Parameters
    ----------
    tables : Tables
        What was found.
    book : Codebook
        Says how many codes there are.
    protected : bool
        Whether there is a column that says why the shares are hidden.

    Returns
    -------
    DataFrame
        A row an item of a scale; ``share_1``, ``share_2``, … the share of each code as answered, null where the scale
        has no such code.
    """
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
    if protected:
        columns["hidden"] = pl.Series(
            [tables.hidden_items.get(quality.key) for quality, _item in rows], dtype=pl.String
        )
    return pl.DataFrame(columns)
