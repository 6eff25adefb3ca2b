"""That somebody wants a pupil's answers out of a wave that has closed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kfl.people.found import Plumbing
from kfl.people.models import Pupil, Unit
from kfl.people.scoping import ScopedManager

from .waves import Wave


class ErasureRequest(models.Model):
    """A pupil's answers are to be erased from a closed wave, once the link key is on the server.

    When it is done the pupil is taken out of the row. It never says whether there was an answer.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="erasure_requests")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("klasse"))
    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, blank=True, related_name="+")
    asked_on = models.DateField(_("bedt om"))
    done_on = models.DateField(_("gjort"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "pupil"], condition=Q(pupil__isnull=False), name="one_erasure_waits_for_a_pupil"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, pupil__isnull=False) | Q(done_on__isnull=False, pupil__isnull=True),
                name="an_erasure_that_is_done_names_nobody",
            ),
        ]

    class Privacy:
        open = {"id", "wave", "unit", "asked_on", "done_on"}
        personal = {"pupil"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.asked_on}"
