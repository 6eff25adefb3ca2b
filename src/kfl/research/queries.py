"""Who may read a wave's technical report: whoever may read the results of the whole wave (RULES A.3, G.5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404

from kfl.core.models import Job
from kfl.people.models import User
from kfl.people.roles import Permission
from kfl.people.scopes import has_permission
from kfl.results.models import Part, Release

from .models import TechnicalReport

JOB = "research.report"


def release_or_404(user: User, wave: str) -> Release:
    """The release of a wave whose top the reader may see, today or on the day the wave opened."""
    rows = Release.objects.kept_for(user, Permission.RESULTS_VIEW)
    release: Release | None = rows.filter(wave__slug=wave, part=Part.MAIN).select_related("wave").first()
    if release is None:
        raise Http404(f"no release of {wave} for this reader")
    return release


def waves_with_report(user: User, waves: Sequence[str]) -> set[str]:
    """Which of these waves, by slug, have a report that the reader may see, or will have one soon."""
    rows = Release.objects.kept_for(user, Permission.RESULTS_VIEW)
    return set(rows.filter(wave__slug__in=waves, part=Part.MAIN).values_list("wave__slug", flat=True))


def report_of(release: Release) -> TechnicalReport | None:
    """The report of a release that the reader may see; None while it is being made."""
    rows = TechnicalReport.objects.within(release)
    report: TechnicalReport | None = rows.select_related("release__wave").first()
    return report


def report_or_404(user: User, wave: str) -> TechnicalReport:
    """The finished report."""
    report = report_of(release_or_404(user, wave))
    if report is None:
        raise Http404(f"the report of {wave} is not made")
    return report


def job_for(user: User, wave: str) -> Job | None:
    """The job that makes the report, for whoever may follow it."""
    job = Job.objects.filter(kind=JOB, arguments__wave=wave).first()
    follows = job is not None and (job.by_id == user.pk or has_permission(user, Permission.WAVE_EDIT))
    return job if follows else None
