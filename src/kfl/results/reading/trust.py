"""How far a shown number can be trusted: the interval of a share, the verdict on a scale's questions.

Everything here is worked out from whole numbers that the page shows and from numbers of the whole wave, so it tells
nothing new about anybody (docs/methods/shares.md). Plain Python: the portal's process
reads pages without loading numpy.
"""

from __future__ import annotations

from math import ceil, sqrt

from kfl.analysis.judgements import Judgement

from ..payload import Reliability

Z = 1.96  # RULES C.3


def judged(reliability: Reliability | None) -> Judgement:
    """Whether a scale's questions hold together well enough to be read as one number, as judged with the release."""
    return Judgement.UNKNOWN if reliability is None else Judgement(reliability.word)


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
