"""What a computation of one form is given of its wave, and what comes out of it: arrays by node and scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl import disclosure, stats

from ..payload import Reliability
from .sheet_arrays import Bool, Int

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


@dataclass(frozen=True, eq=False)
class Side:
    """Girls or boys; arrays of shape (nodes, scales)."""

    n: Int
    points: Float
    half: Float


@dataclass(frozen=True, eq=False)
class Results:
    """Every node that was invited, or has somebody invited under it, by scale: shape (nodes, scales)."""

    nodes: Int  # (nodes,) number in the wave's tree
    tree: disclosure.Tree  # of these nodes alone
    answered: Int  # (nodes,)
    invited: Int  # (nodes,)
    rules: tuple[disclosure.JudgedScale, ...]
    direct: Int  # (nodes, parts, items, codes) people who hang right there: what decide and gate judge
    alone: Int  # those of them who handed in no other sheet
    presence: disclosure.Presence  # the same of who answered at all
    decision: disclosure.Decision
    reference: stats.ReferenceMoments
    fresh: Bool  # (scales,) whether this wave makes the reference
    n: Int
    points: Float  # NaN where nothing is shown
    half: Float
    sd: Float  # in points, NaN where fewer than 30 or not shown
    above: Int  # the node that each is compared with, -1 = none
    apart: Float  # points over the rest of that level
    apart_half: Float
    certain: Bool
    nearest: Int  # the nearest node at or above that shows the scale, -1 = none
    items_nearest: Int
    item_n: Int  # (nodes, items)
    percent: Int  # (nodes, items, codes)
    girls: Side | None
    boys: Side | None
    effect: Float  # design effect of every node, at least 1
    alike: dict[str, Float]  # (scales,) intraclass correlation of the groups of each kind
    reliability: list[Reliability | None]  # (scales,) over the whole wave
