"""Groups within groups (class in school in municipality): a variance for each level, by REML from sums.

The likelihood is passed up the tree and its derivatives down it, so no person is needed and branches may be as
uneven as they are. docs/methods/multilevel.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from kfl.stats.errors import BadAnswers, NoConvergence
from kfl.stats.group_scores import GroupScores
from kfl.stats.grouping import Int, checked_index, depths
from kfl.stats.means import Float
from kfl.stats.multilevel import ShrunkenMeans

# Steps of Newton's that the estimates may take to settle; a handful is usual.
_STEPS = 30


@dataclass(frozen=True, eq=False)
class NestedIntercepts:
    """A model of each scale with random intercepts at several levels; NaN where it does not exist."""

    people: Int  # (scales,) scored persons
    groups: Int  # (levels, scales) nodes of each level with scored persons at or below them
    mean: Float  # (scales,)
    se: Float  # (scales,) of that mean
    between: Float  # (levels, scales) variance between nodes of one level, beside what the levels above make
    within: Float  # (scales,) variance of persons who hang at one node

    @property
    def share(self) -> Float:
        """Each level's share of the variance, shape (levels, scales).

        Summed from the top, it is the correlation of two persons who have that level's node in common.
        """
        share: Float = self.between / (self.between.sum(axis=0) + self.within)
        return share


def nested_intercepts(
    own: GroupScores, parent: NDArray[np.integer[Any]], level: NDArray[np.integer[Any]], levels: int
) -> NestedIntercepts:
    """Variance at each level of a tree and within its nodes by REML, for every scale.

    Parameters
    ----------
    own : GroupScores
        One group a node, holding the persons who hang right there; most often only classes have any.
    parent : integer array, shape (nodes,)
        Parent's number, parents before children; -1 for a root.
    level : integer array, shape (nodes,)
        Which variance the node's deviation belongs to, 0..levels-1; -1 for nodes that have none, such as the
        county that holds all. A class may hang right under a municipality, persons right at a school.
    levels : int
        How many levels.

    Returns
    -------
    NestedIntercepts
        A level whose nodes differ less than chance would make them has 0. All of a scale is NaN where a level has
        fewer than two nodes with scored persons, no node has two persons of its own that differ, or levels cannot be
        told apart, as when each school has one class.

    Raises
    ------
    BadAnswers
        Lengths that differ, a level that does not exist, or a parent that does not come before its child.
    NoConvergence
        The estimates would not settle.

    References
    ----------
    Patterson & Thompson (1971) Biometrika 58:545-554; Goldstein (2011) Multilevel Statistical Models, 4th ed.
    Same values as R's lme4::lmer: tests/stats/reference/nested.R
    """
    tree = _Tree(parent, level, levels)
    if len(own.persons) != tree.nodes:
        raise BadAnswers(f"expected scores of {tree.nodes} nodes, got {len(own.persons)}")
    below = tree.summed(own.persons)
    groups = np.stack([(below[tree.level == at] > 0).sum(axis=0) for at in range(levels)])
    people = own.persons.sum(axis=0)
    within_degrees = people - (own.persons > 0).sum(axis=0)
    result = np.full((levels + 3, own.persons.shape[1]), np.nan)
    for scale, inside in enumerate(own.squares.sum(axis=0)):
        if groups[:, scale].min() < 2 or within_degrees[scale] < 1 or not inside > 0:
            continue
        result[:, scale] = _fit(tree, own.persons[:, scale].astype(np.float64), own.mean[:, scale], float(inside))
    return NestedIntercepts(people, groups, result[0], result[1], result[3:], result[2])


def nested_means(
    own: GroupScores,
    parent: NDArray[np.integer[Any]],
    level: NDArray[np.integer[Any]],
    fit: NestedIntercepts,
) -> ShrunkenMeans:
    """Empirical-Bayes estimates of every node's true mean, each pulled towards the node above it.

    Parameters
    ----------
    own, parent, level
        As for `nested_intercepts`.
    fit : NestedIntercepts
        Of the same scales.

    Returns
    -------
    ShrunkenMeans
        One row a node: the mean of all and the deviations of the node and those above it. `sd` holds the uncertainty
        of the mean of all and of the nodes above, too; the variances count as known.

    Raises
    ------
    BadAnswers
        As for `nested_intercepts`, or another number of scales.

    References
    ----------
    Robinson (1991) Statistical Science 6:15-32.
    Same values as R's lme4::ranef: tests/stats/reference/nested.R
    """
    tree = _Tree(parent, level, len(fit.between))
    if own.persons.shape != (tree.nodes, len(fit.mean)):
        raise BadAnswers(f"expected {tree.nodes} nodes and {len(fit.mean)} scales, got {own.persons.shape}")
    mean, sd = np.full(own.persons.shape, np.nan), np.full(own.persons.shape, np.nan)
    for scale in np.flatnonzero(fit.within > 0):
        up = _Upward(tree, own.persons[:, scale].astype(np.float64), own.mean[:, scale], 0.0)
        up.weigh(fit.between[:, scale] / fit.within[scale])
        centre, variance, _, _ = up.down()
        mean[:, scale], sd[:, scale] = centre[:-1], np.sqrt(fit.within[scale] * variance[:-1])
    return ShrunkenMeans(mean, sd)


class _Tree:
    """Nodes by depth; the place after the last node stands above all roots."""

    def __init__(self, parent: NDArray[np.integer[Any]], level: NDArray[np.integer[Any]], levels: int) -> None:
        self.nodes = len(parent)
        depth = depths(parent)
        self.level = checked_index(level, levels, self.nodes, lowest=-1)
        self.levels = levels
        self.parent = np.where(np.asarray(parent) < 0, self.nodes, parent).astype(np.int64)
        self.by_depth = [np.flatnonzero(depth == at) for at in range(int(depth.max(initial=-1)) + 1)]
        # Where each depth's parents are, and which of them each node has: adding up stays within one depth.
        self.above = [np.unique(self.parent[nodes], return_inverse=True) for nodes in self.by_depth]

    def summed(self, values: Int) -> Int:
        """Each node's own and all below it, shape (nodes, ...)."""
        total = np.concatenate([values, np.zeros_like(values[:1])])
        for nodes in reversed(self.by_depth):
            np.add.at(total, self.parent[nodes], total[nodes])
        return total[:-1]


class _Upward:
    """What all below tells about each node, for given ratios of the levels' variances to that within."""

    def __init__(self, tree: _Tree, persons: Float, mean: Float, inside: float) -> None:
        self.tree = tree
        self.persons = np.append(persons, 0.0)
        self.own = np.where(self.persons > 0, np.append(mean, 0.0), 0.0)
        self.middle = _dot(self.persons, self.own) / float(self.persons.sum())
        self.own = np.where(self.persons > 0, self.own - self.middle, 0.0)  # near 0, so that no digits cancel
        self.inside = inside
        self.people = float(self.persons.sum())

    def weigh(self, ratios: Float) -> float:
        """Pass all upwards; returns the deviance (-2 log restricted likelihood without constant terms)."""
        tree = self.tree
        self.ratio = np.append(np.append(ratios, 0.0)[tree.level], 0.0)
        known, total = self.persons.copy(), self.persons * self.own
        self.weight = np.zeros(tree.nodes + 1)
        self.best = np.zeros(tree.nodes + 1)
        for nodes, (above, place) in zip(reversed(tree.by_depth), reversed(tree.above), strict=True):
            at = known[nodes]
            self.best[nodes] = total[nodes] / np.where(at > 0, at, 1.0)
            self.weight[nodes] = at / (1 + self.ratio[nodes] * at)
            known[above] += np.bincount(place, self.weight[nodes])
            total[above] += np.bincount(place, self.weight[nodes] * self.best[nodes])
        self.known = known
        self.best[-1] = total[-1] / known[-1]
        apart = self.best[:-1] - self.best[tree.parent]
        self.spread = self.inside + _dot(self.persons, (self.own - self.best) ** 2) + _dot(self.weight[:-1], apart**2)
        return float((self.people - 1) * np.log(self.spread) + np.log1p(self.ratio * known).sum() + np.log(known[-1]))

    def down(self) -> tuple[Float, Float, Float, Float]:
        """Each node's shrunken mean and its variance (in units of that within), and the deviance's slopes.

        Returns the first two with the place above the roots last, then the slope and the usual curvature by level.
        """
        tree = self.tree
        centre, variance = np.empty(tree.nodes + 1), np.empty(tree.nodes + 1)
        centre[-1], variance[-1] = self.best[-1], 1 / self.known[-1]
        for nodes in tree.by_depth:
            above, ratio, weight = tree.parent[nodes], self.ratio[nodes], self.weight[nodes]
            loose = 1 + ratio * self.known[nodes]
            centre[nodes] = centre[above] + ratio * weight * (self.best[nodes] - centre[above])
            variance[nodes] = variance[above] / loose**2 + ratio / loose
        weight, above = self.weight[:-1], tree.parent
        pull = weight * (self.best[:-1] - centre[above])
        trace = weight - weight**2 * variance[above]
        of_level = tree.level + 1  # those without a variance go first, and out

        def by_level(values: Float) -> Float:
            return np.bincount(of_level, values, minlength=tree.levels + 1)[1:].astype(np.float64)

        slope = by_level(trace) - (self.people - 1) * by_level(pull**2) / self.spread
        return centre + self.middle, variance, slope, by_level(trace**2)


def _dot(first: Float, second: Float) -> float:
    """Summed by numpy itself: a library of linear algebra would wake all cores for it, hundreds of times a fit."""
    return float((first * second).sum())


def _fit(tree: _Tree, persons: Float, mean: Float, inside: float) -> Float:
    """Mean, se, variance within and between by level, of one scale."""
    model = _Upward(tree, persons, mean, inside)
    ratios = _settle(model, _descend(model, np.full(tree.levels, 0.05)))
    if ratios is None:
        return np.full(tree.levels + 3, np.nan)
    model.weigh(ratios)
    centre = model.down()[0]
    within = model.spread / (model.people - 1)
    se = np.sqrt(within / model.known[-1])
    return np.concatenate([[centre[-1], se, within], within * ratios])


def _descend(model: _Upward, ratios: Float) -> Float:
    """Near the top of the likelihood. Where it lies far away, the search is begun anew from there, in its units."""
    for _ in range(8):
        model.weigh(ratios)
        step = 1 / np.sqrt(model.down()[3])  # so that all directions are about equally steep

        def deviance(scaled: Float, step: Float = step) -> tuple[float, Float]:
            value = model.weigh(scaled * step)
            return value, model.down()[2] * step

        bounds = [(0.0, None)] * len(ratios)
        options = {"ftol": 1e-12, "xtol": 0, "gtol": 1e-6, "maxfun": 500}
        found = minimize(deviance, ratios / step, jac=True, method="TNC", bounds=bounds, options=options)
        ratios = found.x * step
        model.weigh(ratios)
        _, _, slope, usual = model.down()
        if (np.abs(slope) < 1e-3 * np.sqrt(usual))[(ratios > 0) | (slope < 0)].all():
            break
    return ratios


def _settle(model: _Upward, ratios: Float) -> Float | None:
    """A few steps of Newton's on the slopes alone, which are exact where the deviance is too flat to tell.

    None where the deviance is flat in some direction: the levels cannot be told apart.
    """
    for _ in range(_STEPS):
        model.weigh(ratios)
        _, _, slope, usual = model.down()
        free = np.flatnonzero((ratios > 0) | (slope < 0))
        if not free.size:
            return ratios
        scale = 1 / np.sqrt(usual[free])
        curve = np.empty((len(free), len(free)))
        for row, at in enumerate(free):
            nudge = np.zeros(len(ratios))
            nudge[at] = 1e-5 * (ratios[at] + scale[row])
            model.weigh(ratios + nudge)
            curve[row] = (model.down()[2] - slope)[free] / nudge[at] * scale[row] * scale
        values, directions = np.linalg.eigh((curve + curve.T) / 2)
        if values[0] < 1e-6:
            return None
        steep = scale * slope[free]
        if np.abs(steep).max() < 1e-9:
            return ratios
        moved = ratios.copy()
        moved[free] -= scale * (directions @ ((directions.T @ steep) / values))
        ratios = np.maximum(moved, 0.0)
    raise NoConvergence("the variances of the levels would not settle")
