"""Rehearsing a wave: making the rehearsal, and how it goes."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from ... import actions
from ...lookups import own_wave_for
from ...trails import to_wave
from ...waves.states import Act
from ..forms.setup import RehearsalForm


@needs(Permission.WAVE_EDIT)
def rehearse(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a rehearsal of a draft. For: who sets up waves."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    form = RehearsalForm(request.POST or None, initial={"opens_at": start, "closes_at": start + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_rehearsal(wave=wave, by=reader(request), **form.cleaned_data)
        except actions.CannotRehearse as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("surveys:wave-detail", slug=made.slug)
    back = reverse("surveys:wave-detail", kwargs={"slug": slug})
    context = {
        "form": form,
        "heading": _("Generalprøve på {wave}").format(wave=wave.name),
        "cancel": back,
        "trail": to_wave(wave),
    }
    return render(request, "surveys/wave_form.html", context)
