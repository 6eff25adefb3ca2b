"""All counties of the scenarios, on as many processes as there are processors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from .scenarios import Scenario, one_county
from .tallies import Counts, Found, Key, together

# Small matrices gain nothing from threads, and processes that each start some stand in each other's way.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
Table = dict[str, dict[Key, Found]]  # by the scenario's name


def run(scenarios: Sequence[Scenario], counties: dict[str, int], processes: int | None = None) -> Table:
    """What comes out of each scenario; the same however many processes share the work."""
    jobs = [(scenario, number) for scenario in scenarios for number in range(counties[scenario.name])]
    with _one_thread(), ProcessPoolExecutor(processes or os.cpu_count(), get_context("spawn")) as pool:
        counted = list(pool.map(_job, jobs, chunksize=1))
    return {scenario.name: together(_of(scenario, jobs, counted)) for scenario in scenarios}


def _job(job: tuple[Scenario, int]) -> Counts:
    return one_county(*job)


def _of(scenario: Scenario, jobs: Sequence[tuple[Scenario, int]], counted: Sequence[Counts]) -> Iterable[Counts]:
    return [counts for (one, _number), counts in zip(jobs, counted, strict=True) if one is scenario]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes started inside have one thread each."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
