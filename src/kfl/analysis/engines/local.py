"""The engine of this process: one piece after the other, so that memory holds one piece and the sums."""

from __future__ import annotations

from kfl.analysis.collecting import FileSums, Plan, sum_piece
from kfl.analysis.engines import Done
from kfl.analysis.reading import Source


def sum_file(source: Source, plan: Plan, done: Done) -> FileSums:
    """Sum a file piece by piece.

    Parameters
    ----------
    source : Source
        The file; it has at least one piece.
    plan : Plan
        What to sum.
    done : callable
        Told of each piece when it is done.

    Returns
    -------
    FileSums
    """
    whole: FileSums | None = None
    for piece in source.pieces:
        part = sum_piece(source, piece, plan)
        whole = part if whole is None else whole + part
        done(piece)
    if whole is None:
        raise ValueError(f"{source.name} has no rows")
    return whole
