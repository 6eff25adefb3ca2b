"""What was said of two of one name: whether whoever came is the one who is reserved."""

from __future__ import annotations

from django.db import models

from kfl.people.found import Plumbing
from kfl.people.models import Pupil
from kfl.people.scoping import ScopedManager

from .waves import Wave


class Namesake(models.Model):
    """That somebody has said whether a pupil without a code is the pupil who is out of the wave (`other`)."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="namesakes")
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="+")
    other = models.ForeignKey(Pupil, models.CASCADE, related_name="+")
    is_same = models.BooleanField()

    plumbing = Plumbing()
    objects = ScopedManager("pupil__enrolments__group")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "pupil", "other"], name="one_answer_of_two_namesakes")]

    class Privacy:
        open = {"id", "wave"}
        personal = {"pupil", "other", "is_same"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.pk}"
