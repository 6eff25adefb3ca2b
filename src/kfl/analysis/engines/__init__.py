"""Who goes through the pieces of a file: this process, or a cluster. All give the same whole numbers.

An engine is a function from a source and a plan to `FileSums`. It may read the pieces in any order and anywhere, with
`sum_piece`, and adds the results up; `FileSums` are exact, so nobody can tell which engine made them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kfl.analysis.collecting import FileSums, Plan
from kfl.analysis.problems import WrongOption
from kfl.analysis.reading import Piece, Source

#: Told of each piece when it is done.
Done = Callable[[Piece], object]

NAMES = ("local", "cluster")


class Engine(Protocol):
    """Sums all pieces of a file."""

    def __call__(self, source: Source, plan: Plan, done: Done) -> FileSums:
        """Sum a file; bad cells are in the result, and are the caller's to refuse."""


def engine_named(name: str, master: str | None = None) -> Engine:
    """An engine.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    master : str, optional
        Address of the cluster, for "cluster" alone.

    Returns
    -------
    Engine

    Raises
    ------
    WrongOption
        A name that is none, a master for an engine without one, or an engine that is not installed.
    """
    if master is not None and name != "cluster":
        raise WrongOption("--master goes with --engine cluster")
    if name == "local":
        from kfl.analysis.engines.local import sum_file

        return sum_file
    raise WrongOption(f"there is no engine {name!r}: choose one of {', '.join(NAMES)}")
