"""Whom a respondent can talk to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from kfl.core import stale
from kfl.core.text import LANGUAGES, TranslatedText, from_fields, language_fields

from ...models import Wave

LONGEST = 400  # it stands on a phone's screen, below the questions


class HelpForm(stale.CarefulForm):
    """The wave's own texts, in each language; blank for the standard ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("help", _("Til barn og elever")), ("help_adults", _("Til voksne"))):
            self.fields.update(language_fields(name, str(label), required=False))
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators.append(MaxLengthValidator(LONGEST))
                field.widget.attrs["maxlength"] = LONGEST

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("help", "help_adults"):
            words = from_fields(name, cleaned)
            if words and not words.get("nb"):
                self.add_error(f"{name}_nb", _("Skriv teksten på bokmål også: den vises der et språk mangler."))
        return cleaned

    def texts(self) -> tuple[TranslatedText, TranslatedText]:
        """To children, and to adults."""
        return from_fields("help", self.cleaned_data), from_fields("help_adults", self.cleaned_data)

    @staticmethod
    def of(wave: Wave) -> dict[str, str]:
        """The wave's own texts, as a form's first values."""
        texts = {"help": wave.help, "help_adults": wave.help_adults}
        return {
            f"{name}_{language}": words.get(language, "") for name, words in texts.items() for language in LANGUAGES
        }
