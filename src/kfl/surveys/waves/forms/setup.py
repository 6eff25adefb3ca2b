"""Forms that set up a wave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kfl.core import stale
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion

from ...models import ConsentMode, Wave
from ...models.waves import MOST_CLOSE_WITHIN_DAYS, USUAL_CLOSE_WITHIN_DAYS
from ..draft import WaveDraft

NEW_SERIES = ""
WINDOW = ("name", "opens_at", "closes_at", "close_within_days", "consent_mode")


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(label=label, help_text=help_text, widget=_Moment())


class NewWindowForm(forms.Form):
    """Name, window and consent of a wave that is not there yet."""

    name = forms.CharField(label=_("Navn"), max_length=120, help_text=_("For eksempel «Kartlegging høsten 2026»."))
    opens_at = _moment(_("Åpner"))
    closes_at = _moment(_("Stenger"), _("Fem uker er vanlig. Tiden kan utvides mens kartleggingen er åpen."))
    close_within_days = forms.IntegerField(
        label=_("Stenger seg selv, dager etter at tiden er ute"),
        help_text=_(
            "Du stenger kartleggingen når tiden er ute. Glemmer du det, får du e-post, og etter så mange dager stenger "
            "den av seg selv. Da slettes kodene og nøkkelen."
        ),
        required=False,
        min_value=1,
        max_value=MOST_CLOSE_WITHIN_DAYS,
        initial=USUAL_CLOSE_WITHIN_DAYS,
    )
    consent_mode = forms.ChoiceField(
        label=_("Samtykke fra foreldre"), choices=ConsentMode.choices, widget=forms.RadioSelect
    )

    def clean_close_within_days(self) -> int:
        return self.cleaned_data["close_within_days"] or USUAL_CLOSE_WITHIN_DAYS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            raise ValidationError({"closes_at": _("Kartleggingen må stenge etter at den åpner.")})
        return cleaned

    def draft(self) -> WaveDraft:
        given = {name: self.cleaned_data[name] for name in WINDOW}
        return WaveDraft(**{**given, "consent_mode": ConsentMode(given["consent_mode"])})


class WindowForm(stale.CarefulForm, NewWindowForm):
    """Name, window and consent of a draft."""

    @staticmethod
    def of(wave: Wave) -> dict[str, Any]:
        """The wave's own values, as a form's first values."""
        return {name: getattr(wave, name) for name in WINDOW}


class NewWaveForm(NewWindowForm):
    """A new wave, in a series of its own or in one that is there."""

    series = forms.ChoiceField(
        label=_("Serie"),
        required=False,
        help_text=_("Runder i samme serie kan sammenlignes: de har samme nullpunkt, og endring kan vises."),
    )

    def __init__(self, *args: Any, series: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*((one, one) for one in series), (NEW_SERIES, _("Ny serie"))]
        field = self.fields["series"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class FormsForm(stale.CarefulForm):
    """Which questionnaire each informant group answers, or none."""

    def __init__(self, *args: Any, versions: list[QuestionnaireVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(version.pk): version for version in versions}
        for informant in Informant:
            its = [version for version in versions if version.informant is informant]
            if its:
                self.fields[informant.value] = forms.ChoiceField(
                    label=informant.label.capitalize(),
                    required=False,
                    choices=[("", _("Er ikke med")), *((str(version.pk), str(version)) for version in its)],
                )

    def chosen(self) -> list[QuestionnaireVersion]:
        """The versions that were chosen."""
        return [self.versions[key] for key in self.cleaned_data.values() if key]


class UnitsForm(stale.CarefulForm):
    """Who takes part: the whole county, municipalities, or single schools and kindergartens."""

    units = forms.MultipleChoiceField(label=_("Hvem er med"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(unit.pk): unit for unit in units}
        field = self.fields["units"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(key, unit.name) for key, unit in self.known.items()]

    def chosen(self) -> list[Unit]:
        """The units that were chosen, without those that lie below another chosen one."""
        units = [self.known[key] for key in self.cleaned_data["units"]]
        paths = {unit.path for unit in units}
        return [unit for unit in units if not any(unit.path != path and unit.path.startswith(path) for path in paths)]

    @staticmethod
    def kinds() -> list[Kind]:
        """Kinds that can be chosen."""
        return [Kind.COUNTY, Kind.MUNICIPALITY, Kind.SCHOOL, Kind.KINDERGARTEN]


class ExtendForm(stale.CarefulForm):
    """A later time to close."""

    closes_at = _moment(_("Stenger"))

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"closes_at": wave.closes_at}
        self.wave = wave

    def clean_closes_at(self) -> Any:
        closes_at = self.cleaned_data["closes_at"]
        if closes_at <= self.wave.closes_at:
            raise ValidationError(_("Velg et senere tidspunkt enn det som står nå."))
        return closes_at


class ExtendUnitForm(stale.CarefulForm):
    """A later time to close for one unit."""

    closes_at = _moment(_("Stenger"), _("Høyst to uker etter de andre, for alle venter på resultatene."))

    def __init__(self, *args: Any, now: datetime, latest: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"closes_at": now}
        self.now, self.latest = now, latest

    def clean_closes_at(self) -> Any:
        closes_at = self.cleaned_data["closes_at"]
        if closes_at <= self.now:
            raise ValidationError(_("Velg et senere tidspunkt enn det som står nå."))
        if closes_at > self.latest:
            raise ValidationError(_("Det er for lenge etter de andre."))
        return closes_at


class RehearsalForm(forms.Form):
    """When a rehearsal takes answers."""

    opens_at = _moment(_("Åpner"))
    closes_at = _moment(_("Stenger"), _("En dag eller to er nok. Alt som svares, slettes når du stenger prøven."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            raise ValidationError({"closes_at": _("Prøven må stenge etter at den åpner.")})
        return cleaned
