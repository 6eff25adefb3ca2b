"""Work on a few pieces ahead of the one whose result is asked for, so that memory holds a few of them only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import TypeVar

from kfl.analysis.reading import Piece

Result = TypeVar("Result")


def in_order(
    pool: Executor, work: Callable[[Piece], Result], pieces: Sequence[Piece], ahead: Callable[[], int]
) -> Iterator[Result]:
    """Results in the order of the pieces.

    Parameters
    ----------
    pool : Executor
        Where the work is done.
    work : callable
        Given a piece.
    pieces : sequence of Piece
        All of them.
    ahead : callable
        How many pieces may be in work or waiting to be asked for just now.

    Yields
    ------
    object
        What `work` gave for each piece.
    """
    begun: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            begun.append(pool.submit(work, piece))
            while len(begun) > ahead():
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for one in begun:
            one.cancel()
