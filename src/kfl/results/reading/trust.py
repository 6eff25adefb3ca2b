"""How far a shown number can be trusted: the best estimate for a small group, the interval of a share, the verdict
on a scale's questions.

Everything here is worked out from whole numbers that the page shows and from numbers of the whole wave, so it tells
nothing new about anybody (docs/methods/shrunken.md, docs/methods/shares.md). Plain Python: the portal's process
reads pages without loading numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt

from kfl.analysis.judgements import Judgement

from ..payload import Reliability

Z = 1.96  # RULES C.3
SMALL = 30  # a group with fewer has no SD either (RULES C.5)
SURE_ENOUGH = 0.7  # reliability of a group's mean from which it stands alone


def judged(reliability: Reliability | None) -> Judgement:
    """Whether a scale's questions hold together well enough to be read as one number, as judged with the release."""
    return Judgement.UNKNOWN if reliability is None else Judgement(reliability.word)


def alike_within(alike: Mapping[str, Sequence[float | None]], scale: int, kind: str, above: str) -> float | None:
    """Intraclass correlation of groups of one kind inside a group of another kind.

    Part of what sets two classes apart is that their schools differ; only the rest counts against their own school.
    None where it is unknown, or where the groups differ no more than chance makes them.
    """
    own = alike[kind][scale] if kind in alike else None
    if own is None:
        return None
    shared = (alike[above][scale] if above in alike else None) or 0.0  # the top: there is nothing it differs from
    return (own - shared) / (1 - shared) if own > shared else None


def weight(n: int, rho: float) -> float:
    """Reliability of a group's mean: the share of what sets such groups apart that is not chance."""
    return n * rho / (1 + (n - 1) * rho)


def best_estimate(n: int, points: int, above: int, rho: float | None) -> int | None:
    """A small group's result drawn towards the level above, in whole points; None where it stands alone."""
    if rho is None or n >= SMALL or weight(n, rho) >= SURE_ENOUGH:
        return None
    return round(above + weight(n, rho) * (points - above))


def share_interval(per_cent: int, n: int, effect: float = 1.0) -> tuple[int, int]:
    """Wilson's 95 % interval of a share, in whole per cents; `effect` is the design effect."""
    people, share = n / effect, per_cent / 100
    squared = Z * Z / people
    middle = (share + squared / 2) / (1 + squared)
    half = Z * sqrt(share * (1 - share) / people + squared / (4 * people)) / (1 + squared)
    low, high = round(100 * (middle - half)), round(100 * (middle + half))
    return max(0, min(low, per_cent)), min(100, max(high, per_cent))


def share_half(n: int, effect: float = 1.0) -> int:
    """How far a share can be off at the most, in per cent points: the half-width where half gave the answer."""
    squared = Z * Z * effect / n
    return max(1, ceil(100 * Z * sqrt(effect / (4 * n) + squared * effect / (4 * n)) / (1 + squared) - 1e-9))
