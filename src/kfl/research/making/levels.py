"""How much of the differences lies between classes, schools …: over shown groups and complete sheets alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan

import numpy as np

from kfl import stats
from kfl.results.making.computed import WaveTree
from kfl.results.making.sheet_arrays import Answers, Bool, Int
from kfl.stats.group_scores import group_scores
from kfl.stats.multilevel import mean_reliability, random_intercept

from ..payload import Clustered, Estimate, Level, WhyLeftOut
from ..reading import judging
from .numbers import ICC_DECIMALS
from .safety import FEWEST_GROUPS

# Whose likeness is told: where people meet, and who is responsible.
KINDS = ("group", "department", "school", "kindergarten", "municipality")


def groups_of(tree: WaveTree) -> dict[str, Int]:
    """For each kind of node the node of that kind at or above each node, -1 = none."""
    found = {}
    for kind in KINDS:
        if (tree.kind == kind).any():
            group = np.where(tree.kind == kind, np.arange(len(tree.parent)), -1)
            for node, parent in enumerate(tree.parent.tolist()):  # parents come before children
                if group[node] < 0 and parent >= 0:
                    group[node] = group[parent]
            found[kind] = group
    return found


def clustered(
    complete: Answers, scale: stats.ScaleSpec, shown: Bool, group_of: Mapping[str, Int], k: int
) -> dict[str, Clustered | WhyLeftOut]:
    """The intraclass correlation of each kind of groups, or why there is none.

    Hidden groups are left out, so that nothing pooled tells them apart (RULES A.3), and so are those with fewer than k
    complete sheets.
    """
    own = stats.collect_scores(complete.codes, complete.group, len(shown), [scale])
    return {kind: _clustered(kind, own, np.where(shown[group], group, -1), k) for kind, group in group_of.items()}


def _clustered(kind: str, own: stats.ScoreSums, group: Int, k: int) -> Clustered | WhyLeftOut:
    sums = own.regroup(group, len(group))
    sums = sums.take(np.flatnonzero(sums.persons[:, 0] >= k))
    groups = len(sums.persons)
    if groups < FEWEST_GROUPS:
        return WhyLeftOut.FEW_GROUPS
    model = stats.attempt(lambda: random_intercept(group_scores(sums)))
    if model is None or any(isnan(value[0]) for value in (model.icc, model.low, model.high)):
        return WhyLeftOut.NO_SOLUTION
    icc, low, high = (round(float(value[0]), ICC_DECIMALS) for value in (model.icc, model.low, model.high))
    of_means = round(float(mean_reliability(model.people[0] / groups, model.icc[0])), ICC_DECIMALS)
    return Clustered(kind, groups, Estimate(icc, low, high), of_means)


def levels(ratios: Mapping[str, Clustered | WhyLeftOut]) -> Iterator[Level]:
    """Each kind in a word."""
    for kind, found in ratios.items():
        if isinstance(found, WhyLeftOut):
            yield Level(kind, gap=found)
        else:
            yield Level(kind, judging.of_means(found.of_means).value)
