"""The engine of this process: a thread for each core, so that memory holds a few pieces and the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from kfl.analysis.engines.ahead import in_order
from kfl.analysis.reading import Piece, Source
from kfl.stats.columns import cores

Result = TypeVar("Result")


@dataclass(frozen=True)
class Local:
    """Threads of this process. Reading and summing let go of Python's lock, so they do run side by side."""

    pool: Executor
    threads: int

    def cut(self, source: Source) -> Source:
        """The pieces as they are."""
        return source

    def over(self, source: Source, work: Callable[[Piece], Result]) -> Iterator[Result]:
        """Do some work for every piece, in the order of the file."""
        return in_order(self.pool, work, source.pieces, lambda: self.threads)


@contextmanager
def local() -> Iterator[Local]:
    """The engine, for as long as it is needed.

    Yields
    ------
    Local
    """
    threads = cores()
    with ThreadPoolExecutor(threads) as pool:
        yield Local(pool, threads)
