"""What people's room does by the clock."""

from __future__ import annotations

from datetime import datetime

from kfl.core.chores import every

from . import audit_heads
from .rosters import undoing


@every(hours=1)
def anchor_audit_log(now: datetime) -> None:
    """Put the head of the audit log outside the database, once a day."""
    audit_heads.anchor(now)


@every(hours=1)
def forget_what_lists_did(now: datetime) -> None:
    """Forget how rows were before lists that can no longer be taken back."""
    undoing.forget(now)
