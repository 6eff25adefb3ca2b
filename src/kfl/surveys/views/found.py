"""Who reads, and which wave or questionnaire it is about: found, or 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404

from ..models import Questionnaire, QuestionnaireVersion, Wave, WaveState
from ..queries import waves_at


def reader(request: HttpRequest) -> User:
    """The one who is signed in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def wave_at_or_404(slug: str, unit: Unit, *states: WaveState) -> Wave:
    """The wave of that name, if it is in one of these states and the unit takes part."""
    wave = waves_at(unit, *states).filter(slug=slug).first()
    if wave is None:
        raise Http404
    return wave


def own_wave_or_404(request: HttpRequest, slug: str, *states: WaveState) -> Wave:
    """A wave that the reader sets up, in one of these states (any, when none is named)."""
    wave: Wave = get_visible_or_404(Wave, reader(request), Permission.WAVE_EDIT, slug=slug)
    if states and wave.state not in states:
        raise Http404
    return wave


def newest_version_or_404(request: HttpRequest, key: str) -> QuestionnaireVersion:
    """The newest version of a questionnaire."""
    questionnaire: Questionnaire = get_visible_or_404(
        Questionnaire, reader(request), Permission.QUESTIONNAIRE_EDIT, key=key
    )
    newest = questionnaire.versions.order_by("-number").first()
    if newest is None:
        raise Http404
    return newest


def draft_version_or_404(request: HttpRequest, key: str) -> QuestionnaireVersion:
    """The newest version, if it can be edited."""
    version = newest_version_or_404(request, key)
    if version.is_frozen:
        raise Http404
    return version
