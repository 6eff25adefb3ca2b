"""Questionnaires in versions: scales, items, answers to choose from, sounds and pictures; and their editor."""
