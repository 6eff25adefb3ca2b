"""Text that users write in several languages: shown in the reader's language, else in bokmål."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = {"nb": _("bokmål"), "nn": _("nynorsk"), "en": _("engelsk"), "se": _("nordsamisk")}
SOURCE = "nb"


class TranslatedText(dict[str, str]):
    """One text in one or more languages: `{"nb": …, "nn": …}`."""

    def __str__(self) -> str:
        return self.in_language(get_language() or SOURCE)

    def in_language(self, language: str) -> str:
        """The text in this language, else in bokmål, else in whatever there is."""
        return self.get(language) or self.get(SOURCE) or next((text for text in self.values() if text), "")

    def missing(self) -> list[str]:
        """Languages that have no text yet."""
        return [language for language in LANGUAGES if not self.get(language)]


def text(nb: str, nn: str = "", en: str = "", se: str = "") -> TranslatedText:
    """A translated text from its parts; empty parts are left out."""
    parts = {"nb": nb, "nn": nn, "en": en, "se": se}
    return TranslatedText({language: part for language, part in parts.items() if part})


class TranslatedTextField(models.JSONField):
    """A column that holds a `TranslatedText` as JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", TranslatedText)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> TranslatedText:
        return TranslatedText(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> TranslatedText:
        if isinstance(value, str):
            return text(value)
        return TranslatedText(value or {})

    def pre_save(self, model_instance: models.Model, add: bool) -> dict[str, str]:
        value = getattr(model_instance, self.attname)
        return dict(text(value) if isinstance(value, str) else value)

    def formfield(self, **kwargs: Any) -> None:
        """No field of its own: forms spell out the languages with `language_fields`."""
        return None


def language_fields(name: str, label: str, *, required: bool = True, rows: int = 2) -> dict[str, forms.CharField]:
    """A form field per language for one translated text; bokmål is the one that may be required."""
    fields = {}
    for language, language_name in LANGUAGES.items():
        fields[f"{name}_{language}"] = forms.CharField(
            label=f"{label} ({language_name})",
            required=required and language == SOURCE,
            widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
        )
    return fields


def from_fields(name: str, cleaned: dict[str, Any]) -> TranslatedText:
    """The translated text that `language_fields` gave back."""
    return text(**{language: cleaned.get(f"{name}_{language}", "").strip() for language in LANGUAGES})
