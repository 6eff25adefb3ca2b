"""Whoever signs in, and the pupils and children, who never do."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..found import Plumbing, mark
from ..scoping import ScopedManager
from .units import Unit


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

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> User:
        user: User = super().from_db(*args, **kwargs)
        mark(user)  # accounts have no readers, and are found wherever they are fetched
        return user

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


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

    plumbing = Plumbing()
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

    plumbing = Plumbing()
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
