"""Five million sheets of 120 items: `kfl analyse`'s passes over the file, embedded and on a Spark of this machine.

Each run is a process of its own and goes through the file three times: sums, with everything that must first be
started and compiled; sums again, warm; everybody's points into scores.parquet. The sums of all runs must be equal.
`KFL_BENCH_ROWS=300000` makes it small. The sheets are made up, from a seed, in schools of 1,786 sheets side by side.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .report import Line

ROWS = 5_000_000
FEWER = 5  # the small file has so many times fewer
CHUNK = 200_000
SCHOOLS_IN_CHUNK = 112
SCALES, ITEMS = 15, 8
LEAST_ROWS = 2_000
RUNS = {"embedded": ("local", None), "two": ("cluster", "local[2]"), "one": ("cluster", "local[1]")}


def measure(smallest: bool = False) -> list[Line]:
    """At its smallest one run of the embedded engine stands for all, and no Spark is started."""
    rows = LEAST_ROWS if smallest else int(os.environ.get("KFL_BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_codebook(folder / "codebook.csv")
        write_sheets(folder / "many.parquet", rows)
        write_sheets(folder / "few.parquet", rows // FEWER)
        if smallest:
            few = measured(folder, "few", *RUNS["embedded"])
            found = dict.fromkeys(RUNS, few)
        else:
            found = {run: measured(folder, "many", *how) for run, how in RUNS.items()}
            few = measured(folder, "few", *RUNS["two"])
    if len({one["digest"] for one in found.values()}) > 1:
        sys.exit("the sums of the engines differ")
    whole = {run: one["start"] + one["cold"] + one["scores"] for run, one in found.items()}
    warm = {run: one["warm"] + one["scores"] for run, one in found.items()}
    two, embedded = found["two"], found["embedded"]
    shape = f"{rows:,} x {SCALES * ITEMS}"
    return [
        Line(
            "cluster/embedded",
            whole["two"] / whole["embedded"],
            f"{shape} from start to scores written: Spark with 2 workers {whole['two']:.1f} s "
            f"(start {two['start']:.1f}), embedded {whole['embedded']:.1f} s, goal 1.3; integer sums equal bit by bit",
        ),
        Line(
            "cluster-warm/embedded-warm",
            warm["two"] / warm["embedded"],
            f"sums and scores when all is started: {two['warm']:.1f} + {two['scores']:.1f} s, "
            f"embedded {embedded['warm']:.1f} + {embedded['scores']:.1f} s",
        ),
        Line(
            "cluster-efficiency/goal",
            warm["one"] / (2 * warm["two"]) / 0.8,
            f"1 worker {warm['one']:.1f} s, 2 workers {warm['two']:.1f} s, sums and scores, warm: efficiency "
            f"{warm['one'] / (2 * warm['two']):.2f}, goal 0.8",
        ),
        Line(
            "cluster-task-memory/fewer-rows",
            two["worker"] / few["worker"],
            f"peak of a worker {two['worker']:.0f} MB at {rows:,} rows, {few['worker']:.0f} MB at {rows // FEWER:,}; "
            f"goal 1. This process {two['own']:.0f} and {few['own']:.0f} MB; embedded {embedded['own']:.0f} MB",
        ),
    ]


def measured(folder: Path, name: str, engine: str, master: str | None) -> dict[str, Any]:
    """Run one engine in a process of its own."""
    command = [sys.executable, "-m", __name__, str(folder), name, engine, *([master] if master else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write_codebook(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["scale", "item", "reverse", *(f"code_{code}" for code in range(1, 6))])
        for item in range(SCALES * ITEMS):
            writer.writerow([f"scale{item // ITEMS}", f"i{item}", int(item % 4 == 3), *"abcde"])


def write_sheets(path: Path, rows: int) -> None:
    """Write the file chunk by chunk, each a row group."""
    import pyarrow.parquet as pq

    writer = None
    for number, first in enumerate(range(0, rows, CHUNK)):
        table = sheets(number, min(CHUNK, rows - first)).to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=CHUNK)
    if writer is not None:
        writer.close()


def sheets(number: int, rows: int) -> Any:
    import polars as pl

    random = np.random.default_rng([20261122, number])
    school = np.sort(random.integers(0, SCHOOLS_IN_CHUNK, rows))
    columns: dict[str, Any] = {
        "pupil": np.arange(rows) + number * CHUNK,
        "school": (school + number * SCHOOLS_IN_CHUNK).astype(np.int32),
        "grade": random.integers(8, 11, rows).astype(np.int8),
        "gender": pl.Series(["girl", "boy"]).gather(random.integers(0, 2, rows)),
    }
    effect = 0.3 * random.standard_normal(SCHOOLS_IN_CHUNK, dtype=np.float32)
    for item in range(SCALES * ITEMS):
        if item % ITEMS == 0:
            person = random.standard_normal(rows, dtype=np.float32) + effect[school]
        noise = random.standard_normal(rows, dtype=np.float32)
        code = np.clip(np.rint(3.2 + (-0.7 if item % 4 == 3 else 0.7) * (person + noise)), 1, 5).astype(np.int8)
        columns[f"i{item}"] = pl.select(
            pl.when(pl.Series(random.random(rows, dtype=np.float32) > 0.03)).then(pl.Series(code))
        ).to_series()
    return pl.DataFrame(columns)


def run(folder: Path, name: str, engine: str, master: str | None) -> dict[str, Any]:
    """Seconds of each step, the peaks of memory in MB, and what the sums are, in one word."""
    began = time.perf_counter()
    from kfl.analysis.codebook import read_codebook
    from kfl.analysis.collecting import plan_of
    from kfl.analysis.engines import engine_named, sum_file
    from kfl.analysis.reading import open_source
    from kfl.analysis.references import reference_of_persons
    from kfl.analysis.results_folder import column_types, write_scores

    source = open_source(folder / f"{name}.parquet", folder)
    plan = plan_of(read_codebook(folder / "codebook.csv"), source, ("school", "grade"), "gender")
    with engine_named(engine, master) as started:
        source = started.cut(source)
        marks = [time.perf_counter()]
        for _ in range(2):
            file = sum_file(started, source, plan, lambda _piece: None)
            marks.append(time.perf_counter())
        types, by = column_types(source, file), reference_of_persons(file.sums)
        write_scores(started, source, plan, by, types, folder / "scores.parquet", lambda _piece: None)
        marks.append(time.perf_counter())
        worker = max((peak(pid) for pid in workers()), default=peak(os.getpid()))
    digest = hashlib.sha256()
    for part in (file.sums, *file.products):
        for field in fields(part):
            if isinstance(table := getattr(part, field.name), np.ndarray):
                digest.update(np.ascontiguousarray(table).tobytes())
    cold, warm, scores = np.diff(marks)
    own = peak(os.getpid())
    return {
        "start": marks[0] - began, "cold": cold, "warm": warm, "scores": scores,
        "worker": worker, "own": own, "digest": digest.hexdigest(),
    }  # fmt: skip


def workers() -> list[int]:
    """Spark's Python workers that hang under this process."""
    parent = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    found, below = [], [os.getpid()]
    while below:
        below = [pid for pid, above in parent.items() if above in below]
        found += [pid for pid in below if b"pyspark" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"-m\0")[2]]
    return found


def peak(pid: int) -> float:
    """Most memory that a process has held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), *sys.argv[2:4], sys.argv[4] if len(sys.argv) > 4 else None)))
