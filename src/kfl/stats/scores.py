"""Person scores: the mean of the answered items, for those who answered at least half of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import BadAnswers
from kfl.stats.scales import ScaleSpec


def person_totals(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
    people = answers.shape[1]
    answered = np.zeros(people, dtype=np.int64)
    total = np.zeros(people, dtype=np.int64)
    for row, turned in zip(scale.items, scale.turned, strict=True):
        codes = item_codes(answers, row, scale)
        given = codes >= 0
        answered += given
        value = scale.low + scale.high - codes.astype(np.int64) if turned else codes
        total += np.where(given, value, 0)
    return answered, total


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
    if answers.ndim != 2 or not np.issubdtype(answers.dtype, np.integer):
        raise BadAnswers("answers must be a matrix of whole numbers, items by people")
    if row >= answers.shape[0]:
        raise BadAnswers(f"scale {scale.key!r} names row {row}, but there are {answers.shape[0]} rows")
    codes: NDArray[np.integer[Any]] = answers[row]
    # int8 counts would wrap if -1 came in as 255; unsigned matrices cannot hold "not answered" at all.
    if codes.size and (codes.max() > scale.high or ((codes < scale.low) & (codes != -1)).any()):
        raise BadAnswers(f"scale {scale.key!r}, row {row}: a code outside {scale.low}..{scale.high}")
    return codes


def person_scores(answers: NDArray[np.integer[Any]], scale: ScaleSpec) -> NDArray[np.float64]:
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
    answered, total = person_totals(answers, scale)
    scores = np.full(answered.shape, np.nan)
    scored = answered >= scale.enough
    scores[scored] = total[scored] / answered[scored]
    return scores
