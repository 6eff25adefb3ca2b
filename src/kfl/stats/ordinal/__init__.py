"""Answers in steps taken as such: polychoric correlations, ordinal factor models, graded response model."""
