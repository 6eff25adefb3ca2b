"""What can happen to research: a release's technical report is stored, once and for all."""

from __future__ import annotations

from datetime import datetime

from kfl.people.audit import action
from kfl.people.models import User
from kfl.results.models import Release

from .models import TechnicalReport


@action("research.report_made")
def publish_report(*, release: Release, payload: bytes, digest: str, by: User | None, at: datetime) -> TechnicalReport:
    """Store the technical report of a release."""
    report: TechnicalReport = TechnicalReport.objects.create(
        release=release, payload=payload, digest=digest, created_at=at
    )
    return report
