"""Lists of consent that were put in, with what they changed, for as long as they can be taken back."""

from __future__ import annotations

from typing import Any

from django.db import models

from kfl.people.found import Plumbing
from kfl.people.models import Unit, User
from kfl.people.scoping import ScopedManager

from .waves import Wave


class ImportedConsents(models.Model):
    """One list that was carried out. `changes`: pupil, state before, state after; emptied when it cannot be undone."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    changes: models.JSONField[Any, Any] = models.JSONField(default=list)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit", owner="by")

    class Meta:
        ordering = ["-id"]

    class Privacy:
        open = {"id", "wave", "unit", "at", "taken_back_at"}
        personal = {"by", "name", "changes"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.at:%Y-%m-%d %H:%M}"
