"""Who reads, and which wave or questionnaire it is about: found, or 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.lifecycle import NotNow
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, has_permission, may

from .codes.rights import units_for
from .models import Wave, WaveState
from .queries import waves_at
from .trails import to_followed
from .waves.now import Now, now_of
from .waves.states import LIFE, Act, stored_for


def wave_at_or_404(slug: str, unit: Unit, *states: WaveState) -> Wave:
    """The wave of that name, if it is in one of these states and the unit takes part."""
    wave = waves_at(unit, *states).filter(slug=slug).first()
    if wave is None:
        raise Http404
    return wave


def wave_for(act: Act, slug: str, unit: Unit) -> Wave:
    """The wave at a unit, for an act of its stage: 404 where it is not there, `NotNow` where the clock says no."""
    return _if_now(act, now_of(wave_at_or_404(slug, unit, *stored_for(act)), unit))


def own_wave_for(act: Act, request: HttpRequest, slug: str) -> Wave:
    """A wave that the reader sets up, for an act of its stage; as above."""
    return _if_now(act, now_of(own_wave_or_404(request, slug, *stored_for(act))))


def _if_now(act: Act, now: Now) -> Wave:
    if not now.may(act):
        raise NotNow(now.why_not)
    return now.wave


def code_unit_or_404(request: HttpRequest, key: int) -> Unit:
    """A unit at which the reader may handle somebody's codes."""
    unit: Unit | None = units_for(reader(request)).filter(pk=key).first()
    if unit is None:
        raise Http404
    return unit


def way_back(request: HttpRequest, wave: Wave, unit: Unit) -> list[tuple[str, str]]:
    """The trail above a page about one unit in a wave; the counts stand in it for those who follow them."""
    if not may(reader(request), Permission.RESPONSE_VIEW, unit):
        return first_step(request)
    place = reverse("surveys:response", kwargs={"slug": wave.slug, "key": unit.pk})
    return [*first_step(request), (f"{wave.name} – {unit.name}", place)]


def first_step(request: HttpRequest) -> list[tuple[str, str]]:
    """Where a trail begins: at the waves that the reader follows, else at the front page."""
    if has_permission(reader(request), Permission.RESPONSE_VIEW):
        return to_followed()
    return [(_("Forsiden"), reverse("web:home"))]


def asked_address(request: HttpRequest, wave: Wave) -> str:
    """Where everybody may read what a wave asks, once it has opened."""
    return request.build_absolute_uri(reverse("surveys:asked", kwargs={"slug": wave.slug}))


def own_wave_or_404(request: HttpRequest, slug: str, *states: WaveState) -> Wave:
    """A wave that the reader sets up, in one of these states (any, when none is named)."""
    wave: Wave = get_visible_or_404(Wave, reader(request), Permission.WAVE_EDIT, slug=slug)
    if states and LIFE.state_of(wave) not in states:
        raise Http404
    return wave
