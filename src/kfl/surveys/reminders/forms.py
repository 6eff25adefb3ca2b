"""When reminders may be sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kfl.core import stale

from ..models import ReminderRules


class RulesForm(stale.CarefulForm):
    """Hours, holidays, and how many rounds."""

    from_hour = forms.IntegerField(label=_("Tidligst klokka"), min_value=0, max_value=23)
    to_hour = forms.IntegerField(label=_("Senest klokka"), min_value=1, max_value=24)
    on_holidays = forms.BooleanField(label=_("Også søndager og helligdager"), required=False)
    most = forms.IntegerField(label=_("Høyst så mange runder"), min_value=1, max_value=10)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_hour"), cleaned.get("to_hour")
        if start is not None and end is not None and end <= start:
            raise ValidationError({"to_hour": _("Velg en senere time enn den første.")})
        return cleaned

    @staticmethod
    def of(rules: ReminderRules) -> dict[str, Any]:
        """The rules in force, as a form's first values."""
        return {name: getattr(rules, name) for name in ("from_hour", "to_hour", "on_holidays", "most")}
