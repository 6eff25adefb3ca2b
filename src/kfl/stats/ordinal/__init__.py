"""Answers in steps taken as such: polychoric correlations, ordinal factor models, graded response model."""

from kfl.stats.ordinal.patterns import Patterns, collect_patterns
from kfl.stats.ordinal.polychoric import Polychoric, polychoric, positive_definite, thresholds
from kfl.stats.ordinal.tables import collect_margins, pattern_margins, pattern_tables

__all__ = [
    "Patterns",
    "Polychoric",
    "collect_margins",
    "collect_patterns",
    "pattern_margins",
    "pattern_tables",
    "polychoric",
    "positive_definite",
    "thresholds",
]
