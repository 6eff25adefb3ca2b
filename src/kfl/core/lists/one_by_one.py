"""Lists are carried out and taken back one by one, whatever they are about."""

from __future__ import annotations

from kfl.core.in_line import OneAtATime, stand_in_line


def one_at_a_time() -> None:
    """Within the transaction that carries a list out or takes one back, before the plan is made anew.

    Whoever says yes second to the same list meets what the first has changed: another plan, and so a refusal.
    """
    stand_in_line(OneAtATime.LISTS)
