"""What the parents have said, pupil by pupil."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from kfl.people.models import Pupil, Unit
from kfl.people.roles import PLACES, Permission
from kfl.people.same_names import pupils_told_apart
from kfl.people.scopes import get_visible_or_404, needs

from .. import actions
from ..consent_list import CHOICES, states_of
from ..membership import pupils_at
from ..models import ConsentMode, ConsentState, Wave, WaveState
from ..store import NotErased
from .found import first_step, reader, wave_at_or_404


@needs(Permission.CONSENT_EDIT)
def consent(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Each pupil's state in a class; on the page of a school or municipality, what is right below it.

    For: the class's teachers, the head of the school and the office.
    """
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CONSENT_EDIT, pk=key)
    wave = wave_at_or_404(slug, unit, WaveState.DRAFT, WaveState.OPEN)
    if wave.is_rehearsal:  # it asks whom its wave will ask
        raise Http404
    pupils = pupils_at(wave, unit) if unit.is_leaf_kind else []
    states = states_of(wave, pupils)
    if request.method == "POST":
        try:
            changed = _save(request, wave, pupils, states)
        except NotErased as problem:
            messages.error(request, str(problem))
            return redirect("surveys:consent", slug=slug, key=key)
        words = ngettext("{count} endring er lagret.", "{count} endringer er lagret.", changed).format(count=changed)
        messages.success(request, words)
        return redirect("surveys:consent", slug=slug, key=key)
    today, names = timezone.localdate(), pupils_told_apart(pupils)
    classes = Unit.objects.visible_to(reader(request), Permission.CONSENT_EDIT).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),  # last year's classes have the same names
        parent=unit,
        kind__in=PLACES,
        valid_from__lte=today,
    )
    context = {
        "wave": wave,
        "unit": unit,
        "is_active": wave.consent_mode == ConsentMode.ACTIVE,
        "rows": [{"pupil": pupil, "name": names[pupil.pk], "state": states[pupil.pk]} for pupil in pupils],
        "choices": CHOICES[ConsentMode(wave.consent_mode)],
        "classes": classes.order_by("name"),
        "unknown": sum(1 for state in states.values() if state is ConsentState.NOT_INFORMED),
        "trail": first_step(request),
    }
    return render(request, "surveys/consent.html", context)


def _save(request: HttpRequest, wave: Wave, pupils: list[Pupil], states: dict[int, ConsentState]) -> int:
    wanted: dict[ConsentState, list[Pupil]] = defaultdict(list)
    allowed = {state.value for state in CHOICES[ConsentMode(wave.consent_mode)]}
    for pupil in pupils:
        given = request.POST.get(f"state-{pupil.pk}", "")
        new = ConsentState(given) if given in allowed else states[pupil.pk]
        if "all_informed" in request.POST and new is ConsentState.NOT_INFORMED:
            new = ConsentState.INFORMED
        if new is not states[pupil.pk]:
            wanted[new].append(pupil)
    for state, changed in wanted.items():
        actions.set_consent(wave=wave, pupils=changed, state=state, by=reader(request))
    return sum(len(changed) for changed in wanted.values())
