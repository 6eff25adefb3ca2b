"""A release as data."""
