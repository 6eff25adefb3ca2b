"""What parents are told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kfl.core import stale

from ..models import LetterFacts, Wave


class LetterForm(stale.CarefulForm):
    """Who is responsible, whom to ask, and when answers are deleted."""

    controller = forms.CharField(label=_("Behandlingsansvarlig"), max_length=200, required=False)
    contact = forms.CharField(
        label=_("Kontakt"),
        max_length=200,
        required=False,
        help_text=_("Navn, e-post eller telefon som foreldre kan bruke."),
    )
    answers_until = forms.DateField(
        label=_("Svarene slettes"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Portalen sletter dem denne dagen. Etter åpningen kan dagen bare flyttes til tidligere."),
    )

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wave = wave

    def clean_answers_until(self) -> Any:
        day = self.cleaned_data["answers_until"]
        if day is not None and day <= self.wave.closes_at.date():
            raise ValidationError(_("Velg en dag etter at kartleggingen stenger."))
        return day

    @staticmethod
    def of(facts: LetterFacts) -> dict[str, Any]:
        """The facts as they are, as a form's first values."""
        return {name: getattr(facts, name) for name in ("controller", "contact", "answers_until")}
