"""The form of a question's sounds and picture: a file for each language, and what to take away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kfl.core import stale
from kfl.core.files import UnusableFile, pictures, sounds
from kfl.core.text import LANGUAGES

from ..models import Item

SOUNDS = ".wav,.mp3,.ogg,.oga,.opus,.m4a,audio/wav,audio/mpeg,audio/ogg,audio/mp4"
PICTURES = ".png,.jpg,.jpeg,image/png,image/jpeg"


class MediaForm(stale.CarefulForm):
    """Each file is judged by what is in it."""

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, basis=(sorted(item.sound.items()), item.picture), **kwargs)
        for language, name in LANGUAGES.items():
            self.fields[f"sound_{language}"] = forms.FileField(
                label=_("Lyd på {language}").format(language=name),
                required=False,
                widget=forms.FileInput(attrs={"accept": SOUNDS}),
                help_text=_("WAV, MP3, OGG eller M4A, inntil 1 MB.") if language == "nb" else "",
            )
            if item.sound.get(language):
                self.fields[f"without_sound_{language}"] = forms.BooleanField(
                    label=_("Ta bort lyden på {language}").format(language=name), required=False
                )
        self.fields["picture"] = forms.FileField(
            label=_("Bilde"),
            required=False,
            widget=forms.FileInput(attrs={"accept": PICTURES}),
            help_text=_("PNG eller JPEG. Bildet tegnes på nytt, så ingenting annet i filen blir med."),
        )
        if item.picture:
            self.fields["without_picture"] = forms.BooleanField(label=_("Ta bort bildet"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for language in LANGUAGES:
            self._judge(cleaned, f"sound_{language}", sounds.checked_sound, sounds.MOST_GIVEN_BYTES)
        self._judge(cleaned, "picture", pictures.redrawn, pictures.MOST_GIVEN_BYTES)
        return cleaned

    def _judge(self, cleaned: dict[str, Any], name: str, check: Any, most: int) -> None:
        file = cleaned.get(name)
        if isinstance(file, UploadedFile):
            body = file.read(most + 1)  # one more than may be: enough to be told that it is too large
            try:
                check(body)
            except UnusableFile as problem:
                self.add_error(name, str(problem))
            else:
                cleaned[name] = body

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = self.cleaned_data
        sound: dict[str, bytes | None] = {
            language: None for language in LANGUAGES if cleaned.get(f"without_sound_{language}")
        }
        sound |= {language: body for language in LANGUAGES if (body := cleaned.get(f"sound_{language}"))}
        return {
            "sound": sound,
            "picture": cleaned.get("picture") or None,
            "without_picture": bool(cleaned.get("without_picture")),
        }
