"""Lists that were put in, with what they changed, for as long as they can be taken back."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..found import Plumbing
from ..scoping import ScopedManager
from .persons import User


class ImportedRoster(models.Model):
    """One list of units, pupils or staff that was carried out. `changes` is emptied when it can no longer be undone."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    changes: models.JSONField[Any, Any] = models.JSONField(default=list)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("", owner="by")

    class Meta:
        ordering = ["-id"]

    class Privacy:
        open = {"id", "kind", "at", "taken_back_at"}
        personal = {"by", "name", "changes"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
