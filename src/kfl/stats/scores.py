"""Person scores: the mean of the answered items, for those who answered at least half of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import items_by_people, rows_of
from kfl.stats.columns import as_bytes, form_of, refuse, spread
from kfl.stats.columns import item_codes as item_codes
from kfl.stats.grouping import Int
from kfl.stats.scales import ScaleSpec

Float = NDArray[np.float64]


def person_totals(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> tuple[Int, Int]:
    """How many of a scale's items each person answered, and the sum of those answers.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered. Turned items are turned here.
    scale : ScaleSpec
        Names the rows.

    Returns
    -------
    answered, total : int64 arrays, shape (people,)
        Both count answered items only.

    Raises
    ------
    BadAnswers
        A row is missing, or holds a code that is neither -1 nor within the scale.
    """
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    columns = as_bytes(answers, [scale])
    missing, distance = np.empty((2, columns.shape[1]), dtype=np.int32)
    if not kernel.sheets(columns, form_of(scale), missing, distance):
        refuse(answers, scale)
    answered = len(scale.items) - missing.astype(np.int64)
    return answered, distance + scale.low * answered


def person_scores(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> Float:
    """Score of each person on one scale, in the scale's own units (``low`` to ``high``).

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    float array, shape (people,)
        Mean of the answered items, turned items turned; NaN for who answered fewer than half.

    Raises
    ------
    BadAnswers
        A row is missing, or holds a code outside the scale.

    Notes
    -----
    A group's result is *not* the mean of these: see `scale_means`. docs/methods/person-scores.md.

    Examples
    --------
    >>> mood = ScaleSpec("mood", items=(0, 1, 2), turned=(False, False, True), low=1, high=5)
    >>> person_scores(np.array([[5, 4, -1], [4, -1, -1], [2, 2, 3]]), mood)
    array([4.33333333, 4.        ,        nan])
    """
    items_by_people(answers, rows_of([scale]))
    scores: Float = scores_of_sheets(answers, [scale])[0]
    return scores


def scores_of_sheets(answers: NDArray[np.integer[Any]], scales: Sequence[ScaleSpec]) -> Float:
    """Scores as `person_scores` gives them, on many scales, of answers that are known to lie items by people.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scales : sequence of ScaleSpec
        Their rows, turned marks and codes.

    Returns
    -------
    float array, shape (scales, people)

    Raises
    ------
    BadAnswers
        A row is missing, or holds a code outside its scale.
    """
    return by_sheet(answers, scales, lambda _, scores: scores)


def sheet_scores(scale: ScaleSpec) -> Float:
    """Score of every sheet there can be, by its number of gaps and its sum of distances from `low`.

    They are so few that people look theirs up, and each score is divided once.

    Parameters
    ----------
    scale : ScaleSpec
        Its number of items and its codes.

    Returns
    -------
    float array, shape (items + 1, items · (high - low) + 1)
        In the scale's units; NaN where fewer than half of the items are answered.
    """
    items = len(scale.items)
    answered = items - np.arange(items + 1)[:, np.newaxis]
    total = scale.low * answered + np.arange((scale.high - scale.low) * items + 1)
    scores: Float = np.where(answered >= scale.enough, total / np.maximum(answered, 1), np.nan)
    return scores


def by_sheet(
    answers: NDArray[np.integer[Any]], scales: Sequence[ScaleSpec], measure: Callable[[int, Float], Float]
) -> Float:
    """Every person's score on every scale, measured in some way.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    scales : sequence of ScaleSpec
        Their rows, turned marks and codes.
    measure : function of int and float array
        Given the number of a scale and scores of any shape, the same scores as they shall be.

    Returns
    -------
    float array, shape (scales, people)

    Raises
    ------
    BadAnswers
        A row is missing, or holds a code outside its scale.
    """
    from kfl.stats import kernel  # imports numba: the portal's web process does without

    columns = as_bytes(answers, scales)
    result = np.empty((len(scales), columns.shape[1]))

    def fill(number: int) -> bool:
        table = measure(number, sheet_scores(scales[number])).ravel()
        return bool(kernel.look_up(columns, form_of(scales[number]), table, result[number]))

    for scale, good in zip(scales, spread(fill, len(scales), answers.size), strict=True):
        if not good:
            refuse(answers, scale)
    return result
