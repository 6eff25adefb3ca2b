"""Means of person scores with intervals that know that people of one school resemble each other.

docs/methods/clustered-means.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from kfl.stats.arguments import of_kind
from kfl.stats.group_scores import GroupScores, sum_by
from kfl.stats.grouping import Int, checked_index, sum_rows
from kfl.stats.means import Float


@dataclass(frozen=True, eq=False)
class ClusterMean:
    """Means of person scores in groups, arrays of shape (groups, scales), in the scores' unit."""

    n: Int  # persons scored
    clusters: Int  # independent clusters among them
    mean: Float  # NaN where nobody is scored
    sd: Float  # n - 1; NaN with fewer than 2 persons
    se: Float  # of the mean; NaN with fewer than 2 clusters, and so are low and high
    low: Float  # lower end of the 95 % interval
    high: Float


def cluster_mean(clusters: GroupScores, group: NDArray[np.integer[Any]] | None = None, groups: int = 1) -> ClusterMean:
    """Mean of person scores with a cluster-robust 95 % interval (CR1, t with clusters - 1).

    Parameters
    ----------
    clusters : GroupScores
        A group a cluster, for instance a school; for a mean of one side of a split, a school's girls.
    group : integer array, shape (clusters,), optional
        Which mean each cluster enters; -1 for none. By default all enter one.
    groups : int
        How many means there are.

    Returns
    -------
    ClusterMean
        Clusters without scored persons do not count. Who has each person as a cluster of its own gets
        s/√n and t(n - 1): see `person_mean`.

    Raises
    ------
    BadAnswers
        `group` has another length or lies outside -1..groups-1.

    References
    ----------
    Liang & Zeger (1986) Biometrika 73:13-22; Cameron & Miller (2015) Journal of Human Resources 50:317-372.
    Same values as R's lm with sandwich::vcovCL (HC1): tests/stats/reference/clustered.R

    Examples
    --------
    >>> from kfl.stats import group_values
    >>> schools = group_values(np.array([[1.0], [2.0], [4.0], [5.0], [6.0]]), np.array([0, 0, 1, 1, 2]), 3)
    >>> cluster_mean(schools).se.round(4)
    array([[1.2643]])
    """
    of_kind(clusters, GroupScores, "group_scores or group_values")
    to = np.zeros(len(clusters.persons), dtype=np.int64) if group is None else group
    to = checked_index(to, groups, len(clusters.persons), lowest=-1)
    whole = clusters.regroup(to, groups)
    held = clusters.persons > 0
    count = sum_rows(held.astype(np.int64), to, groups)
    # A cluster's residuals, summed.
    pull = np.where(held, clusters.persons * (clusters.mean - whole.mean[to]), 0.0)
    squares = sum_by(pull**2, to, groups)
    with np.errstate(invalid="ignore"):
        meat = squares / whole.persons.astype(np.float64) ** 2
    return _with_interval(whole, count, meat)


def person_mean(scores: GroupScores) -> ClusterMean:
    """Mean of person scores where every person counts alone: se = s/√n, t with n - 1.

    Parameters
    ----------
    scores : GroupScores
        Any groups.

    Returns
    -------
    ClusterMean
        The same groups; `clusters` equals `n`.

    References
    ----------
    Student (1908) Biometrika 6:1-25. Same values as R's t.test: tests/stats/reference/clustered.R
    """
    of_kind(scores, GroupScores, "group_scores or group_values")
    with np.errstate(invalid="ignore"):
        meat = scores.squares / scores.persons.astype(np.float64) ** 2
    return _with_interval(scores, scores.persons, meat)


def _with_interval(whole: GroupScores, clusters: Int, meat: Float) -> ClusterMean:
    """Mean, SD and interval; `meat` is the sum of squared summed residuals, divided by n²."""
    degrees = np.where(clusters > 1, clusters - 1.0, np.nan)
    se = np.sqrt(clusters / degrees * meat)
    half = stdtrit(degrees, 0.975) * se
    sd = np.sqrt(whole.squares / np.where(whole.persons > 1, whole.persons - 1.0, np.nan))
    return ClusterMean(whole.persons, clusters, whole.mean, sd, se, whole.mean - half, whole.mean + half)
