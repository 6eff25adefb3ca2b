"""A list from outside."""

from __future__ import annotations

from django import forms

from kfl.core.lists import ListField


class ListForm(forms.Form):
    """A list as CSV or as an Excel workbook."""

    file = ListField()
