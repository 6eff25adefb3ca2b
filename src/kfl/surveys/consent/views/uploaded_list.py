"""A list of what the parents have said: choose a file, see what is wrong or what it would change, say yes or no."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.people.roles import Permission
from kfl.people.rosters.table import WrongRoster
from kfl.people.scopes import needs

from ...lookups import first_step
from ...models import ConsentMode, WaveState
from ...waves.membership import pupils_at
from ..forms import ListForm
from ..uploaded_list import CHOICES, COLUMNS, plan_of
from .pupils import carry_out, found


@needs(Permission.CONSENT_EDIT)
@never_cache
def consent_list(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """A list for a class or a school. For: its teachers and head. Nothing changes before somebody says yes.

    The list itself is not kept: the page that asks for the yes holds what it would change.
    """
    wave, unit = found(request, slug, key)
    back = reverse("surveys:consent", kwargs={"slug": slug, "key": key})
    context: dict[str, Any] = {
        "wave": wave, "unit": unit, "back": back, "is_demo": settings.KFL_DEMO, "columns": COLUMNS,
        "choices": CHOICES[ConsentMode(wave.consent_mode)],
        "trail": [*first_step(request), (_("Samtykke"), back)],
    }  # fmt: skip
    if settings.KFL_DEMO:
        return render(request, "surveys/consent_list.html", context)
    if request.method == "POST" and "yes" in request.POST:
        carry_out(request, wave, pupils_at(wave, unit))
        return redirect(back)
    form = ListForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context["form"] = form
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            context["plan"] = plan = plan_of(file.read(), wave, unit)
            context["ending"] = plan.ending(wave) if wave.state == WaveState.OPEN else []
        except WrongRoster as error:
            context |= {"error": error, "file_name": file.name}
    return render(request, "surveys/consent_list.html", context)
