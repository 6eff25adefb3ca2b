"""What is stored of a wave's life, by name, for questions to the database.

They are about what lies there: whether there are codes, whether a letter is public, whether results are made. What
may be done with a wave at a moment the clock says (`now.py`). `prefix` leads to the wave from another table.
"""

from __future__ import annotations

from django.db.models import Q

from ..models import WaveState

HAS_OPENED = (WaveState.OPEN, WaveState.CLOSED, WaveState.RELEASED)


def is_draft(prefix: str = "") -> Q:
    """It can still be set up."""
    return Q(**{f"{prefix}state": WaveState.DRAFT})


def is_under_way(prefix: str = "") -> Q:
    """Opened and not closed: its codes and its key are there."""
    return Q(**{f"{prefix}state": WaveState.OPEN})


def has_opened(prefix: str = "") -> Q:
    """What it asks is frozen, and public."""
    return Q(**{f"{prefix}state__in": HAS_OPENED})


def is_closed(prefix: str = "") -> Q:
    """It takes no more answers, whether results are made or not."""
    return Q(**{f"{prefix}state__in": (WaveState.CLOSED, WaveState.RELEASED)})


def has_results(prefix: str = "") -> Q:
    """Its release is made."""
    return Q(**{f"{prefix}state": WaveState.RELEASED})


def is_a_rehearsal_that_is_over(prefix: str = "") -> Q:
    """All of it was destroyed at the close: there is nothing to see."""
    return Q(**{f"{prefix}rehearsal__isnull": False, f"{prefix}state": WaveState.CLOSED})
