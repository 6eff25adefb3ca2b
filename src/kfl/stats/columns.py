"""Answers as the kernel takes them: rows of bytes, people in runs of one group, the work spread over threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import matrix_of_answers, of_kind
from kfl.stats.errors import BadAnswers, BadScale
from kfl.stats.grouping import Int
from kfl.stats.scales import ScaleSpec

Bytes = NDArray[np.uint8]

MISSING = 255
HIGHEST = 126  # code that a byte can hold beside "not answered"
MOST_ITEMS = 1000  # so that a table of every number of gaps and every sum fits in memory
PIECE = 1 << 14  # people at a time where matrices are multiplied
_BLOCK = 1 << 18  # people put in order at a time: a row of them stays in the second cache
_RUN = 8  # people in a run, on average, from which the columns are read as they lie
_WORTH_THREADS = 1 << 21  # answers


class Form(NamedTuple):
    """A scale as compiled code reads it."""

    rows: Int  # of the matrix of bytes
    turned: NDArray[np.bool_]
    low: int
    high: int


class Runs(NamedTuple):
    """People that lie side by side and belong to one group; run r is starts[r]..starts[r + 1] - 1."""

    group: Int  # (runs,)
    starts: Int  # (runs + 1,)


class Block(NamedTuple):
    """Columns of one scale with their runs."""

    columns: Bytes
    form: Form
    runs: Runs


def form_of(scale: ScaleSpec) -> Form:
    """The scale's rows, marks and codes."""
    return Form(np.array(scale.items, dtype=np.int64), np.array(scale.turned), scale.low, scale.high)


def as_bytes(answers: NDArray[np.integer[Any]], scales: Sequence[ScaleSpec]) -> Bytes:
    """Answers as a C-ordered matrix of bytes, 255 where not answered; a view where they are int8 already.

    Codes of int8 answers are checked by the kernel as it reads them; others are checked here.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scales : sequence of ScaleSpec
        Rows that none of them names are not looked at.

    Returns
    -------
    uint8 array, shape (items, people)
        Read-only.

    Raises
    ------
    BadScale
        Codes that do not fit in a byte beside "not answered", or thousands of items.
    BadAnswers
        No matrix of whole numbers, a row is missing, or (other than int8) a code outside its scale.
    """
    answers = matrix_of_answers(answers)
    for scale in scales:
        of_kind(scale, ScaleSpec, "its own name")
        if scale.high > HIGHEST:
            raise BadScale(f"scale {scale.key!r} has codes above {HIGHEST}")
        if len(scale.items) > MOST_ITEMS:
            raise BadScale(f"scale {scale.key!r} has more than {MOST_ITEMS} items")
        if max(scale.items) >= answers.shape[0]:
            refuse(answers, scale)
    if answers.dtype == np.int8:
        small = np.ascontiguousarray(answers).view(np.uint8)
    else:
        small = np.zeros(answers.shape, dtype=np.uint8)
        for scale in scales:
            for row in scale.items:
                small[row] = item_codes(answers, row, scale).astype(np.int8).view(np.uint8)
    small = small.view()
    small.flags.writeable = False  # numba compiles anew for another kind of array
    return small


def item_codes(answers: NDArray[np.integer[Any]], row: int, scale: ScaleSpec) -> NDArray[np.integer[Any]]:
    """One item's row of answers, after checking that the scale allows every code in it.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    row : int
        Which item.
    scale : ScaleSpec
        Says which codes are allowed.

    Returns
    -------
    integer array, shape (people,)
        A view, not a copy.

    Raises
    ------
    BadAnswers
        The row does not exist, or a code is neither -1 nor within the scale.
    """
    of_kind(scale, ScaleSpec, "its own name")
    answers = matrix_of_answers(answers)
    if row >= answers.shape[0]:
        raise BadAnswers(f"scale {scale.key!r} names row {row}, but there are {answers.shape[0]} rows")
    codes: NDArray[np.integer[Any]] = answers[row]
    # int8 counts would wrap if -1 came in as 255; unsigned matrices cannot hold "not answered" at all.
    if codes.size and (codes.max() > scale.high or ((codes < scale.low) & (codes != -1)).any()):
        raise BadAnswers(f"scale {scale.key!r}, row {row}: a code outside {scale.low}..{scale.high}")
    return codes


def refuse(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> None:
    """Raise `BadAnswers` for the first row of the scale that has a code outside it, and name both."""
    for row in scale.items:
        item_codes(answers, row, scale)


def distances(codes: Bytes, form: Form) -> Bytes:
    """Distances of a scale's own rows from its low end, turned where it is; above high - low for codes outside."""
    far: Bytes = np.where(form.turned[:, np.newaxis], np.uint8(form.high) - codes, codes - np.uint8(form.low))
    return far


def exact_floats(scale: ScaleSpec) -> type[np.floating[Any]]:
    """Floats that hold every sum of products of distances over `PIECE` people exactly, in any order of adding."""
    return np.float32 if PIECE * (scale.high - scale.low) ** 2 <= 1 << 24 else np.float64


def blocks(columns: Bytes, scale: ScaleSpec, order: Sequence[tuple[Int | None, Runs]]) -> Iterator[Block]:
    """A scale's columns, block by block, each in the order of its groups.

    Parameters
    ----------
    columns : uint8 array, shape (items, people)
        From `as_bytes`.
    scale : ScaleSpec
        Its rows are those of `columns`.
    order : sequence of (order, runs)
        From `in_runs`.

    Yields
    ------
    Block
        Where people had to be put in order, `columns` holds the scale's own rows alone.
    """
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    form = form_of(scale)
    for people, runs in order:
        if people is None:
            yield Block(columns, form, runs)
        else:
            sorted_rows = np.empty((len(scale.items), len(people)), dtype=np.uint8)
            kernel.gather(columns, form.rows, people, sorted_rows)
            sorted_rows.flags.writeable = False
            yield Block(sorted_rows, form._replace(rows=np.arange(len(scale.items))), runs)


def in_runs(group: Int) -> list[tuple[Int | None, Runs]]:
    """Find the runs of people who belong to one group, putting people in order where they are mixed.

    Parameters
    ----------
    group : int64 array, shape (people,)
        Group of each person.

    Returns
    -------
    list of (order, runs)
        One pair with order None where groups already lie together; else one for each block of people,
        `order` being their numbers, sorted by group.
    """
    whole = _runs(group)
    if len(whole.group) * _RUN <= len(group) or len(group) < _RUN:
        return [(None, whole)]
    parts: list[tuple[Int | None, Runs]] = []
    for first in range(0, len(group), _BLOCK):
        part = group[first : first + _BLOCK]
        # numpy sorts 16-bit numbers by counting, many times as fast as others.
        order = np.argsort((part & 0xFFFF).astype(np.uint16), kind="stable")
        if part.max() > 0xFFFF:
            order = order[np.argsort(part[order], kind="stable")]
        parts.append((order + first, _runs(part[order])))
    return parts


def _runs(group: Int) -> Runs:
    edges = np.flatnonzero(group[1:] != group[:-1]) + 1
    starts = np.concatenate([np.zeros(min(1, len(group)), dtype=np.int64), edges, [len(group)]])
    return Runs(group[starts[:-1]], starts)


def spread(work: Callable[[int], bool], parts: int, answers: int) -> list[bool]:
    """Do `work(0)`, `work(1)`, … on as many threads as there are cores, and give back what they say, in order.

    Parameters
    ----------
    work : function of int
        Lets go of Python's lock while it works.
    parts : int
        How many calls.
    answers : int
        How many answers they look at together; few are not worth a thread.

    Returns
    -------
    list of bool
    """
    threads = min(parts, cores())
    if threads < 2 or answers < _WORTH_THREADS:
        return [work(part) for part in range(parts)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(parts)))


def cores() -> int:
    """Cores that this process may use; `KFL_CORES` says fewer, where other processes work beside it."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(own, int(os.environ.get("KFL_CORES", own))))
