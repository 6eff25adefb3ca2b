"""What points are measured with and how sure they are, frozen with the reference (RULES C.2, C.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kfl import disclosure, stats
from kfl.analysis.pooled import in_blocks, only

from .computed import AskedScale, FrozenScale
from .sheet_arrays import Bool
from .variance_levels import INNER, level_of


@dataclass(frozen=True, eq=False)
class ScaleMeasure:
    """Of every scale; NaN where it has no points."""

    reference: stats.ReferenceMoments
    fresh: Bool  # (scales,) whether this wave makes it
    spread: stats.Spread  # in scale units, frozen where the reference was
    own: stats.EstimatedSpread  # this wave's own
    in_points: stats.Spread


def measure(
    own: stats.Sums,
    everybody: stats.Sums,
    tree: disclosure.Tree,
    kind: np.ndarray,
    shown: Bool,
    scales: Sequence[AskedScale],
    frozen: Mapping[str, FrozenScale],
) -> ScaleMeasure:
    """Frozen references, and this wave's own where there is none yet; all over release blocks (RULES A.3)."""
    reference, fresh = _reference(everybody, scales, frozen, shown)
    estimated = _estimated(own, tree, kind, shown)
    spread = estimated.spread
    c, between = spread.c.copy(), spread.between.copy()
    for number, scale in enumerate(scales):
        if scale.measured and (known := frozen.get(scale.digest)):
            c[number], between[:, number] = known.c, known.between
    used = replace(spread, c=c, between=between)
    return ScaleMeasure(reference, fresh, used, estimated, _in_points(used, reference))


def _reference(
    everybody: stats.Sums, scales: Sequence[AskedScale], frozen: Mapping[str, FrozenScale], shown: Bool
) -> tuple[stats.ReferenceMoments, Bool]:
    made = stats.reference(everybody)
    mu, sigma = made.mu.copy(), made.sigma.copy()
    fresh = np.zeros(len(scales), dtype=bool)
    for number, scale in enumerate(scales):
        known = frozen.get(scale.digest)
        if known and scale.measured:
            mu[number], sigma[number] = known.mu, known.sigma
        elif scale.measured and shown[0, number] and np.isfinite(sigma[number]):
            fresh[number] = True
        else:  # not measured, or nothing of it is shown anywhere: no reference comes of it
            mu[number] = sigma[number] = np.nan
    return stats.ReferenceMoments(mu, sigma), fresh


def _estimated(own: stats.Sums, tree: disclosure.Tree, kind: np.ndarray, shown: Bool) -> stats.EstimatedSpread:
    """What is hidden under a node is one block there, for c; it does not enter the variances between blocks."""
    childless = np.bincount(tree.parent[1:], minlength=len(tree)) == 0
    lowest = stats.group_scores(only(own, shown & childless[:, np.newaxis]))
    blocks = stats.group_scores(in_blocks(own, tree, shown))
    ends = tuple(np.array([getattr(scale, end) for scale in own.scales], dtype=np.float64) for end in ("low", "high"))
    return stats.estimate_spread(lowest, blocks, (ends[0], ends[1]), tree.parent, level_of(kind), INNER)


def _in_points(spread: stats.Spread, by: stats.ReferenceMoments) -> stats.Spread:
    between = stats.points_apart(stats.points_apart(spread.between, by), by)
    return replace(spread, between=between, low=stats.points(spread.low, by), high=stats.points(spread.high, by))
