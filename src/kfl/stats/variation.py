"""How much people differ, from sums of person scores. docs/methods/variation.md."""

from __future__ import annotations

import numpy as np

from kfl.stats.arguments import of_kind
from kfl.stats.grouping import as_floats, divided
from kfl.stats.means import Float
from kfl.stats.sums import ScoreSums


def squares_within(sums: ScoreSums) -> Float:
    """Sum of squared deviations of person scores from their group's mean.

    Parameters
    ----------
    sums : ScoreSums
        For any groups.

    Returns
    -------
    float array, shape (groups, scales)
        In squared scale units; exactly 0 where all have one score, and where nobody is scored.
    """
    of_kind(sums, ScoreSums, "collect or collect_scores")
    people = np.maximum(sums.persons, 1)
    # Measured from the whole number nearest below the mean, so that no digits cancel.
    start, left = divided(sums.score_sum, people)
    about_start = sums.score_square_sum - 2 * start * sums.score_sum + start * start * sums.persons
    return (as_floats(about_start) - as_floats(left) ** 2 / people) / as_floats(sums.units) ** 2


def person_sd(sums: ScoreSums) -> Float:
    """SD (n - 1) of person scores in each group.

    Parameters
    ----------
    sums : ScoreSums
        For any groups. To show it only where n is at least 30 (RULES C.6) is the caller's task.

    Returns
    -------
    float array, shape (groups, scales)
        In the scale's units; NaN where fewer than 2 are scored.
    """
    of_kind(sums, ScoreSums, "collect or collect_scores")
    degrees = np.where(sums.persons >= 2, sums.persons - 1, np.nan)
    return np.sqrt(squares_within(sums) / degrees)
