"""The technical report of a release. Like the release it is written once and never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.disclosure import Published
from kfl.results.models import Frozen, FrozenManager, FrozenQuerySet, Release

from .payload import Report, read_report


@dataclass(frozen=True)
class StoredReport:
    """All that files of a report are made of."""

    digest: str
    created_at: datetime
    payload: bytes

    def read(self) -> Published[Report]:
        """Through the door again: what may not leave is not read either."""
        return read_report(self.payload)


class TechnicalReport(Frozen):
    """How well a wave was answered and how well it measures, for those who check numbers; made once a release."""

    release = models.OneToOneField(Release, models.PROTECT, related_name="technical_report")
    digest = models.CharField(_("fingeravtrykk"), max_length=64)
    created_at = models.DateTimeField(_("laget"))
    payload = models.BinaryField()

    plumbing = models.Manager.from_queryset(FrozenQuerySet)()
    objects = FrozenManager("release__wave__unit")

    class Privacy:
        open = {"id", "release", "digest", "created_at", "payload"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return _("{release}: teknisk rapport").format(release=self.release)

    def stored(self) -> StoredReport:
        """Without the row, for whoever makes a file of it."""
        return StoredReport(self.digest, self.created_at, bytes(self.payload))

    def read(self) -> Published[Report]:
        return self.stored().read()
