"""Whom respondents are told to talk to when something is hard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kfl.core import stale
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from ... import actions
from ...lookups import own_wave_for
from ...trails import to_wave
from ...waves.states import Act
from .. import help_text
from ..forms.help_text import HelpForm


@needs(Permission.WAVE_EDIT)
def wave_help(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of a draft. For: whoever sets up waves."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    form = HelpForm(request.POST or None, initial=HelpForm.of(wave))
    if request.method == "POST" and form.is_valid():
        help, help_adults = form.texts()
        actions.write_help(wave=wave, help=help, help_adults=help_adults, by=reader(request))
        stale.tell(request, form)
        return redirect("surveys:wave-detail", slug=slug)
    context = {
        "wave": wave,
        "form": form,
        "for_children": help_text.standard_for_children(),
        "for_adults": help_text.standard_for_adults(),
        "cancel": reverse("surveys:wave-detail", kwargs={"slug": slug}),
        "trail": to_wave(wave),
    }
    return render(request, "surveys/wave_help.html", context)
