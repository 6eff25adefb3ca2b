"""Circles and the seats in them: who belongs together, from a day to a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing
from ..scoping import ScopedManager
from .organisations import Organisation
from .persons import User
from .units import Unit


class Circle(models.Model):
    """A body, a community or a group at a unit. What its kind means is code: circles/circle_kinds.py.

    From `published_on` everybody who signs in may read who sits in it; without it only its own may.
    """

    kind = models.CharField(_("slag"), max_length=20)
    name = models.CharField(_("navn"), max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="circles")
    published_on = models.DateField(_("vises for alle fra"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit", circle="self", published="published_on")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="one_circle_of_a_name_at_a_unit")]

    class Privacy:
        open = {"id", "kind", "name", "unit", "published_on"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """That somebody sits in a circle, from a day to a day: as a member, or as the deputy for another seat.

    `called` is the name that was written by whoever added the person by address: a circle's list shows that and not
    the account's, or it would tell whether there was one.
    """

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="seats")
    person = models.ForeignKey(User, models.CASCADE, related_name="seats")
    called = models.CharField(_("navn"), max_length=120, blank=True, default="")
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til"), null=True, blank=True)
    deputy_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name=_("vara for")
    )
    represents = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("representerer")
    )

    plumbing = Plumbing()
    objects = ScopedManager("circle__unit", circle="circle", owner="person", published="circle__published_on")

    class Meta:
        indexes = [models.Index(fields=["person", "from_on"]), models.Index(fields=["circle", "from_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="seat_ends_after_it_begins"
            ),
        ]

    class Privacy:
        open = {"id", "circle", "from_on", "to_on", "deputy_for", "represents"}
        personal = {"person", "called"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.shown_name}: {self.circle}"

    @property
    def shown_name(self) -> str:
        """What a list of the circle calls the person."""
        return self.called or str(self.person)
