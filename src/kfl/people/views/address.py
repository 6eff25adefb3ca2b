"""The address where one's mail goes: another one is proved by a code that is sent there.

Whether the new address is somebody's already is never told: the page, the time and the code's page are the same, only
that no code comes which is right.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.core import mail

from .. import actions, addresses, mails
from ..forms import AddressForm, CodeForm
from ..freshness import needs_fresh
from ..requests import Request
from ..scopes import signed_in

IN_SESSION = "new_address"
GOOD_FOR = timedelta(minutes=15)
MOST_TRIES = 5
MOST_AN_HOUR = 5


def _page(request: Request, form: Any, heading: str, lead: str, submit: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "lead": lead, "submit": submit, "cancel": reverse("web:home")}
    return render(request, "people/address_form.html", context)


@signed_in(why="everybody decides where their own mail goes")
@needs_fresh
@never_cache
def new(request: Request) -> HttpResponse:
    """Write another address; a code goes there. For: whoever has just shown who they are."""
    user = request.user
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _may_ask(user.pk, form):
        address, seed = form.cleaned_data["email"], secrets.token_hex(16)
        is_free = not addresses.is_taken(address, but=user)
        mails.post_address_code(user=user, to=address if is_free else mail.NOBODY, seed=seed, good_for=GOOD_FOR)
        request.session[IN_SESSION] = {
            "address": address,
            "seed": seed,
            "until": int(time.time() + GOOD_FOR.total_seconds()),
            "tries": 0,
        }
        return redirect("people:address-proof")
    lead = _("E-post fra portalen går i dag til {address}.").format(address=user.email or "–")
    return _page(request, form, _("Bytt e-postadresse"), lead, _("Send kode til den nye adressen"))


@signed_in(why="everybody decides where their own mail goes")
@needs_fresh
@never_cache
def proof(request: Request) -> HttpResponse:
    """Type the code that came to the new address. For: whoever asked for it, in the same browser."""
    user, waiting = request.user, request.session.get(IN_SESSION)
    if waiting is None or waiting["until"] < time.time() or waiting["tries"] >= MOST_TRIES:
        request.session.pop(IN_SESSION, None)
        messages.warning(request, _("Koden gjelder ikke lenger. Skriv adressen på nytt."))
        return redirect("people:address")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[IN_SESSION] = {**waiting, "tries": waiting["tries"] + 1}
        sent = mails.address_code(user, waiting["address"], waiting["seed"])
        if constant_time_compare(form.cleaned_data["code"], sent) and _changed(user, waiting["address"]):
            request.session.pop(IN_SESSION)
            messages.success(request, _("E-posten går heretter til {address}.").format(address=waiting["address"]))
            return redirect("web:home")
        form.add_error("code", _("Koden er feil."))
    lead = _("Er {address} ledig, er en kode på vei dit. Den gjelder i 15 minutter.").format(address=waiting["address"])
    return _page(request, form, _("Skriv koden"), lead, _("Bytt adresse"))


def _may_ask(user: int, form: AddressForm) -> bool:
    """Few times an hour, or the portal could be made to write to strangers."""
    key = f"people.new_address.{user}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) <= MOST_AN_HOUR:
        return True
    form.add_error("email", _("Du har bedt om mange koder. Prøv igjen om en time."))
    return False


def _changed(user: Any, address: str) -> bool:
    """Change the address and tell the old one; False where it has become another's meanwhile."""
    before = user.email
    try:
        actions.change_address(user=user, email=address, by=user)
    except actions.AddressTaken:
        return False
    if before:
        mails.post_address_changed(user=user, to=before)
    return True
