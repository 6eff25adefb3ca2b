"""Units of the county at their place in the tree, and the codes they have had."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing
from ..kinds import Kind
from ..scoping import ScopedManager


class Unit(models.Model):
    """A county, region, municipality, school, kindergarten or group, at its place in the tree.

    `path` holds the keys of all units from the root down to this one ("1/4/17/"), so that everything below a
    unit is one indexed prefix search. Only `actions` writes it.
    """

    kind = models.CharField(_("nivå"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("navn"), max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=100, db_index=True, editable=False)
    valid_from = models.DateField(_("fra"), default=date(2000, 1, 1))
    valid_to = models.DateField(_("til"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("self")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="unit_ends_after_it_begins",
            ),
        ]

    class Privacy:
        open = {"id", "kind", "name", "parent", "path", "valid_from", "valid_to"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.name

    def ancestor_ids(self) -> list[int]:
        """Keys of the units above this one, the root first."""
        return [int(key) for key in self.path.split("/")[:-2]]

    @property
    def name_with_school(self) -> str:
        """8A, Ask skole: a class or department is called with the school or kindergarten that it belongs to."""
        return f"{self.name}, {self.parent.name}" if self.is_leaf_kind and self.parent else self.name

    @property
    def is_leaf_kind(self) -> bool:
        return self.kind in {Kind.GROUP, Kind.DEPARTMENT}


class Scheme(models.TextChoices):
    """Who gives out a code."""

    COUNTY = "fylkesnummer", _("fylkesnummer")
    MUNICIPALITY = "kommunenummer", _("kommunenummer")
    ORGANISATION = "organisasjonsnummer", _("organisasjonsnummer")
    OWN = "kfl", _("eget kjennetegn")


class UnitCode(models.Model):
    """A code of a unit, valid in time: Hedmark's 04xx became 34xx in 2020."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=20, choices=Scheme.choices)
    code = models.CharField(max_length=60, db_index=True)
    valid_from = models.DateField(default=date(1900, 1, 1))
    valid_to = models.DateField(null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code", "valid_from"], name="code_once_at_a_time"),
        ]

    class Privacy:
        open = {"id", "unit", "scheme", "code", "valid_from", "valid_to"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.code} ({self.get_scheme_display()})"
