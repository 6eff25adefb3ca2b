"""How many have answered: per class, school and municipality, never who."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kfl.core.alphabet import in_name_order
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_of, get_visible_or_404, may, needs
from kfl.questionnaires.formats import Informant

from .. import home
from ..codes.rights import may_handle
from ..lookups import wave_at_or_404
from ..queries import waves_asking_at
from ..trails import to_followed
from ..waves import more_time, stored
from ..waves.now import now_of
from ..waves.states import Act
from . import count_words, coverage

# What is listed on the page of a unit of each kind.
PARTS: dict[Kind, tuple[Kind, ...]] = {
    Kind.COUNTY: (Kind.MUNICIPALITY,),
    Kind.REGION: (Kind.MUNICIPALITY,),
    Kind.MUNICIPALITY: (Kind.SCHOOL, Kind.KINDERGARTEN),
    Kind.SCHOOL: (Kind.GROUP,),
    Kind.KINDERGARTEN: (Kind.DEPARTMENT,),
}


@needs(Permission.RESPONSE_VIEW)
def followed(request: HttpRequest) -> HttpResponse:
    """The waves at the reader's own units.

    For: teachers, heads, owners and the county team.
    """
    rows = []
    seen = set()
    user = reader(request)
    for assignment in assignments_of(user):
        unit = assignment.unit
        if unit.pk in seen or not may(user, Permission.RESPONSE_VIEW, unit):
            continue
        seen.add(unit.pk)
        for wave in waves_asking_at(unit, *stored.HAS_OPENED):
            now = now_of(wave, unit)
            line = home.pupils_line(coverage.of_unit(wave, unit).pupils) if now.may(Act.FOLLOW) else ""
            rows.append({"wave": wave, "unit": unit, "line": line, "now": now})
    return render(request, "surveys/followed.html", {"rows": rows})


@needs(Permission.RESPONSE_VIEW)
def response(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """How many have answered at a unit and in each of its parts.

    For: those who follow the unit. Names are never shown, nor when somebody answered.
    """
    user = reader(request)
    unit: Unit = get_visible_or_404(Unit, user, Permission.RESPONSE_VIEW, pk=key)
    wave = wave_at_or_404(slug, unit, *stored.HAS_OPENED)
    now = now_of(wave, unit)
    kinds = PARTS.get(Kind(unit.kind), ())
    below = Unit.objects.visible_to(user, Permission.RESPONSE_VIEW).filter(
        path__startswith=unit.path, kind__in=list(kinds)
    )
    whole = coverage.of_unit(wave, unit)
    ordered = in_name_order(below)
    parts = [part for part in coverage.of_units(wave, unit, ordered) if part.lines]
    informants = [line.informant for line in whole.lines]
    context = {
        "wave": wave,
        "unit": unit,
        "now": now,
        "more_time": more_time.words(wave, unit, timezone.now()),
        "may_extend": now.may(Act.EXTEND) and may(user, Permission.WAVE_EXTEND, unit),
        "may_erase": now.may(Act.ERASE) and may(user, Permission.CONSENT_EDIT, unit),
        "may_print": now.may(Act.HAND_OUT) and may_handle(user, unit),
        "may_consent": now.may(Act.TAKE_CONSENT) and may(user, Permission.CONSENT_EDIT, unit),
        "has_ratings": unit.is_leaf_kind
        and any(informant.is_rater for informant in informants)
        and may(user, Permission.RATING_FOLLOW, unit),
        "lines": whole.lines,
        "counted": count_words.when(whole.taken_at) if whole.taken_at else "",
        "has_adults": any(informant.is_adult for informant in informants),
        "informants": informants,
        "parts": [{"unit": part.unit, "cells": _cells(part, informants)} for part in parts],
        "trail": to_followed(),
    }
    return render(request, "surveys/response.html", context)


def _cells(part: coverage.UnitResponse, informants: list[Informant]) -> list[coverage.Response | None]:
    found = {line.informant: line for line in part.lines}
    return [found.get(informant) for informant in informants]
