"""That it is still the same person who sits there: asked before anything that changes how an account is got into."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
    suspend_request,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    """Whether somebody has shown lately who they are; whoever has neither password nor passkey, by signing in."""
    if get_reauthentication_flows(request.user):
        return bool(did_recently_reauthenticate(request))
    signed_in_at = request.session.get("begun", 0)  # web/middleware.py
    return bool(time.time() - signed_in_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def needs_fresh(view: View) -> View:
    """Ask whoever is signed in to show anew who they are, before a page that changes how one gets in."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or is_fresh(request):
            return view(request, *args, **kwargs)
        flows = get_reauthentication_flows(request.user)
        if not flows:
            words = _("For å endre dette må du nettopp ha logget inn. Logg ut og inn igjen først.")
            messages.warning(request, words)
            return redirect("web:home")
        by_password = any(flow["id"] == "reauthenticate" for flow in flows)
        page = "account_reauthenticate" if by_password else "mfa_reauthenticate"
        asking: HttpResponse = suspend_request(request, reverse(page))
        return asking

    return asked
