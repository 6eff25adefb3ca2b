"""What parents are told beyond the wave's own settings: the controller, whom to ask, how long answers lie."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager

from .waves import Wave


class LetterFacts(models.Model):
    """Names and the day that stand in a wave's letter to parents. On `answers_until` the answers are deleted."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="letter_facts")
    controller = models.CharField(_("behandlingsansvarlig"), max_length=200, blank=True)
    contact = models.CharField(_("kontakt"), max_length=200, blank=True)
    answers_until = models.DateField(_("svarene slettes"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("wave__unit")

    class Privacy:
        open = {"id", "wave", "controller", "answers_until"}
        personal = {"contact"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.controller}"
