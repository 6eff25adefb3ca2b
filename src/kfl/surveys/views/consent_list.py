"""A list of what the parents have said: choose a file, see what is wrong or what it would change, say yes or no."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from kfl.people.models import Pupil, Unit
from kfl.people.roles import Permission
from kfl.people.rosters.table import WrongRoster
from kfl.people.scopes import get_visible_or_404, needs

from .. import actions
from ..consent_list import CHOICES, COLUMNS, plan_of, states_of
from ..forms import ListForm
from ..membership import pupils_at
from ..models import ConsentMode, ConsentState, Wave, WaveState
from ..store import NotErased
from .found import first_step, reader, wave_at_or_404


@needs(Permission.CONSENT_EDIT)
@never_cache
def consent_list(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """A list for a class or a school. For: its teachers and head. Nothing changes before somebody says yes.

    The list itself is not kept: the page that asks for the yes holds what it would change.
    """
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CONSENT_EDIT, pk=key)
    wave = wave_at_or_404(slug, unit, WaveState.DRAFT, WaveState.OPEN)
    if wave.is_rehearsal:  # it asks whom its wave will ask
        raise Http404
    back = reverse("surveys:consent", kwargs={"slug": slug, "key": key})
    context: dict[str, Any] = {
        "wave": wave, "unit": unit, "back": back, "is_demo": settings.KFL_DEMO, "columns": COLUMNS,
        "choices": CHOICES[ConsentMode(wave.consent_mode)],
        "trail": [*first_step(request), (_("Samtykke"), back)],
    }  # fmt: skip
    if settings.KFL_DEMO:
        return render(request, "surveys/consent_list.html", context)
    if request.method == "POST" and "yes" in request.POST:
        changed = _carry_out(request, wave, unit)
        if changed is not None:
            words = ngettext("{count} endring er lagret.", "{count} endringer er lagret.", changed)
            messages.success(request, words.format(count=changed))
        return redirect(back)
    form = ListForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context["form"] = form
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            context["plan"] = plan_of(file.read(), wave, unit)
        except WrongRoster as error:
            context |= {"error": error, "file_name": file.name}
    return render(request, "surveys/consent_list.html", context)


def _carry_out(request: HttpRequest, wave: Wave, unit: Unit) -> int | None:
    """Write what the page held, as far as it is about pupils here; None when answers could not be erased."""
    pupils = pupils_at(wave, unit)
    states = states_of(wave, pupils)
    allowed = {state.value for state in CHOICES[ConsentMode(wave.consent_mode)]}
    wanted: dict[ConsentState, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        given = request.POST.get(f"state-{pupil.pk}", "")
        if given in allowed and ConsentState(given) is not states[pupil.pk]:
            wanted[ConsentState(given)].append(pupil)
    try:
        for state, chosen in wanted.items():
            actions.set_consent(wave=wave, pupils=chosen, state=state, by=reader(request))
    except NotErased as problem:
        messages.error(request, str(problem))
        return None
    return sum(len(chosen) for chosen in wanted.values())
