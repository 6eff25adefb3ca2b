"""What a browser may send: lists, roles, last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kfl.core import stale

from .models import Kind, RoleAssignment, Unit, User
from .roles import ROLES
from .rosters import ListKind
from .rosters.table import MOST_BYTES


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RosterForm(forms.Form):
    """A list, and what it is about."""

    kind = forms.ChoiceField(label=_("Hva lista gjelder"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Fil"),
        help_text=_("CSV, slik Excel lagrer den. Høyst 5 MB og 100 000 rader."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, kinds: Sequence[ListKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, kind.label) for kind in kinds]

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise ValidationError(_("Fila er større enn 5 MB. Del den i flere."))
        return file


class RoleForm(forms.Form):
    """A role at a unit, for somebody who has an account or shall get one."""

    email = forms.EmailField(label=_("E-post"), max_length=150)
    name = forms.CharField(
        label=_("Navn"), max_length=120, required=False, help_text=_("Trengs bare for en som ikke har konto fra før.")
    )
    role = forms.ChoiceField(label=_("Rolle"))
    from_on = forms.DateField(label=_("Fra"), widget=_Day())
    to_on = forms.DateField(label=_("Til og med"), required=False, widget=_Day())

    def __init__(self, *args: Any, unit: Unit, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.by = unit, by
        self.user: User | None = None
        field = self.fields["role"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (role.key, capfirst(str(role.name))) for role in ROLES.values() if Kind(unit.kind) in role.kinds
            ]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].casefold()
        self.user = User.objects.filter(email__iexact=email).first()
        if self.user == self.by:
            raise ValidationError(_("Ingen kan gi seg selv en rolle. Be en annen i sekretariatet om det."))
        if self.user is not None and not self.user.is_active:
            raise ValidationError(_("Kontoen med denne adressen er stengt."))
        if self.user is None and User.objects.filter(username__iexact=email).exists():
            raise ValidationError(_("Adressen er brukernavnet til en annen konto."))
        return email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "email" in given and self.user is None and not given.get("name"):
            self.add_error("name", _("Ingen konto har denne adressen. Skriv navnet, så blir den laget."))
        first, last = given.get("from_on"), given.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("Siste dag kommer før første dag."))
        return given


class EndRoleForm(stale.CarefulForm):
    """The last day of a role."""

    to_on = forms.DateField(label=_("Siste dag"), widget=_Day())

    def __init__(self, *args: Any, assignment: RoleAssignment, **kwargs: Any) -> None:
        super().__init__(*args, basis=(assignment.from_on, assignment.to_on), **kwargs)
        self.assignment = assignment

    def clean_to_on(self) -> date:
        last: date = self.cleaned_data["to_on"]
        if last < self.assignment.from_on:
            raise ValidationError(_("Siste dag kommer før første dag."))
        return last
