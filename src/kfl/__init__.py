"""Kultur for læring: the portal with which a county lifts its schools and kindergartens together."""
