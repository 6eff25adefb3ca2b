"""Questionnaires, scales, items, waves, codes, consent, coverage."""
