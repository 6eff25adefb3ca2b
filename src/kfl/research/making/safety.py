"""What a technical report may tell: rules of its own, beside those of the release (docs/methods/technical-report.md).

A report holds the whole wave only, and scales that the release shows for the whole wave. Its numbers rest on one set of
sheets a scale, and leave by one door (`kfl.disclosure.published`).
"""

from __future__ import annotations

from dataclasses import dataclass

from kfl import disclosure
from kfl.results.making import reliability, same_measure

from ..payload import WhyLeftOut

FEWEST_FOR_ALPHA = reliability.FEWEST  # complete sheets, as on the result pages
FEWEST_FOR_MODELS = same_measure.FEWEST  # complete sheets behind a factor model; of each group that is compared
FEWEST_GROUPS = 10  # groups of a level behind an intraclass correlation
LEAST = {"alpha": FEWEST_FOR_ALPHA, "models": FEWEST_FOR_MODELS, "groups": FEWEST_GROUPS}


@dataclass(frozen=True)
class RootShown:
    """What the release shows of one scale for the whole wave."""

    scale: bool
    items: bool
    split: bool


def whole_scale(shown: RootShown, *, measured: bool, sensitive: bool) -> WhyLeftOut:
    """Why a scale has no place in the report at all."""
    if sensitive:
        return WhyLeftOut.SENSITIVE
    if not measured:
        return WhyLeftOut.SINGLE
    return WhyLeftOut.NONE if shown.scale and shown.items else WhyLeftOut.HIDDEN


def told(people: int, of: int, thresholds: disclosure.Thresholds) -> int | None:
    """How many of a set; None where they, or the others of it, are one to k - 1."""
    return None if 0 < people < thresholds.k or 0 < of - people < thresholds.k else people
