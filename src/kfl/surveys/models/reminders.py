"""E-mail to adults who may take part, links and reminders: when it may go, and what became of each round."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kfl.core.mail.hours import Hours
from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager

from .waves import Wave


class ReminderRules(models.Model):
    """When reminders of a wave may be sent, and how many rounds at most."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="reminder_rules")
    from_hour = models.PositiveSmallIntegerField(_("fra klokka"), default=7, validators=[MaxValueValidator(23)])
    to_hour = models.PositiveSmallIntegerField(
        _("til klokka"), default=20, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    on_holidays = models.BooleanField(_("også søndager og helligdager"), default=False)
    most = models.PositiveSmallIntegerField(
        _("høyst så mange runder"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    plumbing = Plumbing()
    objects = ScopedManager("wave__unit")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_hour__gt=F("from_hour")), name="reminders_have_an_hour_to_go_in"),
        ]

    class Privacy:
        open = {"id", "wave", "from_hour", "to_hour", "on_holidays", "most"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.from_hour}–{self.to_hour}"

    @property
    def hours(self) -> Hours:
        return Hours(self.from_hour, self.to_hour, self.on_holidays)


class RoundKind(models.TextChoices):
    """What a round brings."""

    REMINDER = "reminder", _("påminnelse")
    LINKS = "links", _("lenker")  # each one's own, to all who have an address; once a wave
    ANEW = "anew", _("lenke på nytt")  # to the one who has lost it


class Reminder(models.Model):
    """One round of e-mail: a reminder or a link to all who may take part and have an address, or one link anew.

    What became of it is kept as numbers only.
    """

    kind = models.CharField(_("hva"), max_length=8, choices=RoundKind.choices, default=RoundKind.REMINDER)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="reminders")
    number = models.PositiveSmallIntegerField(_("runde"))
    portal = models.URLField(_("portalens adresse"))
    ordered_at = models.DateTimeField(_("bestilt"))
    finished_at = models.DateTimeField(_("ferdig"), null=True, blank=True)
    accepted = models.PositiveIntegerField(_("tatt imot av e-posttjeneren"), default=0)
    refused = models.PositiveIntegerField(_("avvist"), default=0)
    given_up = models.PositiveIntegerField(_("ikke sendt"), default=0)
    unsure = models.PositiveIntegerField(_("uvisst"), default=0)
    opted_out = models.PositiveIntegerField(_("vil ikke ha"), default=0)

    plumbing = Plumbing()
    objects = ScopedManager("wave__unit")

    class Meta:
        ordering = ["wave", "number"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "kind", "number"], name="round_number_once_a_wave_and_kind")
        ]

    class Privacy:
        open = {
            "id", "kind", "wave", "number", "portal", "ordered_at", "finished_at", "accepted", "refused", "given_up",
            "unsure", "opted_out",
        }  # fmt: skip
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.number}"
