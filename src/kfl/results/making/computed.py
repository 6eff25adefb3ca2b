"""What a computation of one form is given of its wave, and what comes out of it: arrays by node and scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure, stats

from ..payload import Reliability, SealedScale
from .sheet_arrays import Bool, Int

if TYPE_CHECKING:
    from .comparing import AgainstRest, ShownNumbers
    from .measure import ScaleMeasure

Float = NDArray[np.float64]
Codes = NDArray[np.int8]


class WrongTree(ValueError):
    """Answers, invitations and the frozen tree do not belong together."""


@dataclass(frozen=True, eq=False)
class WaveTree:
    """The frozen tree of a wave; parents before children, the root first."""

    parent: Int  # (nodes,) -1 for the root
    kind: NDArray[np.str_]  # (nodes,)


@dataclass(frozen=True)
class AskedScale:
    """One scale as it was asked; a question outside every scale is one too, unmeasured."""

    spec: stats.ScaleSpec
    digest: str
    measured: bool = True
    sensitive: bool = False


@dataclass(frozen=True)
class FrozenScale:
    """What a scale's points and intervals are measured with, as the first release that held it froze it."""

    mu: float
    sigma: float
    c: float
    between: tuple[float, ...]  # variance by level, the lowest first, in squared scale units


@dataclass(frozen=True, eq=False)
class Side:
    """Girls or boys; arrays of shape (nodes, scales)."""

    n: Int
    points: Float
    se: Float  # in points


@dataclass(frozen=True, eq=False)
class Results:
    """Every node that was invited, or has somebody invited under it, by scale: shape (nodes, scales)."""

    nodes: Int  # (nodes,) number in the wave's tree
    kind: NDArray[np.str_]  # (nodes,)
    tree: disclosure.Tree  # of these nodes alone
    answered: Int  # (nodes,)
    invited: Int  # (nodes,)
    rules: tuple[disclosure.JudgedScale, ...]
    direct: Int  # (nodes, parts, items, codes) people who hang right there: what decide and gate judge
    alone: Int  # those of them who handed in no other sheet
    presence: disclosure.Presence  # the same of who answered at all
    decision: disclosure.Decision
    measure: ScaleMeasure
    shown: ShownNumbers  # n, whole points and what else comparisons take
    n: Int
    points: Float  # unrounded, NaN where nothing is shown
    se: Float  # of the whole points, in points
    sd: Float  # in points, NaN where fewer than 30 or not shown
    above: AgainstRest  # against the rest of the level above
    top: AgainstRest  # against the rest of the whole wave, where that is another level
    nearest: Int  # the nearest node at or above that shows the scale, -1 = none
    items_nearest: Int
    item_n: Int  # (nodes, items)
    percent: Int  # (nodes, items, codes)
    girls: Side | None
    boys: Side | None
    effect: Float  # design effect of every node, at least 1
    icc2: dict[str, Float]  # (scales,) how well means of the nodes of each kind tell them apart
    reliability: list[Reliability | None]  # (scales,) over the whole wave
    sums: list[SealedScale | None]  # (scales,) of complete sheets, for later waves: sealed, and never shown

    @property
    def reference(self) -> stats.ReferenceMoments:
        return self.measure.reference

    @property
    def fresh(self) -> Bool:
        """(scales,) whether this wave makes the reference."""
        return self.measure.fresh
