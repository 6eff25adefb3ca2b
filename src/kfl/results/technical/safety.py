"""What a technical report may tell: rules of its own, beside those of the release (docs/methods/technical-report.md).

A report holds numbers of the whole wave only, of scales that the release shows for the whole wave. Where the same
statistic stands in it for two sets of sheets, those in one set only are none or at least k.
"""

from __future__ import annotations

from dataclasses import dataclass

from kfl import disclosure

from .. import reliability
from .payload import Gap

FEWEST_FOR_ALPHA = reliability.FEWEST  # complete sheets, as on the result pages
FEWEST_FOR_MODELS = 100  # complete sheets behind a factor model; of each group, where groups are compared
FEWEST_GROUPS = 10  # groups of a level behind an intraclass correlation
LEAST = {"alpha": FEWEST_FOR_ALPHA, "models": FEWEST_FOR_MODELS, "groups": FEWEST_GROUPS}


@dataclass(frozen=True)
class RootShown:
    """What the release shows of one scale for the whole wave."""

    scale: bool
    items: bool
    split: bool


def whole_scale(shown: RootShown, *, measured: bool, sensitive: bool) -> Gap:
    """Why a scale has no place in the report at all."""
    if sensitive:
        return Gap.SENSITIVE
    if not measured:
        return Gap.SINGLE
    return Gap.NONE if shown.scale and shown.items else Gap.HIDDEN


def may_stand_beside(everybody: int, some: int, thresholds: disclosure.Thresholds) -> bool:
    """Whether a statistic of some sheets may stand beside the same statistic of all."""
    left_out = everybody - some
    return left_out == 0 or left_out >= thresholds.k


def told(people: int, thresholds: disclosure.Thresholds) -> int | None:
    """How many answered in one way; None where it is one to k - 1."""
    return None if 0 < people < thresholds.k else people
