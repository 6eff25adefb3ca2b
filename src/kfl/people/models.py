"""What the county consists of: units with dated codes, groups, persons, roles, and the audit log."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .kinds import Kind
from .scoping import ScopedManager


class User(AbstractUser):
    """Somebody who signs in. Pupils, parents and children have no account: they have a code.

    `listed_as` is the address by which lists know the account, and where the first code goes; only lists write it.
    `email` is where mail goes today: the same one, until its owner has proved to have another.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("navn"), max_length=120)
    language = models.CharField(_("språk"), max_length=2, default="nb")
    listed_as = models.EmailField(_("adressen på lista"), blank=True, default="", editable=False)

    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="one_account_per_address"),
            models.UniqueConstraint(
                fields=["listed_as"], condition=~Q(listed_as=""), name="one_account_per_listed_address"
            ),
        ]

    class Privacy:
        open = {"id", "language", "is_active", "is_staff", "is_superuser", "date_joined"}
        personal = {"username", "name", "email", "listed_as", "last_login", "groups", "user_permissions"}
        sealed = {"password"}

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


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

    plumbing = models.Manager()
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

    plumbing = models.Manager()
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


class Gender(models.IntegerChoices):
    """As in the roster; blank where it does not say."""

    BLANK = 0, _("ikke oppgitt")
    GIRL = 1, _("jente")
    BOY = 2, _("gutt")


class Pupil(models.Model):
    """A pupil or kindergarten child. `uuid` is what a pseudonym is made from, never a national number."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=120)
    gender = models.PositiveSmallIntegerField(_("kjønn"), choices=Gender.choices, default=Gender.BLANK)
    birth_year = models.PositiveSmallIntegerField(_("fødselsår"), null=True, blank=True)
    household = models.PositiveIntegerField(_("husstand"), null=True, blank=True)
    # The key that a school or kindergarten has for the pupil, so that its next list finds the same one.
    source = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    source_key = models.CharField(_("elevnøkkel"), max_length=60, blank=True, default="")

    plumbing = models.Manager()
    objects = ScopedManager("enrolments__group")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"], condition=~Q(source_key=""), name="one_pupil_per_key"
            ),
        ]

    class Privacy:
        open = {"id"}
        personal = {"name", "gender", "birth_year", "household", "source", "source_key"}
        sealed = {"uuid"}

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A pupil in a class (one basis class at a time) or a child in a department, from a day to a day."""

    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="enrolments")
    group = models.ForeignKey(Unit, models.PROTECT, related_name="enrolments")
    grade = models.PositiveSmallIntegerField(_("trinn"), null=True, blank=True)
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til"), null=True, blank=True)

    plumbing = models.Manager()
    objects = ScopedManager("group")

    class Meta:
        indexes = [models.Index(fields=["group", "from_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="enrolment_ends_after_it_begins"
            ),
        ]

    class Privacy:
        open = {"id", "from_on", "to_on"}
        personal = {"pupil", "group", "grade"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.pupil} – {self.group}"


class RoleAssignment(models.Model):
    """That somebody holds a role at a unit, from a day to a day. What the role means is code: roles.py."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments")
    role = models.CharField(_("rolle"), max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_assignments")
    from_on = models.DateField(_("fra"))
    to_on = models.DateField(_("til"), null=True, blank=True)

    plumbing = models.Manager()
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


class AuditLine(models.Model):
    """Who did what to which, and who looked at which results. Each line's digest covers the one before."""

    at = models.DateTimeField(_("tid"), db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(_("handling"), max_length=60, db_index=True)
    which = models.CharField(_("gjelder"), max_length=120)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, editable=False)

    plumbing = models.Manager()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["-id"]

    class Privacy:
        open = {"id", "at", "what", "which", "unit", "digest"}
        personal = {"by", "detail"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.which}"
