"""More time for a part of a wave."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.people.found import Plumbing
from kfl.people.models import Unit
from kfl.people.scoping import ScopedManager

from .waves import Wave


class Extension(models.Model):
    """A unit and everything below it takes answers until a later time than the rest of the wave."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="extensions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("enhet"))
    closes_at = models.DateTimeField(_("stenger"))

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["wave", "unit__name"]
        constraints = [models.UniqueConstraint(fields=["wave", "unit"], name="one_extension_a_unit")]

    class Privacy:
        open = {"id", "wave", "unit", "closes_at"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.unit}"
