"""650,000 sheets of 120 items: our sums and statistics against one pass over the bytes, DuckDB and R.

T1: every person's points on 15 scales. T2: n, mean and SD of 15 scales in 44,690 cells (school, grade, gender,
wave). T3: alpha of 15 scales in 2,800 schools, with its interval. The sheets are made up, from a seed.

Ours makes T1 after T2, since the mean and SD that points are measured with come of the cells' sums; R and DuckDB
make T2 of T1's scores.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kfl import stats
from kfl.stats.warm import warm

from . import analysis_rivals as rivals
from .report import Line

ITEMS = 8
LOW, HIGH = 1, 5
MISSING = 0.03
TIMES = 7


@dataclass(frozen=True)
class Shape:
    """How large the made-up file is."""

    people: int
    scales: int
    schools: int
    cells: int


USUAL, LEAST = Shape(650_000, 15, 2_800, 44_690), Shape(600, 2, 4, 12)


@dataclass(frozen=True, eq=False)
class Sheets:
    """The made-up file, people sorted by cell and so by school."""

    shape: Shape
    answers: np.ndarray[Any, np.dtype[np.int8]]  # (items, people), -1 = not answered
    school: np.ndarray[Any, np.dtype[np.int64]]
    cell: np.ndarray[Any, np.dtype[np.int64]]
    scales: tuple[stats.ScaleSpec, ...]


def joint(shape: Shape) -> stats.ScaleSpec:
    """All items as one scale."""
    items = shape.scales * ITEMS
    return stats.ScaleSpec("joint", tuple(range(items)), (False,) * items, LOW, HIGH)


def sheets(shape: Shape = USUAL) -> Sheets:
    random = np.random.default_rng(20261122)
    people, cells = shape.people, shape.cells
    cell = np.sort(np.append(random.integers(0, cells, people - cells), np.arange(cells)))  # no cell is empty
    school = cell * shape.schools // cells
    answers = np.empty((shape.scales * ITEMS, people), dtype=np.int8)
    scales = []
    for number in range(shape.scales):
        rows = tuple(range(number * ITEMS, (number + 1) * ITEMS))
        turned = tuple(item % 4 == 3 for item in range(ITEMS))
        person = random.standard_normal(people, dtype=np.float32) + 0.3 * random.standard_normal(shape.schools)[school]
        for row, around in zip(rows, turned, strict=True):
            noise = random.standard_normal(people, dtype=np.float32)
            answers[row] = np.clip(np.rint(3.2 + (-0.7 if around else 0.7) * (person + noise)), LOW, HIGH)
            answers[row, random.random(people, dtype=np.float32) < MISSING] = -1
        scales.append(stats.ScaleSpec(f"scale{number}", rows, turned, LOW, HIGH))
    return Sheets(shape, answers, school, cell, tuple(scales))


def best(work: Callable[[], Any], times: int = TIMES) -> float:
    """Seconds of the fastest of several, after one that does not count."""
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def cell_sums(data: Sheets) -> stats.ScoreSums:
    return stats.collect_scores(data.answers, data.cell, data.shape.cells, data.scales)


def cells(sums: stats.ScoreSums) -> tuple[Any, Any, Any]:
    return sums.persons, stats.person_means(sums), stats.person_sd(sums)


def points_of_people(data: Sheets, sums: stats.ScoreSums) -> Any:
    everybody = sums.total()
    by = stats.ReferenceMoments(stats.person_means(everybody)[0], stats.person_sd(everybody)[0])
    return stats.person_points(data.answers, data.scales, by)


def alphas(data: Sheets) -> list[stats.Alphas]:
    return [
        stats.alphas(sums) for sums in stats.collect_alpha(data.answers, data.school, data.shape.schools, data.scales)
    ]


def measure(smallest: bool = False) -> list[Line]:
    began = time.perf_counter()
    warm()
    warmed = time.perf_counter() - began
    data = sheets(LEAST if smallest else USUAL)
    words = data.answers.reshape(-1).view(np.int64)
    one_pass = best(words.max)
    sums = cell_sums(data)
    took = {
        "t1": best(lambda: points_of_people(data, sums)),
        "t2": best(lambda: cells(cell_sums(data))),
        "t3": best(lambda: alphas(data)),
    }
    together = sum(took.values())
    every = joint(data.shape)
    pairs = best(lambda: stats.collect_tables(data.answers, every), 3)
    lines = [
        Line(
            f"analysis-{name}/pass",
            seconds / one_pass,
            f"{1000 * seconds:.0f} ms warm; one pass over the {data.answers.nbytes / 1e6:.0f} MB takes "
            f"{1000 * one_pass:.1f} ms",
        )
        for name, seconds in took.items()
    ]
    lines += [
        Line(
            "analysis/pass",
            together / one_pass,
            f"{1000 * together:.0f} ms for T1, T2 and T3 warm, goal 40 passes, at best 10; the first sums of a process "
            f"waited {warmed:.1f} s for compiled code",
        ),
        Line("tables-120/pass", pairs / one_pass, f"{1000 * pairs:.0f} ms for all 7,140 tables of two items"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        return lines + against_rivals(data, together, took["t3"], Path(folder))


def against_rivals(data: Sheets, warm_s: float, alpha_s: float, folder: Path) -> list[Line]:
    file = rivals.write_parquet(data, folder)
    own = best(lambda: all_from(file, data), 3)
    duck = rivals.duckdb_tables(file, data)
    rivals.check_sums(file, data)
    lines = [
        Line(
            "duckdb/analysis-from-parquet",
            duck.seconds / own,
            f"T1, T2 and T3 from Parquet ({file.stat().st_size / 1e6:.0f} MB): DuckDB {duck.version} "
            f"{duck.seconds:.2f} s, ours {own:.2f} s; whole-number sums equal",
        )
    ]
    if (r := rivals.r_tables(data, folder)) is None:
        return lines
    calls = data.shape.scales * data.shape.schools
    in_memory = r["t1"] + r["t2"] + r["t3"]
    return [
        *lines,
        Line(
            "r-data.table/analysis",
            in_memory / warm_s,
            f"R {in_memory:.1f} s (T1 {r['t1']:.1f}, T2 as sums {r['t2']:.1f}, T3 without interval {r['t3']:.1f}), "
            f"ours {warm_s:.2f} s, both with the answers in memory",
        ),
        Line(
            "r-data.table/analysis-from-file",
            (in_memory + r["read"]) / own,
            f"R {in_memory + r['read']:.1f} s from a file of plain bytes (reading {r['read']:.1f}), ours {own:.2f} s "
            "from Parquet",
        ),
        Line(
            "r-psych-alpha/analysis-t3",
            r["psych"] / alpha_s,
            f"psych::alpha {r['psych']:.0f} s, extrapolated from {r['psych_calls']:.0f} of {calls} calls, "
            f"ours {1000 * alpha_s:.0f} ms",
        ),
    ]


def all_from(file: Path, data: Sheets) -> list[Any]:
    """T1, T2 and T3 from the file."""
    read = Sheets(data.shape, *rivals.read_parquet(file, data), data.scales)
    sums = cell_sums(read)
    return [cells(sums), points_of_people(read, sums), alphas(read)]
