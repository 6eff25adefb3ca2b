"""More time for one's own units: the owner's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.templatetags.core import moment
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, needs

from ... import actions
from ...letters import to_parents
from ...lookups import wave_for
from ...trails import to_followed
from ...waves.states import Act
from .. import windows
from ..forms.setup import ExtendUnitForm


@needs(Permission.WAVE_EXTEND)
def extend(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Let a municipality, school or kindergarten answer longer than the rest. For: its owner and the county."""
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.WAVE_EXTEND, pk=key)
    wave = wave_for(Act.EXTEND, slug, unit)
    now = windows.closes_at(wave, unit)
    latest = wave.closes_at + actions.LONGEST_EXTENSION
    form = ExtendUnitForm(request.POST or None, now=now, latest=latest)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["closes_at"]
        try:
            actions.extend_unit(wave=wave, unit=unit, closes_at=until, by=reader(request))
        except (to_parents.BeyondThePromise, actions.WindowOnlyGrows) as problem:
            form.add_error("closes_at", str(problem))
        else:
            words = _("{unit} kan svare til {until}.").format(unit=unit.name, until=moment(until))
            messages.success(request, words)
            return redirect("surveys:response", slug=slug, key=key)
    place = reverse("surveys:response", kwargs={"slug": slug, "key": key})
    context = {
        "form": form,
        "heading": _("Mer tid til {unit}").format(unit=unit.name),
        "cancel": place,
        "trail": [*to_followed(), (f"{wave.name} – {unit.name}", place)],
    }
    return render(request, "surveys/wave_form.html", context)
