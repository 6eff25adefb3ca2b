"""Choosing a list on a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kfl.tables import LIST

ACCEPTED = ".csv,.txt,.xlsx,text/csv,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListField(forms.FileField):
    """A list as CSV or as an Excel workbook."""

    def __init__(self, **options: Any) -> None:
        words = _("Excel-arbeidsbok (.xlsx) eller CSV, slik Excel lagrer den. Høyst 5 MB og 100 000 rader.")
        settings = {
            "label": _("Fil"),
            "help_text": words,
            "allow_empty_file": True,
            "widget": forms.FileInput(attrs={"accept": ACCEPTED}),
        }
        super().__init__(**{**settings, **options})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file: UploadedFile[bytes] = super().clean(data, initial)
        if file and LIST.megabytes is not None and (file.size or 0) > LIST.megabytes * 1_000_000:
            raise ValidationError(_("Fila er større enn 5 MB. Del den i flere."))
        return file
