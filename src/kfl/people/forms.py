"""What a browser may send: lists, roles, last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kfl.core import stale
from kfl.core.lists import ListField

from . import addresses, audit_places
from .kinds import Kind
from .models import RoleAssignment, Unit, User
from .roles import ROLES
from .rosters import ListKind


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RosterForm(forms.Form):
    """A list, and what it is about."""

    kind = forms.ChoiceField(label=_("Hva lista gjelder"), widget=forms.RadioSelect)
    file = ListField()

    def __init__(self, *args: Any, kinds: Sequence[ListKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, kind.label) for kind in kinds]


class _Suggested(forms.TextInput):
    """A text with names to choose from, which need not be one of them."""

    template_name = "people/_suggested.html"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__({"autocomplete": "off"})
        self.names = names

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["names"] = self.names
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}-names"
        return context


class LogForm(forms.Form):
    """What somebody looks for in the log; what is left empty is not asked for."""

    place = forms.CharField(
        label=_("Enhet"),
        required=False,
        max_length=200,
        help_text=_("Alt som ligger under enheten, blir med. En klasse finner du med skolen: 8A, Ask skole."),
    )
    person = forms.CharField(label=_("Hvem"), required=False, max_length=120)
    first = forms.DateField(label=_("Fra"), required=False, widget=_Day())
    last = forms.DateField(label=_("Til og med"), required=False, widget=_Day())
    what = forms.ChoiceField(label=_("Hva"), required=False)
    about = forms.ChoiceField(
        label=_("Linjer"),
        required=False,
        choices=[
            ("", _("ved enhetene")),
            ("none", _("uten enhet: kontoer, spørreskjemaer, organisasjoner og lister")),
        ],
    )

    def __init__(self, *args: Any, reader: User, whats: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.units: tuple[Unit, ...] = ()
        self.fields["place"].widget = _Suggested(audit_places.suggestions(reader))
        field = self.fields["what"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("alt")), *whats]
        if not audit_places.is_for_the_whole_portal(reader):
            del self.fields["about"]

    def clean_place(self) -> str:
        words: str = self.cleaned_data["place"]
        if words:
            try:
                self.units = audit_places.found(self.reader, words)
            except audit_places.NoSuchPlace as no:
                raise ValidationError(str(no)) from no
        return words

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("about") and given.get("place"):
            self.add_error("place", _("Linjer uten enhet hører ikke til noen enhet. La feltet stå tomt."))
        return given


class RoleForm(forms.Form):
    """A role at a unit, for somebody who has an account or shall get one.

    Whoever gives it says for whom: where the address is the account of somebody of another name, that must be said to
    be right, since the role goes to the account.
    """

    email = forms.EmailField(label=_("E-post"), max_length=150)
    name = forms.CharField(label=_("Navn"), max_length=120)
    is_right = forms.BooleanField(label=_("Kontoen hører til rett person"), required=False, widget=forms.HiddenInput)
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
        self.user = addresses.account_of(email)
        if self.user == self.by:
            raise ValidationError(_("Ingen kan gi seg selv en rolle. Be en annen i sekretariatet om det."))
        if self.user is not None and not self.user.is_active:
            raise ValidationError(_("Kontoen med denne adressen er stengt."))
        if self.user is None and addresses.is_taken(email):
            raise ValidationError(_("Adressen er brukernavnet til en annen konto."))
        return email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self._check_name(given.get("name", ""))
        first, last = given.get("from_on"), given.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("Siste dag kommer før første dag."))
        return given

    def _check_name(self, name: str) -> None:
        """Ask, where the account that has the address bears another name. The answer holds for that account alone."""
        if self.user is None or not name or addresses.names_fit(self.user.name, name):
            return
        self.fields["is_right"].widget = forms.CheckboxInput(attrs={"value": self.user.pk})
        if self.data.get(self.add_prefix("is_right")) != str(self.user.pk):
            words = _("Adressen hører til kontoen til {account}. Er det rett person, så kryss av for det.")
            self.add_error("is_right", words.format(account=self.user.name))


class AddressForm(forms.Form):
    """Another address for one's own mail."""

    email = forms.EmailField(label=_("Ny e-postadresse"), max_length=150)

    def clean_email(self) -> str:
        return addresses.normal(self.cleaned_data["email"])


class CodeForm(forms.Form):
    """The code that came to the new address; how it is cased or spaced does not matter."""

    code = forms.CharField(
        label=_("Kode"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].upper().replace("-", "").split())


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
