"""What may be shown of a survey's results, so that nobody can work out what a few people answered.

Plain Python and numpy: no database, no clock, no settings. `decide` hides, `gate` checks what is about to
be released, `kfl.disclosure.attacker` tries to break a release. The rules: docs/privacy-rules.md.
"""

from kfl.disclosure.decision import REASONS, Decision, Shown, decide, reason
from kfl.disclosure.gate import ReleaseRefused, gate
from kfl.disclosure.rounding import band, whole_percent
from kfl.disclosure.rules import BadCounts, BadScale, Hidden, Scale, Thresholds, ThresholdTooLow
from kfl.disclosure.tree import BadTree, Tree

__all__ = [
    "REASONS",
    "BadCounts",
    "BadScale",
    "BadTree",
    "Decision",
    "Hidden",
    "ReleaseRefused",
    "Scale",
    "Shown",
    "ThresholdTooLow",
    "Thresholds",
    "Tree",
    "band",
    "decide",
    "gate",
    "reason",
    "whole_percent",
]
