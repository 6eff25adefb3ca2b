"""The engine of many machines: each piece is a Spark task that runs the very code of this process.

Spark hands out the pieces, runs the workers, and does again what a lost machine left undone. A task reads its own rows
and sends back sums or scores, packed; adding up and writing happen here, so the tables are those of the local engine.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from kfl.analysis.engines.ahead import in_order
from kfl.analysis.engines.row_groups import by_row_groups
from kfl.analysis.engines.spark import LOCAL, NoCluster, check_installed, reason_of, spark
from kfl.analysis.problems import AnalysisError
from kfl.analysis.reading import Piece, Source
from kfl.stats import StatsError
from kfl.tables import Problem, WrongFile

if TYPE_CHECKING:
    from pyspark import SparkContext

Result = TypeVar("Result")
Packed = tuple[int, bytes]  # length when unpacked

#: So many pieces are in work or wait to be asked for, however large the cluster is: their results lie in this memory.
MOST_AHEAD = 64


@dataclass(frozen=True)
class Refusal:
    """What a task found wrong, to be said where the analysis was asked for."""

    error: Exception


@dataclass(frozen=True)
class Cluster:
    """A connected cluster."""

    context: SparkContext
    pool: Executor  # of threads that wait for tasks

    def cut(self, source: Source) -> Source:
        """Whole row groups, where the format has them."""
        return by_row_groups(source)

    def over(self, source: Source, work: Callable[[Piece], Result]) -> Iterator[Result]:
        """Do some work for every piece, in the order of the file."""
        sent = self.context.broadcast((source.name, work))
        pieces = self.context.parallelize(source.pieces, len(source.pieces))

        def task(piece: Piece) -> Packed:
            try:
                (packed,) = self.context.runJob(pieces, lambda part: _packed(sent, part), [piece.number])
            except Exception as error:  # Py4J and PySpark have no common one
                raise NoCluster(f"a task of the cluster failed: {reason_of(error)}") from None
            return packed

        return map(_unpacked, in_order(self.pool, task, source.pieces, self._ahead))

    def _ahead(self) -> int:
        # Workers come and go; two tasks for each core, so that none waits for this process.
        return min(MOST_AHEAD, 2 * self.context.defaultParallelism)


def cluster(master: str | None = None) -> AbstractContextManager[Cluster]:
    """The engine, for as long as it is needed.

    Parameters
    ----------
    master : str, optional
        Address of the cluster; workers on this machine unless said.

    Returns
    -------
    context manager of Cluster

    Raises
    ------
    NoCluster
        Something is not installed; on entering, also that the cluster cannot be reached.
    """
    check_installed()
    return _connected(master or LOCAL)


@contextmanager
def _connected(master: str) -> Iterator[Cluster]:
    with spark(master) as context, ThreadPoolExecutor(MOST_AHEAD) as pool:
        yield Cluster(context, pool)


def _packed(sent: Any, pieces: Iterable[Piece]) -> list[Packed]:
    """In a worker: do the work for each piece."""
    import pyarrow

    name, work = sent.value
    results = []
    for piece in pieces:
        try:
            outcome = work(piece)
        except (AnalysisError, WrongFile, StatsError) as error:
            outcome = Refusal(error)
        except OSError as error:
            words = f"a worker cannot read it ({error}); it must lie at the same path on every machine"
            outcome = Refusal(WrongFile(name, [Problem(None, None, words)]))
        content = pickle.dumps(outcome, protocol=5)
        results.append((len(content), pyarrow.compress(content, codec="zstd", asbytes=True)))
    return results


def _unpacked(packed: Packed) -> Any:
    import pyarrow

    length, content = packed
    outcome = pickle.loads(pyarrow.decompress(content, length, codec="zstd", asbytes=True))
    if isinstance(outcome, Refusal):
        raise outcome.error
    return outcome
