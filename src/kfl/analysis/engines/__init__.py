"""Who goes through the pieces of a file: this process, or a cluster. All give the same whole numbers.

An engine does one piece of work for every piece of a file, wherever it likes, and hands the results back in the order
of the file. What is done with them, adding up or writing, is the same for every engine, so nobody can tell which
engine made a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol, TypeVar

from kfl.analysis.collecting import FileSums, SumPlan, add_up, sum_piece
from kfl.analysis.problems import WrongOption
from kfl.analysis.reading import Piece, Source

#: Told of each piece when it is done.
Done = Callable[[Piece], object]
Result = TypeVar("Result")

NAMES = ("local", "cluster")


class Engine(Protocol):
    """Works through the pieces of a file."""

    def cut(self, source: Source) -> Source:
        """The same file in the pieces that suit the engine.

        Parameters
        ----------
        source : Source
            The file.

        Returns
        -------
        Source
        """

    def over(self, source: Source, work: Callable[[Piece], Result]) -> Iterator[Result]:
        """Do some work for every piece of a file.

        Parameters
        ----------
        source : Source
            The file.
        work : callable
            Can be pickled, and so can what it gives.

        Yields
        ------
        object
            What `work` gave for each piece, in the order of the file. Only a few are ready ahead of the one asked for.
        """


def engine_named(name: str, master: str | None = None) -> AbstractContextManager[Engine]:
    """An engine, started by ``with`` and stopped at its end.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    master : str, optional
        Address of the cluster, for "cluster" alone.

    Returns
    -------
    context manager of Engine

    Raises
    ------
    WrongOption
        A name that is none, or a master for an engine without one.
    NoCluster
        The engine is not installed.
    """
    if name == "cluster":
        from kfl.analysis.engines.cluster import cluster

        return cluster(master)
    if master is not None:
        raise WrongOption("--master goes with --engine cluster")
    if name != "local":
        raise WrongOption(f"there is no engine {name!r}: choose one of {', '.join(NAMES)}")
    from kfl.analysis.engines.local import local

    return local()


def sum_file(engine: Engine, source: Source, plan: SumPlan, done: Done) -> FileSums:
    """Sum a file.

    Parameters
    ----------
    engine : Engine
        Who does it.
    source : Source
        The file; it has at least one piece.
    plan : Plan
        What to sum.
    done : callable
        Told of each piece when it is summed.

    Returns
    -------
    FileSums
        The same for every engine and any pieces; bad cells are in it, and are the caller's to refuse.
    """

    def parts() -> Iterator[FileSums]:
        sums = engine.over(source, partial(sum_piece, source, plan=plan))
        for piece, part in zip(source.pieces, sums, strict=True):
            yield part
            done(piece)

    return add_up(parts())
