"""The life of an edition of a questionnaire: it can be written until a wave opens with it; then it never changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.lifecycle import Lifecycle

from .models import QuestionnaireVersion


class EditionState(models.TextChoices):
    """Whether an edition can still be written."""

    DRAFT = "draft", gettext_lazy("under arbeid")
    FROZEN = "frozen", gettext_lazy("i bruk")


def _state_of(version: QuestionnaireVersion) -> EditionState:
    return EditionState.FROZEN if version.is_frozen else EditionState.DRAFT


LIFE = Lifecycle(
    "questionnaire-edition",
    EditionState,
    EditionState.DRAFT,
    {
        EditionState.DRAFT: {EditionState.FROZEN: gettext_lazy("en kartlegging åpner med utgaven")},
        EditionState.FROZEN: {},
    },
    field="",
    read=_state_of,
    columns=("frozen_at",),
)


def check_can_be_written(version: QuestionnaireVersion) -> None:
    """Raise `NotNow` when a wave has opened with this edition."""
    words = _("Denne utgaven er brukt i en kartlegging og kan ikke endres. Lag en ny utgave.")
    LIFE.require(version, EditionState.DRAFT, words=words)
