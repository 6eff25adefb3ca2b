"""Respondents in a real browser, against intake alone."""
