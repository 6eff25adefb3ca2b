"""The audit log's lines."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing
from ..scoping import ScopedManager
from .persons import User
from .units import Unit


class AuditLine(models.Model):
    """Who did what to which, and who looked at which results. Each line's digest covers the one before."""

    at = models.DateTimeField(_("tid"), db_index=True)
    # Under the digest: an account that went would break the chain.
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(_("handling"), max_length=60, db_index=True)
    which = models.CharField(_("gjelder"), max_length=120)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, editable=False)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["-id"]

    class Privacy:
        open = {"id", "at", "what", "which", "unit", "digest"}
        personal = {"by", "detail"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.which}"


class AuditedRow(models.Model):
    """That a line is about a row ("Seat 5"): what a row's own history is found by. What happened stands in the line."""

    line = models.ForeignKey(AuditLine, models.CASCADE, related_name="rows")
    row = models.CharField(max_length=60)

    plumbing = Plumbing()
    objects = ScopedManager("line__unit")

    class Meta:
        indexes = [models.Index(fields=["row", "line"])]

    class Privacy:
        open = {"id", "line", "row"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.row}: {self.line_id}"
