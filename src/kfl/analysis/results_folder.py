"""The folder of results: made beside, and put in place when all of it is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from kfl.analysis.collecting import FileSums, SumPlan
from kfl.analysis.engines import Engine
from kfl.analysis.problems import AnalysisError, WrongOption
from kfl.analysis.reading import Piece, Source, codes_of
from kfl.stats import ReferenceMoments, points
from kfl.stats.scores import scores_of_sheets

WARNING_FILE = "NOT-FOR-PUBLICATION.txt"
#: All that an analysis writes; a folder that holds nothing else may be written over.
FILES = (
    "scores.parquet", "groups.parquet", "scales.parquet", "items.parquet", "reference.json", "report.html",
    WARNING_FILE,
)  # fmt: skip
WARNING = """Not for publication.

These tables show groups of any size, down to a single person, and scores.parquet has a row for each person.
Keep them where personal data are kept. For tables that may be shown, run kfl analyse again with --protect.
"""
NOT_FOR_PUBLICATION = "not for publication: groups of any size are shown"
PROTECTED = "protected: small groups are hidden by the rules of kfl.disclosure"


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder to write to, which takes the place of `out` at the end; where anything fails, `out` is left as it was.

    Parameters
    ----------
    out : Path
        The folder that is asked for: not there yet, empty, or with results of an earlier analysis.

    Yields
    ------
    Path
        An empty folder on the same disk.

    Raises
    ------
    WrongOption
        It holds something else, or cannot be written to.
    """
    try:
        foreign = sorted(one.name for one in out.iterdir() if one.name not in FILES) if out.exists() else []
        if foreign:
            raise WrongOption(f"--out {out} holds other files, such as {foreign[0]}; name a new or empty folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        if out.exists() and not os.access(out, os.W_OK | os.X_OK):
            raise PermissionError(13, "no right to write")
    except OSError as error:
        raise WrongOption(f"--out {out} cannot be written to: {error.strerror}") from error
    try:
        yield folder
        _put_in_place(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, out: Path) -> None:
    out.mkdir(exist_ok=True)
    for name in FILES:
        made = folder / name
        if made.exists():
            made.replace(out / name)
        else:
            (out / name).unlink(missing_ok=True)


def write_parquet(frame: pl.DataFrame, path: Path, *, protected: bool) -> None:
    """Write a table with a mark in its metadata that says whether it may be published.

    Parameters
    ----------
    frame : DataFrame
        The table.
    path : Path
        Where to.
    protected : bool
        Whether the disclosure rules were applied.
    """
    frame.write_parquet(path, metadata=_metadata(protected=protected))


def _metadata(*, protected: bool) -> dict[str, str]:
    return {"kfl.publication": PROTECTED if protected else NOT_FOR_PUBLICATION}


def column_types(source: Source, file: FileSums) -> dict[str, pl.DataType]:
    """Type of each column that is no item, as it is written.

    Parameters
    ----------
    source : Source
        Where they come from.
    file : FileSums
        Knows which of them hold whole numbers only.

    Returns
    -------
    dict from column to data type
    """
    types = dict(zip(source.columns, source.types, strict=True))
    pairs = zip(file.plan.others, file.whole, strict=True)
    return {column: pl.Int64() if whole else types[column] for column, whole in pairs}


def label_types(types: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """Type of columns of groups: numbers stay numbers, all else is text.

    Parameters
    ----------
    types : mapping from column to data type
        From `column_types`.

    Returns
    -------
    dict from column to data type
    """
    return {column: kind if kind.is_numeric() else pl.String() for column, kind in types.items()}


def write_scores(
    engine: Engine,
    source: Source,
    plan: SumPlan,
    reference: ReferenceMoments,
    types: Mapping[str, pl.DataType],
    path: Path,
    done: Callable[[Piece], object],
) -> None:
    """Write scores.parquet, piece by piece in the order of the file.

    Parameters
    ----------
    engine : Engine
        Who scores.
    source : Source
        The file.
    plan : Plan
        What to score, and the columns to keep.
    reference : Reference
        What points are measured with.
    types : mapping from column to data type
        Of the columns to keep.
    path : Path
        Where to.
    done : callable
        Told of each piece when it is scored.

    Raises
    ------
    AnalysisError
        The file or the engine failed.
    """
    schema: dict[str, Any] = {column: types[column] for column in plan.others}
    schema |= {scale.key: pl.Float64() for scale in plan.scales}

    scored = engine.over(source, partial(score_piece, source, plan=plan, reference=reference))
    failed: list[AnalysisError] = []

    def frames(*_wanted: object) -> Iterator[pl.DataFrame]:
        try:
            for piece, frame in zip(source.pieces, scored, strict=True):
                yield frame.cast(pl.Schema(schema))
                done(piece)
        except AnalysisError as error:
            failed.append(error)
            raise

    try:
        register_io_source(frames, schema=schema, is_pure=False).sink_parquet(path, metadata=_metadata(protected=False))
    except pl.exceptions.PolarsError:  # it hides what was raised inside
        if failed:
            raise failed[0] from None
        raise


def score_piece(source: Source, piece: Piece, plan: SumPlan, reference: ReferenceMoments) -> pl.DataFrame:
    """Points of everybody in one piece.

    Parameters
    ----------
    source : Source
        The file.
    piece : Piece
        One of its pieces.
    plan : Plan
        What to score.
    reference : Reference
        What points are measured with.

    Returns
    -------
    DataFrame
        The columns that are no item as they were read, and one of points for each scale; null for who answered fewer
        than half of its items.
    """
    frame = source.read(piece, [*plan.others, *(item.key for item in plan.items)])
    codes, _bad = codes_of(frame, plan.items, source, piece.first)
    measured = points(scores_of_sheets(codes, plan.scales).T, reference)
    columns = [pl.Series(scale.key, measured[:, place]).fill_nan(None) for place, scale in enumerate(plan.scales)]
    return frame.select(plan.others).with_columns(columns)
