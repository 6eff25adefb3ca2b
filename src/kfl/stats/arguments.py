"""What may be handed to the functions of `kfl.stats`, and what is said of anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import BadAnswers, WrongKind
from kfl.stats.scales import ScaleSpec

_FRAMES = "; `kfl.stats.labelling.answers_of` makes one from a frame"


def of_kind(thing: object, kind: type | tuple[type, ...], made_by: str) -> None:
    """Refuse another kind of thing than a function takes.

    Parameters
    ----------
    thing : object
        What was handed over.
    kind : type or tuple of type
        What it must be.
    made_by : str
        Which functions make such a thing.

    Raises
    ------
    WrongKind
        Naming both kinds, and what makes the one that is wanted.
    """
    if not isinstance(thing, kind):
        names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise WrongKind(f"expected {names}, made by {made_by}; got {_described(thing)}")


def matrix_of_answers(answers: object) -> NDArray[np.integer[Any]]:
    """Answers as they are, where they are a matrix of whole numbers.

    Parameters
    ----------
    answers : object
        What was handed over.

    Returns
    -------
    integer array, shape (items, people)

    Raises
    ------
    WrongKind
        No numpy array.
    BadAnswers
        No matrix, or not of whole numbers.
    """
    if not isinstance(answers, np.ndarray):
        raise WrongKind(f"answers must be a numpy matrix, items by people{_FRAMES}; got {_described(answers)}")
    if answers.ndim != 2:
        raise BadAnswers(f"answers must be a matrix of whole numbers, items by people; got shape {answers.shape}")
    if not np.issubdtype(answers.dtype, np.integer):
        blank = " (not answered is -1, not NaN)" if np.issubdtype(answers.dtype, np.floating) else ""
        raise BadAnswers(
            f"answers must be a matrix of whole numbers, items by people{blank}; got {answers.dtype}{_FRAMES}"
        )
    return answers


def items_by_people(answers: object, named: Iterable[int]) -> None:
    """Refuse a matrix that is more likely people by items: both ways would hold the rows, and it has more of them.

    For functions that are told of no group, whose length would show which side the people are on.

    Parameters
    ----------
    answers : object
        What was handed over.
    named : iterable of int
        Rows that are asked for.

    Raises
    ------
    WrongKind, BadAnswers
        As `matrix_of_answers`, or more rows than columns though the columns are enough for the rows asked for.
    """
    rows, columns = matrix_of_answers(answers).shape
    if rows > columns > max(named, default=0):
        raise BadAnswers(
            f"answers with {rows} rows and {columns} columns look like people by items; items by people is wanted: "
            f"hand over answers.T, or, where they are indeed {columns} people, the scale's own rows alone"
        )


def rows_of(scales: Iterable[ScaleSpec]) -> list[int]:
    """All rows that scales name.

    Parameters
    ----------
    scales : iterable of ScaleSpec
        What was handed over.

    Returns
    -------
    list of int

    Raises
    ------
    WrongKind
        Something that is no scale.
    """
    rows: list[int] = []
    for scale in scales:
        of_kind(scale, ScaleSpec, "its own name")
        rows += scale.items
    return rows


def for_each_person(group: object, answers: object) -> None:
    """Refuse answers whose rows, not columns, are as many as there are groups given.

    Parameters
    ----------
    group : object
        One number for each person.
    answers : object
        Their answers, as handed over.

    Raises
    ------
    WrongKind, BadAnswers
        As `matrix_of_answers`, or the answers lie people by items.
    """
    rows, columns = matrix_of_answers(answers).shape
    if np.asarray(group).shape == (rows,) != (columns,):
        raise BadAnswers(
            f"there is a group for each of {rows} rows: answers lie people by items; "
            "items by people is wanted: hand over answers.T"
        )


def loading_pattern(pattern: object, items: int) -> NDArray[np.bool_]:
    """Which items load on which factors, as true and false; 1 and 0 will do.

    Parameters
    ----------
    pattern : object
        What was handed over.
    items : int
        How many rows it must have.

    Returns
    -------
    bool array, shape (items, factors)

    Raises
    ------
    WrongKind
        No matrix, or something else than true and false, 1 and 0.
    BadAnswers
        Another number of rows, or a factor without items.
    """
    marks = np.asarray(pattern)
    if marks.ndim != 2 or marks.dtype.kind not in "biuf" or not np.isin(marks, (0, 1)).all():
        words = "a pattern is a matrix, items by factors, of true and false (or 1 and 0)"
        raise WrongKind(f"{words}; got {_described(pattern)}")
    if marks.shape[0] != items or not (marks != 0).any(axis=0).all() or not marks.shape[1]:
        raise BadAnswers(f"the pattern must have {items} rows and an item for each factor; got shape {marks.shape}")
    return marks.astype(bool)


def _described(thing: object) -> str:
    kind = type(thing)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__.split('.')[0]}.{kind.__name__}"
    shape = getattr(thing, "shape", None)
    return f"{name} of shape {shape}" if isinstance(shape, tuple) else name
