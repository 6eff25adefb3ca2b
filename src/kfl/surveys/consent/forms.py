"""A list from outside."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kfl.people.rosters.table import MOST_BYTES


class ListForm(forms.Form):
    """A CSV file, as Excel saves it."""

    file = forms.FileField(
        label=_("Fil"),
        help_text=_("CSV, slik Excel lagrer den. Høyst 5 MB og 100 000 rader."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise ValidationError(_("Fila er større enn 5 MB. Del den i flere."))
        return file
