"""Work that takes longer than a page may, with its progress; and mail that waits to be sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """How far a job has come."""

    QUEUED = "queued", _("Venter")
    RUNNING = "running", _("I gang")
    DONE = "done", _("Ferdig")
    FAILED = "failed", _("Stoppet")


class Job(models.Model):
    """One piece of work: what it is, for whom, how far it has come. The queue itself holds only its key."""

    kind = models.CharField(max_length=60)
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED, db_index=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    then = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="job_finished_has_an_hour",
            ),
        ]

    class Privacy:
        open = {"id", "kind", "state", "done", "total", "then", "created_at", "started_at", "finished_at"}
        personal = {"by", "arguments", "message"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}


class OutgoingMail(models.Model):
    """One mail of the portal to one person that waits for the worker. The row goes when it is sent, or too old.

    An empty address is a mail to nobody: what is written where no account has the address that somebody typed.
    """

    to = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    good_until = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["not_before"])]

    class Privacy:
        open = {"id", "created_at", "good_until", "not_before", "tries"}
        personal = {"to"}
        sealed = {"subject", "body"}

    def __str__(self) -> str:
        return f"mail {self.pk}"
