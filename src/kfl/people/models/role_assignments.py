"""Who holds which role where, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing
from ..scoping import ScopedManager
from .persons import User
from .units import Unit


class RoleAssignment(models.Model):
    """That somebody holds a role at a unit, from a day to a day. What the role means is code: roles.py."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    role = models.CharField(_("rolle"), max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_assignments")
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        indexes = [models.Index(fields=["user", "from_on"]), models.Index(fields=["unit", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="role_ends_after_it_begins"
            ),
        ]

    class Privacy:
        open = {"id", "role", "unit", "from_on", "to_on"}
        personal = {"user"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.unit}"
