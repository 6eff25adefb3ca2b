"""That a wave is a rehearsal of another, and how it went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager

from .waves import Wave


class Rehearsal(models.Model):
    """This wave rehearses `of`: real codes, real saving, all of it destroyed at the close. What stays is numbers."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="rehearsal")
    of = models.ForeignKey(Wave, models.CASCADE, related_name="rehearsals", verbose_name=_("øver til"))
    answered = models.PositiveIntegerField(_("har svart"), null=True, blank=True)
    replies = models.PositiveIntegerField(_("svar fra tjeneren"), null=True, blank=True)
    most_at_once = models.PositiveIntegerField(_("flest på én gang"), null=True, blank=True)
    refused = models.PositiveIntegerField(_("bedt om å vente"), null=True, blank=True)
    slowest_ms = models.PositiveIntegerField(_("tregeste svar, ms"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("wave__unit")

    class Privacy:
        open = {"id", "wave", "of", "answered", "replies", "most_at_once", "refused", "slowest_ms"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return str(self.wave)
