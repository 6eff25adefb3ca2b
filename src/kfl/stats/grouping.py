"""Adding up rows of whole-number tables by group, exactly; shared by all mergeable sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import BadAnswers

Int = NDArray[np.int64]
#: Whole numbers: int64, or numbers of Python's own (dtype object), which have no end, where int64 might be too small.
Whole = NDArray[Any]


def checked_index(index: NDArray[np.integer[Any]], groups: int, length: int, lowest: int) -> Int:
    """A group number for each row, as int64, or `BadAnswers`.

    Parameters
    ----------
    index : integer array, shape (length,)
        Group of each row.
    groups, length : int
        How many groups there are; how many rows there must be.
    lowest : int
        0, or -1 where -1 leaves a row out.

    Returns
    -------
    int64 array, shape (length,)

    Raises
    ------
    BadAnswers
        Another shape, not whole numbers, or a group that does not exist.
    """
    index = np.asarray(index)
    if index.shape != (length,) or not np.issubdtype(index.dtype, np.integer):
        raise BadAnswers(f"expected {length} whole group numbers, got shape {index.shape}")
    if length and (index.min() < lowest or index.max() >= groups):
        raise BadAnswers(f"a group number lies outside {lowest}..{groups - 1}")
    return index.astype(np.int64)


def unbounded(table: Whole) -> Whole:
    """The same whole numbers as Python's own, which no sum and no product of them is too large for.

    Parameters
    ----------
    table : int64 or object array
        Whole numbers.

    Returns
    -------
    object array, same shape
    """
    return table.astype(object)


def as_floats(table: Whole) -> NDArray[np.float64]:
    """Whole numbers as the nearest floats, whatever they were kept as.

    Parameters
    ----------
    table : int64 or object array
        Whole numbers under 10³⁰⁸.

    Returns
    -------
    float array, same shape
    """
    return table.astype(np.float64)


def divided(total: Whole, by: Int) -> tuple[Whole, Whole]:
    """The whole number nearest below each quotient, and what is left; numpy's own divmod knows no dtype object.

    Parameters
    ----------
    total : int64 or object array
        Whole numbers.
    by : int64 array, same shape
        Above 0.

    Returns
    -------
    quotient, left : int64 or object arrays, same shape
    """
    quotient = total // by
    return quotient, total - quotient * by


def sum_rows(values: Whole, index: Int, groups: int) -> Whole:
    """Sum the rows of a table into groups.

    Parameters
    ----------
    values : int64 or object array, shape (rows, ...)
        What to add up.
    index : int64 array, shape (rows,)
        Group of each row; -1 leaves the row out.
    groups : int
        How many groups the result has.

    Returns
    -------
    int64 or object array, shape (groups, ...)
        Zero where no row belongs.
    """
    result = np.zeros((groups, *values.shape[1:]), dtype=object if values.dtype == object else np.int64)
    order = np.argsort(index, kind="stable")
    order = order[np.searchsorted(index[order], 0) :]
    if order.size:
        present, starts = np.unique(index[order], return_index=True)
        result[present] = np.add.reduceat(values[order], starts, axis=0)
    return result


def depths(parent: NDArray[np.integer[Any]]) -> Int:
    """Depth of each node of a tree: 0 for a root.

    Parameters
    ----------
    parent : integer array, shape (nodes,)
        Parent's number, parents before children; -1 for a root.

    Returns
    -------
    int64 array, shape (nodes,)

    Raises
    ------
    BadAnswers
        A parent that does not come before its child.
    """
    parent = np.asarray(parent)
    nodes = len(parent)
    parent = checked_index(parent, nodes, nodes, lowest=-1)
    if (parent >= np.arange(nodes)).any():
        raise BadAnswers("parents must come before their children")
    depth = np.zeros(nodes, dtype=np.int64)
    while True:
        deeper = np.where(parent < 0, 0, depth[parent] + 1)
        if np.array_equal(deeper, depth):
            return depth
        depth = deeper
