"""Which link key this portal works with, so that a lost or exchanged key file is noticed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager


class KnownLinkKey(models.Model):
    """The link key's fingerprint, from its first use on: one row, which never changes. It gives nothing of the key."""

    fingerprint = models.CharField(_("fingeravtrykk"), max_length=16)
    first_used_on = models.DateField(_("først brukt"))

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_link_key")]

    class Privacy:
        open = {"id", "fingerprint", "first_used_on"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.fingerprint
