"""Taking a pupil's answers out of a closed wave: the school asks, who sets up the wave carries it out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kfl.core.alphabet import in_name_order
from kfl.people import same_names
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, needs

from .. import actions
from ..lookups import first_step, own_wave_for, wave_for
from ..models import ErasureRequest
from ..store import NotErased
from ..waves import membership
from ..waves.states import Act
from .queries import unknown_waiting


@needs(Permission.CONSENT_EDIT)
@never_cache
def erase(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Ask for a pupil's answers to be erased, after the wave has closed. For: the class's teachers and the head.

    It never tells whether the pupil had answered.
    """
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CONSENT_EDIT, pk=key)
    wave = wave_for(Act.ERASE, slug, unit)
    pupils = {str(pupil.pk): pupil for pupil in (membership.pupils_at(wave, unit) if unit.is_leaf_kind else [])}
    if request.method == "POST":
        pupil = pupils.get(request.POST.get("pupil", ""))
        if pupil is None:
            raise Http404
        actions.ask_erasure(wave=wave, unit=unit, pupil=pupil, by=reader(request))
        messages.success(
            request, _("Ønsket er sendt. Har eleven svart, slettes svarene så snart nøkkelen er på plass.")
        )
        return redirect("surveys:erase", slug=slug, key=key)
    asked = ErasureRequest.objects.visible_to(reader(request), Permission.CONSENT_EDIT).filter(wave=wave, unit=unit)
    kinds = [Kind.GROUP, Kind.DEPARTMENT]
    nodes = wave.nodes.filter(unit__path__startswith=unit.path, kind__in=kinds).exclude(unit=unit)
    context = {
        "wave": wave,
        "unit": unit,
        "pupils": same_names.pupils_told_apart(list(pupils.values())).items(),
        "asked": asked.select_related("pupil"),
        "classes": in_name_order(
            Unit.objects.visible_to(reader(request), Permission.CONSENT_EDIT).filter(pk__in=nodes.values("unit"))
        ),
        "trail": first_step(request),
    }
    return render(request, "surveys/erase.html", context)


@needs(Permission.WAVE_EDIT)
@require_POST
def wave_erase(request: HttpRequest, slug: str) -> HttpResponse:
    """Carry out all that was asked for in a wave. For: who sets up waves; no names are shown."""
    wave = own_wave_for(Act.ERASE, request, slug)
    unknown = unknown_waiting(wave)
    try:
        count = actions.erase_those_waiting(wave=wave, by=reader(request))
    except (actions.LinkKeyIsAway, NotErased) as problem:
        messages.error(request, str(problem))
    else:
        words = ngettext(
            "{count} ønske om sletting er utført. Fantes det svar under elevens nøkkel, er de slettet.",
            "{count} ønsker om sletting er utført. Fantes det svar under elevenes nøkler, er de slettet.",
            count,
        )
        messages.success(request, words.format(count=count))
        if unknown:
            words = ngettext(
                "{count} av dem gjaldt en elev som ikke sto i noen av klassene mens kartleggingen var åpen. Under den "
                "nøkkelen kan det ikke finnes svar. Sto eleven der under en annen nøkkel, er de svarene ikke slettet.",
                "{count} av dem gjaldt elever som ikke sto i noen av klassene mens kartleggingen var åpen. Under de "
                "nøklene kan det ikke finnes svar. Sto elevene der under andre nøkler, er de svarene ikke slettet.",
                unknown,
            )
            messages.warning(request, words.format(count=unknown))
    return redirect("surveys:wave-detail", slug=slug)
