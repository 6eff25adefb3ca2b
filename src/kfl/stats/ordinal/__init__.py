"""Answers in steps taken as such: polychoric correlations, ordinal factor models, graded response model."""

from kfl.stats.ordinal.patterns import Patterns, collect_patterns

__all__ = ["Patterns", "collect_patterns"]
