"""One analysis from files to files: what `kfl analyse` does, and what a script may call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kfl.analysis.codebook import Codebook, read_codebook
from kfl.analysis.collecting import FileSums, plan_of
from kfl.analysis.engines import Done, engine_named, sum_file
from kfl.analysis.frames import TAKEN, groups_frame, items_frame, scales_frame
from kfl.analysis.problems import AnalysisError, WrongOption
from kfl.analysis.protection import protected_tables
from kfl.analysis.reading import Source, open_source
from kfl.analysis.references import as_json, read_reference, reference_of_persons
from kfl.analysis.rollup import roll_up, without_small
from kfl.disclosure import Published, Thresholds
from kfl.stats import ReferenceMoments, StatsError
from kfl.tables import Problem, WrongFile

from .findings import Leaving, of_one_group, plain_tables
from .report_page import report_html
from .results_folder import (
    NOT_FOR_PUBLICATION,
    PROTECTED,
    WARNING,
    WARNING_FILE,
    column_types,
    label_types,
    staged,
    write_parquet,
    write_scores,
)


@dataclass(frozen=True)
class AnalysisRequest:
    """What is asked for."""

    answers: Path
    codebook: Path
    by: tuple[str, ...]
    out: Path
    split: str | None = None
    reference: Path | None = None
    engine: str = "local"
    master: str | None = None
    protect: bool = False
    language: str = "nb"


#: Told how many rows there are to go through in all, and given back who is to be told of each piece.
Progress = Callable[[int], Done]


def silent(_rows: int) -> Done:
    """Progress that nobody looks at.

    Parameters
    ----------
    _rows : int
        How many rows there are to go through.

    Returns
    -------
    callable
    """
    return lambda _piece: None


def analyse(job: AnalysisRequest, progress: Progress = silent) -> list[str]:
    """Read, sum, describe, write.

    Parameters
    ----------
    job : Job
        What is asked for.
    progress : callable
        See `Progress`.

    Returns
    -------
    list of str
        What whoever asked should know: how many are in no group, which groups have no interval and why, what was done
        in reading the codebook.

    Raises
    ------
    AnalysisError
        With all that is wrong, in words; nothing was written.
    """
    book = read_codebook(job.codebook)
    engines = engine_named(job.engine, job.master)
    given = read_reference(job.reference, book) if job.reference else None
    with staged(job.out) as folder:
        source = open_source(job.answers, folder)
        _check_columns(source, book, job)
        plan = plan_of(book, source, job.by, job.split)
        done = progress(source.rows * (1 if job.protect else 2))
        with engines as engine:
            source = engine.cut(source)
            try:
                file = sum_file(engine, source, plan, done)
            except StatsError as error:
                raise AnalysisError(f"{source.name}: {error}") from error
            file.bad.refuse(source.name)
            found = _write(job, folder, source, book, file, given)
            if not job.protect:
                types, by = column_types(source, file), found.numbers.reference
                write_scores(engine, source, plan, by, types, folder / "scores.parquet", done)
    said = [f"{job.codebook.name}: {notice}" for notice in book.notices]
    said += [
        f"{count} of {source.rows} persons have a blank in column {column}: no group of it holds them"
        for column, count in blanks_told(file, protect=job.protect).items()
    ]
    return said + ([] if job.protect else _without_interval(found, file))


def _without_interval(found: Leaving, file: FileSums) -> list[str]:
    """Why groups that hold several persons have no interval."""
    by = file.plan.by
    counts = of_one_group(found.numbers.groups, roll_up(file), by)
    above = dict(zip(by, ("the whole file", *(f"groups of column {column}" for column in by)), strict=False))
    return [
        f"{above[column]}: {count} without an interval, since everybody scored is in one group of column {column}"
        for column, count in counts.items()
    ]


def blanks_told(file: FileSums, *, protect: bool) -> dict[str, int]:
    """How many persons have a blank in each key column; of a few, who must be protected, nothing is told.

    Parameters
    ----------
    file : FileSums
        What was read.
    protect : bool
        Whether small groups are hidden.

    Returns
    -------
    dict from column to int
    """
    fewest = Thresholds().k if protect else 1
    return {column: count for column, count in file.blanks().items() if count >= fewest}


def _write(
    job: AnalysisRequest, folder: Path, source: Source, book: Codebook, file: FileSums, given: ReferenceMoments | None
) -> Leaving:
    """Write everything but the scores; gives what was found."""
    rollup = roll_up(file)
    if job.protect:
        rollup = without_small(rollup, file, Thresholds().k)
    leaving: Leaving
    if job.protect:
        leaving = protected_tables(file, rollup, given, book)
    else:
        leaving = plain_tables(file, rollup, given or reference_of_persons(file.sums), book)
    kinds = label_types(column_types(source, file))
    frames = {
        "groups": groups_frame(leaving, file, rollup, kinds),
        "scales": scales_frame(leaving),
        "items": items_frame(leaving, book),
    }
    for name, frame in frames.items():
        write_parquet(frame, folder / f"{name}.parquet", protected=isinstance(leaving, Published))
    about = {
        "made_from": source.name,
        "rows": source.rows,
        "publication": PROTECTED if job.protect else NOT_FOR_PUBLICATION,
        "mean_of": "items" if job.protect else "persons",
    }
    (folder / "reference.json").write_text(as_json(leaving.numbers.reference, book, about), encoding="utf-8")
    blanks = blanks_told(file, protect=job.protect)
    html = report_html(job.language, source, book, file, rollup, leaving, blanks, own_reference=given is None)
    (folder / "report.html").write_text(html, encoding="utf-8")
    if not job.protect:
        (folder / WARNING_FILE).write_text(WARNING, encoding="utf-8")
    return leaving


def _check_columns(source: Source, book: Codebook, job: AnalysisRequest) -> None:
    row = source.header_rows or None
    missing = [item.key for item in book.items if item.key not in source.columns]
    if missing:
        words = "the codebook has this item, but the file has no such column"
        raise WrongFile(source.name, [Problem(row, item, words) for item in missing])
    items = {item.key for item in book.items}
    if not job.by:
        raise WrongOption(f"--by names no column; {_columns(source, items)}")
    named = {column: "--by" for column in job.by} | ({job.split: "--split"} if job.split is not None else {})
    if len(named) < len(job.by) + (job.split is not None):
        raise WrongOption("--by and --split name a column twice")
    for column, option in named.items():
        if column not in source.columns:
            raise WrongOption(f"{option}: {source.name} has no column {column}; {_columns(source, items)}")
        if column in items:
            raise WrongOption(f"{option}: column {column} is an item of the codebook")
        if column in TAKEN:
            raise WrongOption(f"{option}: groups.parquet has a column {column} of its own; rename the file's column")
    _check_types(source, items | named.keys())
    clash = sorted({scale.key for scale in book.scales} & (set(source.columns) - items))
    if clash and not job.protect:
        raise WrongFile(source.name, [Problem(row, key, "scores.parquet needs this name for a scale") for key in clash])


def _check_types(source: Source, used: Collection[str]) -> None:
    """Columns whose values are neither numbers, texts nor days can neither be answers nor name a group."""
    nested = (pl.List, pl.Array, pl.Struct, pl.Object, pl.Duration, pl.Time)
    problems = [
        Problem(
            None, column, f"its values are of the type {type(kind).__name__.lower()}: write them as text or numbers"
        )
        for column, kind in zip(source.columns, source.types, strict=True)
        if column in used and isinstance(kind, nested)
    ]
    if problems:
        raise WrongFile(source.name, problems)


def _columns(source: Source, items: set[str]) -> str:
    others = [column for column in source.columns if column not in items]
    return f"it has {', '.join(others)}" if others else "all its columns are items"
