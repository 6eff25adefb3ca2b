"""Sign-in by django-allauth, fitted to us: accounts come from rosters, nobody signs up, mail waits for the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from kfl.core import mail

LOGIN_CODE = "account/email/login_code"
UNKNOWN = "account/email/unknown_account"  # somebody typed an address that no account has: nobody gets a mail
OF_NO_USE_AFTER = timedelta(days=1)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Usernames come from the roster."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail down for the worker, also where nobody has the address: the page takes as long."""
        request = current.request
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        site = get_current_site(request)
        whole = {"request": request, "email": email, "current_site": site, "code_minutes": minutes, **context}
        made = self.render_mail(template_prefix, email, whole)
        is_code = template_prefix in {LOGIN_CODE, UNKNOWN}
        words = mail.written(
            to=mail.NOBODY if template_prefix == UNKNOWN else email,
            subject=str(made.subject),
            body=str(made.body),
            good_for=timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) if is_code else OF_NO_USE_AFTER,
        )
        mail.post(words)
