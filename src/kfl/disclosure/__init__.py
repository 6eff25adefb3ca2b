"""What may be shown of a survey's results, so that nobody can work out what a few people answered.

Plain Python and numpy: no database, no clock, no settings. `decide` hides, `gate` checks what is about to
be released, `kfl.disclosure.attacker` tries to break a release. The rules: docs/privacy-rules.md.
"""

from kfl.disclosure.counts import STEP, Presence, followed, in_steps
from kfl.disclosure.decision import REASONS, Decision, Shown, decide, reason
from kfl.disclosure.gate import Judged, ReleaseRefused, gate
from kfl.disclosure.one_set import OneSet, one_set
from kfl.disclosure.published import NotPublished, Published, Sheets
from kfl.disclosure.rounding import band, whole_percent
from kfl.disclosure.rules import BadCounts, BadScale, Hidden, Scale, Thresholds, ThresholdTooLow
from kfl.disclosure.tree import BadTree, Tree

__all__ = [
    "STEP",
    "REASONS",
    "BadCounts",
    "BadScale",
    "BadTree",
    "Decision",
    "Hidden",
    "Judged",
    "NotPublished",
    "OneSet",
    "Presence",
    "Published",
    "ReleaseRefused",
    "Scale",
    "Sheets",
    "Shown",
    "ThresholdTooLow",
    "Thresholds",
    "Tree",
    "band",
    "decide",
    "followed",
    "gate",
    "in_steps",
    "one_set",
    "reason",
    "whole_percent",
]
