"""Answers in steps taken as such: polychoric correlations, ordinal factor models, graded response model."""

from kfl.stats.ordinal.factor import OrdinalConfirmatory, ordinal_confirmatory
from kfl.stats.ordinal.graded import GradedResponse, graded_response, graded_scores
from kfl.stats.ordinal.information import (
    empirical_reliability,
    item_information,
    marginal_reliability,
    scale_information,
)
from kfl.stats.ordinal.patterns import Patterns, collect_patterns
from kfl.stats.ordinal.polychoric import Polychoric, polychoric, positive_definite, thresholds
from kfl.stats.ordinal.tables import collect_margins, pattern_margins, pattern_tables

__all__ = [
    "GradedResponse",
    "OrdinalConfirmatory",
    "Patterns",
    "Polychoric",
    "collect_margins",
    "collect_patterns",
    "empirical_reliability",
    "graded_response",
    "graded_scores",
    "item_information",
    "marginal_reliability",
    "ordinal_confirmatory",
    "pattern_margins",
    "pattern_tables",
    "polychoric",
    "positive_definite",
    "scale_information",
    "thresholds",
]
