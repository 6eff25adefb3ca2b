"""What this room does when the worker starts."""

from __future__ import annotations

from datetime import datetime

from kfl.core.chores import at_start


@at_start
def compile_sums(now: datetime) -> None:
    """Have the sums compiled before a wave closes; jobs that need none do not wait for it."""
    from kfl.stats.warm import warm

    warm()
