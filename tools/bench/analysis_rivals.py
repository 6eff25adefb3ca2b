"""The same tables by DuckDB and by R, and DuckDB's whole-number sums to check ours with."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl

from kfl import stats

if TYPE_CHECKING:
    from .analysis import Sheets

R_SCRIPT = Path(__file__).with_name("analysis.R")


@dataclass(frozen=True)
class Took:
    seconds: float
    version: str


def write_parquet(data: Sheets, folder: Path) -> Path:
    columns: dict[str, Any] = {"school": data.school.astype(np.int32), "cell": data.cell.astype(np.int32)}
    for row, codes in enumerate(data.answers):
        given = pl.Series(codes)
        columns[f"i{row}"] = given.set(given < 0, None)
    file = folder / "sheets.parquet"
    pl.DataFrame(columns).write_parquet(file)
    return file


def read_parquet(file: Path, data: Sheets) -> tuple[Any, Any, Any]:
    """Answers, school and cell, as `Sheets` has them."""
    frame = pl.read_parquet(file)
    answers = np.empty(data.answers.shape, dtype=np.int8)
    for row in range(len(answers)):
        answers[row] = frame[f"i{row}"].fill_null(-1).to_numpy()
    return answers, frame["school"].to_numpy(), frame["cell"].to_numpy()


def value(scale: stats.ScaleSpec, row: int) -> str:
    """SQL: an item's code, turned where it is."""
    return f"({scale.low + scale.high} - i{row})" if scale.turned[scale.items.index(row)] else f"i{row}"


def sums_of_sheet(scale: stats.ScaleSpec) -> tuple[str, str]:
    """SQL: how many items a person answered, and the sum of those answers."""
    answered = " + ".join(f"(i{row} IS NOT NULL)::INTEGER" for row in scale.items)
    total = " + ".join(f"coalesce({value(scale, row)}, 0)::INTEGER" for row in scale.items)
    return f"({answered})", f"({total})"


def connected() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")
    return db


def duckdb_tables(file: Path, data: Sheets, times: int = 3) -> Took:
    """T1, T2 and T3 from the Parquet file, the fastest of several; alpha in the fastest of the ways tried."""
    scores, standard, by_cell, sheets, complete, by_school = [], [], [], [], [], []
    for s, scale in enumerate(data.scales):
        answered, total = sums_of_sheet(scale)
        scores.append(f"CASE WHEN {answered} >= {scale.enough} THEN {total} / {answered}::DOUBLE END AS s{s}")
        standard.append(f"500 + 100 * (s{s} - m.a{s}) / m.d{s} AS p{s}")
        by_cell.append(f"count(s{s}), avg(s{s}), stddev_samp(s{s})")
        items = len(scale.items)
        sheets.append(f"CASE WHEN {answered} = {items} THEN {total} END AS t{s}")
        complete += [f"CASE WHEN t{s} IS NOT NULL THEN i{row} END AS x{row}" for row in scale.items] + [f"t{s}"]
        own = " + ".join(f"var_samp(x{row})" for row in scale.items)
        by_school.append(f"{items / (items - 1)} * (1 - ({own}) / nullif(var_samp(t{s}), 0))")
    moments = ", ".join(f"avg(s{s}) AS a{s}, stddev_samp(s{s}) AS d{s}" for s in range(len(data.scales)))
    source = f"read_parquet('{file}')"
    took = []
    for _ in range(times):
        with connected() as db:
            began = time.perf_counter()
            db.execute(f"CREATE TEMP TABLE score AS SELECT cell, {', '.join(scores)} FROM {source}")
            db.execute(f"CREATE TEMP TABLE m AS SELECT {moments} FROM score")
            db.execute(f"CREATE TEMP TABLE points AS SELECT {', '.join(standard)} FROM score, m")
            db.execute(f"SELECT cell, {', '.join(by_cell)} FROM score GROUP BY cell").fetchnumpy()
            db.execute(
                f"SELECT school, {', '.join(by_school)} FROM (SELECT school, {', '.join(complete)} "
                f"FROM (SELECT *, {', '.join(sheets)} FROM {source})) GROUP BY school"
            ).fetchnumpy()
            took.append(time.perf_counter() - began)
    return Took(min(took), duckdb.__version__)


def check_sums(file: Path, data: Sheets) -> None:
    """DuckDB's sums of whole numbers, from the file, must be ours; any difference ends the run."""
    own = stats.collect_scores(data.answers, data.cell, int(data.cell.max()) + 1, data.scales)
    alpha = stats.collect_alpha(data.answers, data.school, int(data.school.max()) + 1, data.scales)
    with connected() as db:
        for s, scale in enumerate(data.scales):
            answered, total = sums_of_sheet(scale)
            score = f"({total} * {scale.unit} // {answered})"
            wanted = f"count(*), sum({score})::BIGINT, sum({score}::BIGINT * {score})::BIGINT"
            found = db.execute(
                f"SELECT cell, {wanted} FROM read_parquet('{file}') WHERE {answered} >= {scale.enough} GROUP BY cell"
            ).fetchnumpy()
            table = np.zeros((3, own.groups), dtype=np.int64)
            cell = found.pop("cell")
            table[:, cell] = list(found.values())
            ours = np.stack([own.persons[:, s], own.score_sum[:, s], own.score_square_sum[:, s]])
            each = [f"sum({value(scale, row)})::BIGINT" for row in scale.items]
            each += [f"sum({value(scale, row)} * {value(scale, row)})::BIGINT" for row in scale.items]
            found = db.execute(
                f"SELECT school, count(*), sum({total} * {total})::BIGINT, {', '.join(each)} "
                f"FROM read_parquet('{file}') WHERE {answered} = {len(scale.items)} GROUP BY school"
            ).fetchnumpy()
            school = found.pop("school")
            a = alpha[s]
            ours_a = np.column_stack([a.people, a.total_squares, a.totals, a.squares])[school].T
            if not np.array_equal(table, ours) or not np.array_equal(list(found.values()), ours_a):
                sys.exit(f"{scale.key}: DuckDB's sums differ from ours")


def r_tables(data: Sheets, folder: Path) -> dict[str, float] | None:
    """Seconds that R took for each task, with data.table; None where R or data.table is not installed."""
    script = shutil.which("Rscript")
    if script is None or subprocess.run([script, "-e", "library(data.table)"], capture_output=True).returncode:
        return None
    data.answers.tofile(folder / "answers.bin")
    data.school.astype(np.int32).tofile(folder / "school.bin")
    data.cell.astype(np.int32).tofile(folder / "cell.bin")
    shape = [str(data.answers.shape[1]), str(len(data.scales)), str(len(data.scales[0].items))]
    done = subprocess.run([script, str(R_SCRIPT), str(folder), *shape], stdout=subprocess.PIPE, text=True, check=True)
    return {name: float(seconds) for name, seconds in (line.split() for line in done.stdout.splitlines())}
