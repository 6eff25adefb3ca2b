"""Person scores of each group as n, mean and spread: all that comparisons of groups need of them.

Made from exact sums of answers or from measured values, in scale units or in points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import of_kind
from kfl.stats.errors import BadAnswers
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float, person_means
from kfl.stats.reference import ReferenceMoments, points, points_apart
from kfl.stats.sums import ScoreSums
from kfl.stats.variation import squares_within


@dataclass(frozen=True, eq=False)
class GroupScores:
    """Person scores of each group, arrays of shape (groups, scales)."""

    persons: Int  # people scored
    mean: Float  # of their scores; NaN where nobody is scored
    squares: Float  # sum of squared deviations from that mean; 0 where nobody is scored

    def in_points(self, by: ReferenceMoments) -> GroupScores:
        """The same in points: 500 and 100 are the reference's mean and SD.

        Parameters
        ----------
        by : Reference
            Of the same scales, in the same order.

        Returns
        -------
        GroupScores
        """
        return replace(self, mean=points(self.mean, by), squares=points_apart(points_apart(self.squares, by), by))

    def take(self, groups: NDArray[np.integer[Any]]) -> GroupScores:
        """Only these groups, in this order.

        Parameters
        ----------
        groups : integer array, shape (chosen,)
            Numbers of groups.

        Returns
        -------
        GroupScores
        """
        return GroupScores(self.persons[groups], self.mean[groups], self.squares[groups])

    def regroup(self, index: NDArray[np.integer[Any]], groups: int) -> GroupScores:
        """Put groups together into other groups.

        Parameters
        ----------
        index : integer array, shape (old groups,)
            New group of each old one; -1 leaves it out.
        groups : int
            How many new groups.

        Returns
        -------
        GroupScores
            With `groups` groups.

        Raises
        ------
        BadAnswers
            An index of another length, or outside -1..groups-1.
        """
        to = checked_index(index, groups, len(self.persons), lowest=-1)
        persons = sum_rows(self.persons, to, groups)
        people = self.persons.astype(np.float64)
        held = people > 0
        mean = sum_by(people * np.where(held, self.mean, 0.0), to, groups) / np.where(persons > 0, persons, np.nan)
        apart = np.where(held & (to >= 0)[:, np.newaxis], self.mean - mean[to], 0.0)
        return GroupScores(persons, mean, sum_by(self.squares + people * apart**2, to, groups))


def group_scores(sums: ScoreSums) -> GroupScores:
    """Person scores of each group, in scale units.

    Parameters
    ----------
    sums : ScoreSums or Sums
        For any groups.

    Returns
    -------
    GroupScores
    """
    of_kind(sums, ScoreSums, "collect or collect_scores")
    return GroupScores(sums.persons, person_means(sums), squares_within(sums))


def group_values(values: Float, group: NDArray[np.integer[Any]], groups: int) -> GroupScores:
    """Measured values (marks, test results, scores made elsewhere) by group.

    Parameters
    ----------
    values : float array, shape (people, scales)
        NaN = not measured.
    group : integer array, shape (people,)
        Group of each person; -1 leaves the person out.
    groups : int
        How many groups.

    Returns
    -------
    GroupScores

    Raises
    ------
    BadAnswers
        Values that are no matrix, or a group that does not exist.

    Examples
    --------
    >>> group_values(np.array([[1.0], [3.0], [8.0]]), np.array([0, 0, 1]), 2).mean
    array([[2.],
           [8.]])
    """
    of_kind(values, np.ndarray, "numpy.asarray")
    if values.ndim != 2:
        raise BadAnswers("values must be a matrix, people by scales")
    people = (~np.isnan(values)).astype(np.int64)
    each = GroupScores(people, np.where(people == 1, values, np.nan), np.zeros(values.shape))
    return each.regroup(group, groups)


def sum_by(values: Float, index: Int, groups: int) -> Float:
    """Sum the rows of a table of real numbers into groups.

    Parameters
    ----------
    values : float array, shape (rows, scales)
        What to add up.
    index : int64 array, shape (rows,)
        Group of each row; -1 leaves the row out.
    groups : int
        How many groups.

    Returns
    -------
    float array, shape (groups, scales)
        Zero where no row belongs.
    """
    to = index + 1  # group 0 takes those left out
    columns = [np.bincount(to, column, minlength=groups + 1)[1:] for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((groups, 0))
