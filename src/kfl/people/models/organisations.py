"""Organisations outside the tree of units: whom somebody represents, and who is a party to an agreement."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing
from ..scoping import ScopedManager


class Organisation(models.Model):
    """A union, an association, a municipality as a party. Its number is the key, where it has one."""

    number = models.CharField(_("organisasjonsnummer"), max_length=9, blank=True, default="")

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="one_organisation_per_number"),
        ]

    class Privacy:
        open = {"id", "number"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        names = sorted(self.names.all(), key=lambda one: one.from_on)
        return names[-1].name if names else self.number


class OrganisationName(models.Model):
    """What an organisation is called from a day to a day: an agreement keeps the name of its own day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    name = models.CharField(_("navn"), max_length=160)
    from_on = models.DateField(_("fra"), default=date(1900, 1, 1))
    to_on = models.DateField(_("til"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(to_on__isnull=True), name="one_name_of_an_organisation_now"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="name_ends_after_it_begins"
            ),
        ]

    class Privacy:
        open = {"id", "organisation", "name", "from_on", "to_on"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.name
