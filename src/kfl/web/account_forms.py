"""Sign-in forms in our words: a label above each field, no hints that vanish while typing."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """Username or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Brukernavn eller e-post")
        self.fields["password"].help_text = ""  # the link to a new password stands beside the button
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
