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


class MailState(models.TextChoices):
    """How far one mail has come. `SENDING` is written before the mail server is spoken to."""

    WAITING = "waiting", _("venter")
    SENDING = "sending", _("sendes")
    ACCEPTED = "accepted", _("tatt imot")
    REFUSED = "refused", _("avvist")
    GIVEN_UP = "given_up", _("ikke sendt")
    UNSURE = "unsure", _("uvisst")
    OPTED_OUT = "opted_out", _("vil ikke ha")


class OutgoingMail(models.Model):
    """One mail to one person: the outbox (`core.mail`). `about` says what it is about; its words are made at sending.

    The row goes when the mail has gone, or its batch; of one that has a key the key alone stays. An empty address is
    a mail to nobody: what is written where no account has the address that somebody typed.
    """

    kind = models.CharField(max_length=60)
    about: models.JSONField[Any, Any] = models.JSONField(default=dict)
    to = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    key = models.CharField(max_length=32, blank=True)  # a hash
    batch = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()  # while it is sent: until when its worker is believed to live
    good_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="one_mail_for_a_key")]
        indexes = [models.Index(fields=["state", "not_before"]), models.Index(fields=["batch", "state"])]

    class Privacy:
        open = {"id", "kind", "language", "batch", "state", "tries", "created_at", "not_before", "good_until"}
        personal = {"to"}
        sealed = {"about", "key"}

    def __str__(self) -> str:
        return f"mail {self.pk}"


class MailRefusal(models.Model):
    """An address that wants no mail on a topic, as a hash that only this portal can make."""

    topic = models.CharField(max_length=60)
    address_hash = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "address_hash"], name="one_no_to_a_topic")]

    class Privacy:
        open = {"id", "topic"}
        personal: set[str] = set()
        sealed = {"address_hash"}

    def __str__(self) -> str:
        return self.address_hash[:8]
