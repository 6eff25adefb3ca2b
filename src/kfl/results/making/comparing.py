"""Each node against the rest of a level above it: two whole numbers that are shown, and how far apart they are.

Everything is in points. What is said of a difference is judged with the rest of its page's family (`verdicts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl import stats

from .computed import Float
from .sheet_arrays import Bool, Int
from .variance_levels import level_of

GRADE = "grade"


@dataclass(frozen=True, eq=False)
class ShownNumbers:
    """The shown numbers of a form by node and scale, as comparisons need them; NaN where nothing is shown."""

    n: Int
    means: Float  # in scale units, unrounded
    points: Float  # whole
    shares: stats.BlockShares
    d: Float  # (inner, nodes, scales) as stored
    spread: stats.Spread  # in points
    to_points: stats.ReferenceMoments
    height: Float  # (nodes, scales) variance between units on the way from the node to the top, in squared points


@dataclass(frozen=True, eq=False)
class AgainstRest:
    """Nodes against the rest of a level above; arrays of shape (nodes, scales), NaN where nothing is compared."""

    node: Int  # the level compared with, -1 = none
    rest: Float  # points of that level without the node, whole
    rest_se: Float
    apart: Float  # the difference of the two whole numbers
    se: Float  # of the difference
    prior: Float  # variance of such differences where places differ as in the reference
    p: Float


def against(shown: ShownNumbers, whole: Int) -> AgainstRest:
    """Every node against the rest of the level that `whole` names for it (-1 = none), scale by scale."""
    there = whole >= 0
    column = np.arange(whole.shape[1])
    of = np.maximum(whole, 0)
    n = np.where(there, shown.n, 0)
    rest_n, rest_mean = stats.rest(n, shown.means, np.where(there, shown.n[of, column], 0), shown.means[of, column])
    rest = np.rint(stats.points(rest_mean, shown.to_points))
    rest_d = shown.shares.of_rest(whole)
    left = np.nan_to_num(rest_n)
    rest_se = np.sqrt(shown.spread.variance(left, rest, rest_d))
    apart = shown.points - rest
    within = shown.spread.within((shown.points + rest) / 2)
    people = np.where(n > 0, n, np.nan)
    se = np.sqrt(within * (1 / people + 1 / rest_n) + shown.spread.of_blocks(shown.d + rest_d))
    prior = np.where(there, shown.height - shown.height[of, column], np.nan)
    node = np.where(np.isfinite(apart) & np.isfinite(se), whole, -1)
    return AgainstRest(node, rest, rest_se, apart, se, prior, stats.two_sided(apart, se))


def height(kind: NDArray[np.str_], parent: Int, between: Float) -> Float:
    """Summed from the top: the variance between units of each node's own level and of all levels above it."""
    level = level_of(kind)
    own = np.where((level >= 0)[:, np.newaxis], between[np.maximum(level, 0)], 0.0)
    total = own.copy()
    for node in range(1, len(parent)):  # parents come before their children
        total[node] += total[parent[node]]
    return total


def level_above(parent: Int, kind: NDArray[np.str_], shown: Bool, answers: NDArray[Any]) -> Int:
    """The level above of RULES C.4: past grades, past what is hidden, past what holds the same answers."""
    is_grade = np.append(kind == GRADE, False)  # the last place stands for "no parent"
    step = parent.copy()
    while is_grade[step].any():
        step = np.where(is_grade[step], parent[step], step)
    above = np.where(shown, step[:, np.newaxis], -1)
    column = np.arange(shown.shape[1])
    while True:
        useless = (above >= 0) & (~shown[above, column] | (answers[above, column] == answers))
        if not useless.any():
            return np.asarray(above)
        above = np.where(useless, step[above], above)


def the_top(above: Int, shown: Bool, answers: NDArray[Any]) -> Int:
    """The top, where it is another node than the level above and holds other people."""
    between = np.maximum(above, 0)
    useful = shown & shown[0] & (above > 0) & (answers[between, np.arange(shown.shape[1])] != answers[0])
    return np.where(useful, 0, -1)
