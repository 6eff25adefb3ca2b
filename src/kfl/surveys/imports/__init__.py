"""Waves from answers that were collected elsewhere."""
