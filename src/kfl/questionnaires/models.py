"""Questionnaires: a version holds scales and items; opening a wave freezes it, and an edit makes the next one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kfl.core.files import StoredFileField, StoredFilesField
from kfl.core.text import TranslatedText, TranslatedTextField
from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager

from .formats import STANDARD_ANSWERS, Answer, Format, Informant


class Questionnaire(models.Model):
    """What one informant group is asked, through all its versions."""

    key = models.SlugField(_("kjennetegn"), max_length=60, unique=True)
    informant = models.CharField(_("hvem svarer"), max_length=20, choices=Informant.choices)
    title = TranslatedTextField(_("tittel"))

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        ordering = ["key"]

    class Privacy:
        open = {"id", "key", "informant", "title"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return str(self.title)


class QuestionnaireVersion(models.Model):
    """One edition of a questionnaire. Frozen when a wave opens with it; a frozen one never changes."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("utgave"), default=1)
    intro = TranslatedTextField(_("innledning"))
    frozen_at = models.DateTimeField(_("fryst"), null=True, blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        ordering = ["questionnaire", "number"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="version_number_once")]

    class Privacy:
        open = {"id", "questionnaire", "number", "intro", "frozen_at"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.number}"

    @property
    def informant(self) -> Informant:
        return Informant(self.questionnaire.informant)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class Favourable(models.TextChoices):
    """Whether much of what the scale measures is good or bad. It steers words, never points."""

    HIGH = "high", _("høyt er bra")
    LOW = "low", _("lavt er bra")


class Scale(models.Model):
    """Items that measure one thing. `digest` is the same in two versions iff nothing that is asked changed."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="scales")
    key = models.SlugField(_("kjennetegn"), max_length=60)
    name = TranslatedTextField(_("navn"))
    description = TranslatedTextField(_("hva skalaen måler"))
    heading = TranslatedTextField(_("overskrift for den som svarer"))
    favourable = models.CharField(_("retning"), max_length=4, choices=Favourable.choices, default=Favourable.HIGH)
    position = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        ordering = ["version", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="scale_key_once_a_version")]

    class Privacy:
        open = {"id", "version", "key", "name", "description", "heading", "favourable", "position", "digest"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return str(self.name)


class Item(models.Model):
    """One question or statement. Without a scale it is a single question, asked last.

    `options` is a list of `{"code": 1, "label": {"nb": …}}`, for formats with answers of their own.
    `counts_from_code` belongs to sensitive items: an answer with this code or a higher one counts (of a reversed
    item, after turning). `sound` names the recorded sound by language and `picture` a picture, stored files both; they
    help whoever answers and are no part of what is asked, so they break no series.
    """

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="items")
    scale = models.ForeignKey(Scale, models.CASCADE, null=True, blank=True, related_name="items")
    key = models.SlugField(_("kjennetegn"), max_length=60)
    text = TranslatedTextField(_("tekst"))
    format = models.CharField(_("svarform"), max_length=12, choices=Format.choices, default=Format.AGREE4)
    options: models.JSONField[Any, Any] = models.JSONField(_("svaralternativer"), default=list, blank=True)
    reversed = models.BooleanField(_("snudd"), default=False)
    sensitive = models.BooleanField(_("sensitivt"), default=False)
    counts_from_code = models.PositiveSmallIntegerField(_("teller fra svar nummer"), null=True, blank=True)
    low = models.PositiveSmallIntegerField(_("minste tall"), null=True, blank=True)
    high = models.PositiveSmallIntegerField(_("største tall"), null=True, blank=True)
    sound = StoredFilesField(_("lyd"))
    picture = StoredFileField(_("bilde"))
    position = models.PositiveSmallIntegerField(default=0)

    plumbing = Plumbing()
    objects = ScopedManager("")

    class Meta:
        ordering = ["version", "scale__position", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="item_key_once_a_version"),
            models.CheckConstraint(
                condition=Q(sensitive=False) | Q(counts_from_code__isnull=False),
                name="sensitive_item_says_what_counts",
            ),
        ]

    class Privacy:
        open = {
            "id", "version", "scale", "key", "text", "format", "options", "reversed", "sensitive",
            "counts_from_code", "low", "high", "sound", "picture", "position",
        }  # fmt: skip
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return str(self.text)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers to choose between; none for numbers and text."""
        if standard := STANDARD_ANSWERS.get(Format(self.format)):
            return standard
        return tuple(Answer(option["code"], TranslatedText(option["label"])) for option in self.options)
