"""How much people differ: SD of person scores, SD within blocks, intraclass correlation.

All from sums of person scores. docs/methods/variation.md.
"""

from __future__ import annotations

import numpy as np

from kfl.stats.grouping import as_floats, divided
from kfl.stats.kinds import of_kind
from kfl.stats.means import Float, person_means
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
        For any groups. To show it only where n is at least 30 (RULES C.5) is the caller's task.

    Returns
    -------
    float array, shape (groups, scales)
        In the scale's units; NaN where fewer than 2 are scored.
    """
    of_kind(sums, ScoreSums, "collect or collect_scores")
    degrees = np.where(sums.persons >= 2, sums.persons - 1, np.nan)
    return np.sqrt(squares_within(sums) / degrees)


def pooled_within_sd(blocks: ScoreSums) -> Float:
    """SD of person scores within blocks, pooled over all blocks: s of RULES C.3.

    Parameters
    ----------
    blocks : ScoreSums
        One group a block (the lowest groups of a wave).

    Returns
    -------
    float array, shape (scales,)
        sqrt(sum of squares within / (persons - blocks with persons)), in the scale's units;
        NaN where no block has two persons.
    """
    of_kind(blocks, ScoreSums, "collect or collect_scores")
    degrees = blocks.persons.sum(axis=0) - (blocks.persons > 0).sum(axis=0)
    variance: Float = squares_within(blocks).sum(axis=0) / np.where(degrees > 0, degrees, np.nan)
    return np.sqrt(variance)


def intraclass_correlation(blocks: ScoreSums) -> Float:
    """Share of the differences between people that lies between blocks, by one-way ANOVA.

    Parameters
    ----------
    blocks : ScoreSums
        One group a block: all blocks of one level, over the whole wave.

    Returns
    -------
    float array, shape (scales,)
        Between 0 and 1 (estimates outside are set to the nearest end); NaN where fewer than two blocks
        have scored persons, no block has two, or everybody has one score.

    References
    ----------
    Donner (1986) International Statistical Review 54:67-82, the analysis-of-variance estimator.
    Same values as R's anova table: tests/stats/reference/variation.R
    """
    of_kind(blocks, ScoreSums, "collect or collect_scores")
    persons = blocks.persons.astype(np.float64)
    people = persons.sum(axis=0)
    count = (blocks.persons > 0).sum(axis=0).astype(np.float64)
    count[count < 2] = np.nan
    degrees = people - count
    degrees[degrees < 1] = np.nan
    total = as_floats(blocks.score_sum.sum(axis=0))
    middle = total / (np.where(people > 0, people, np.nan) * as_floats(blocks.units))
    from_middle = np.where(blocks.persons > 0, person_means(blocks) - middle, 0.0)
    between = (persons * from_middle**2).sum(axis=0) / (count - 1)
    within = squares_within(blocks).sum(axis=0) / degrees
    usual_size = (people - (persons**2).sum(axis=0) / np.where(people > 0, people, np.nan)) / (count - 1)
    spread = between + (usual_size - 1) * within
    spread[~(spread > 0)] = np.nan
    estimate: Float = (between - within) / spread
    return np.clip(estimate, 0.0, 1.0)
