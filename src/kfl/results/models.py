"""Releases: what was shown, frozen. A row here is written once and never changes (PROMISES 3.3, rule 1)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.people.found import RowsQuerySet
from kfl.people.scoping import ScopedManager
from kfl.questionnaires.formats import Informant
from kfl.surveys.models import Wave, WaveNode

from .payload import FormText, Page, read_form, read_page


class ReleaseIsFrozen(RuntimeError):
    """Something tried to change or remove what has been released."""


class Part(models.TextChoices):
    """What a release holds (RULES B.7)."""

    MAIN = "a", _("alt som ikke er sensitivt")
    SENSITIVE = "b", _("de sensitive spørsmålene")


class FrozenQuerySet(RowsQuerySet):
    """Rows that can be added, but neither changed nor removed."""

    def update(self, **kwargs: Any) -> int:
        raise ReleaseIsFrozen(f"{self.model.__name__} is never updated")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise ReleaseIsFrozen(f"{self.model.__name__} is never updated")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ReleaseIsFrozen(f"{self.model.__name__} is never deleted")


class FrozenManager(ScopedManager):
    """`objects` of released rows: asks who is reading, and refuses every change."""

    _queryset_class = FrozenQuerySet


class Frozen(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReleaseIsFrozen(f"{type(self).__name__} {self.pk} is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ReleaseIsFrozen(f"{type(self).__name__} {self.pk} is never deleted")


class Release(Frozen):
    """One set of results of a wave. `digest` covers every page and every text of it."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="releases", verbose_name=_("kartlegging"))
    number = models.PositiveSmallIntegerField(_("nummer"), default=1)
    part = models.CharField(_("del"), max_length=1, choices=Part.choices, default=Part.MAIN)
    digest = models.CharField(_("fingeravtrykk"), max_length=64)
    created_at = models.DateTimeField(_("laget"))
    thresholds: models.JSONField[Any, Any] = models.JSONField(_("terskler"))
    erased_before = models.CharField(max_length=64, default="")  # `extract.erased` when the answers were read for it

    plumbing = models.Manager.from_queryset(FrozenQuerySet)()
    objects = FrozenManager("wave__unit", moment="wave__opened_at")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["wave", "number", "part"], name="release_number_once_a_wave")]

    class Privacy:
        open = {"id", "wave", "number", "part", "digest", "created_at", "thresholds", "erased_before"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave} r{self.number}{self.part}"


class ReleasedForm(Frozen):
    """The texts of one informant group's pages, as they were asked."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="forms")
    informant = models.CharField(max_length=20, choices=Informant.choices)
    payload = models.BinaryField()
    sums = models.BinaryField()  # exact, of complete sheets, encrypted: a later wave is compared with them; never shown

    plumbing = models.Manager.from_queryset(FrozenQuerySet)()
    objects = FrozenManager("release__wave__unit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "informant"], name="form_texts_once_a_release")]

    class Privacy:
        open = {"id", "release", "informant", "payload"}
        personal: set[str] = set()
        sealed = {"sums"}

    def __str__(self) -> str:
        return f"{self.release}: {self.get_informant_display()}"

    def read(self) -> FormText:
        return read_form(self.payload)


class ReleasedPage(Frozen):
    """All numbers of one node and one informant group: what its page shows, and nothing else."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="pages")
    form = models.ForeignKey(ReleasedForm, models.PROTECT, related_name="pages")
    node = models.ForeignKey(WaveNode, models.PROTECT, related_name="pages")
    informant = models.CharField(max_length=20, choices=Informant.choices)
    payload = models.BinaryField()

    plumbing = models.Manager.from_queryset(FrozenQuerySet)()
    objects = FrozenManager("node__unit", moment="release__wave__opened_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "informant", "release"], name="page_once_a_release")]

    class Privacy:
        open = {"id", "release", "form", "node", "informant", "payload"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.release}: {self.node}, {self.get_informant_display()}"

    def read(self) -> Page:
        return read_page(self.payload)


class Reference(Frozen):
    """What points are measured with: frozen by the first release that holds the scale (RULES C.2)."""

    series = models.SlugField(max_length=60)
    informant = models.CharField(max_length=20, choices=Informant.choices)
    scale_digest = models.CharField(max_length=64)
    mu = models.FloatField()
    sigma = models.FloatField()
    # What intervals rest on (RULES C.3): persons within blocks, and variances between blocks in squared scale units.
    c = models.FloatField()
    between_classes = models.FloatField()
    between_grades = models.FloatField()
    between_schools = models.FloatField()
    between_municipalities = models.FloatField()
    release = models.ForeignKey(Release, models.PROTECT, related_name="references")

    BETWEEN: ClassVar = ("between_classes", "between_grades", "between_schools", "between_municipalities")

    plumbing = models.Manager.from_queryset(FrozenQuerySet)()
    objects = FrozenManager("release__wave__unit")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "informant", "scale_digest"], name="reference_frozen_once")
        ]

    class Privacy:
        open = {"id", "series", "informant", "scale_digest", "mu", "sigma", "c", "release"} | {
            "between_classes", "between_grades", "between_schools", "between_municipalities",
        }  # fmt: skip
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.series}, {self.informant}"
