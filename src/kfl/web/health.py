"""Whether the portal does its work, for the one who runs it. No personal data, no versions."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from kfl.core import mail
from kfl.core.models import Job, JobState

LATE = timedelta(minutes=2)


def health() -> tuple[dict[str, str], int]:
    """What works, and the HTTP status that says it: 503 only where the portal cannot serve pages."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        mail_waits = mail.is_stuck(timezone.now())
        waiting = Job.objects.filter(state=JobState.QUEUED, created_at__lt=timezone.now() - LATE).exists()
    except DatabaseError:
        return {"status": "down", "database": "down", "worker": "unknown", "mail": "unknown"}, 503
    worker, sent = "late" if waiting else "ok", "late" if mail_waits else "ok"
    status = "ok" if worker == sent == "ok" else "degraded"
    return {"status": status, "database": "ok", "worker": worker, "mail": sent}, 200
