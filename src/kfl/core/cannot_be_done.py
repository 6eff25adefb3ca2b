"""What an action refuses on purpose: whoever meets it is told why, in words, and nothing is changed.

A view that has something better to show (the form with the words at its field, the page where it is done already)
catches the class of its own. One that nobody catches becomes a page with the words (`web.unfit`), never a fault.
"""

from __future__ import annotations


class CannotBeDone(RuntimeError):
    """This cannot be done; the text says why, for whoever asked for it."""
