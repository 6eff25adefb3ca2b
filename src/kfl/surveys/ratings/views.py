"""The rater's lists: own group's children, how far each has come, and the way into each form, once each."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, may, needs
from kfl.questionnaires.formats import RATERS

from .. import actions
from ..codes.views import ANSWER_PATH
from ..lookups import wave_for
from ..models import Code
from ..trails import to_followed
from ..waves.states import Act
from . import rating_lists


@needs(Permission.RATING_GIVE)
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """Where one comes back to after each child: the only list, or all of them.

    For: contact teachers and pedagogical leaders.
    """
    lists = rating_lists.own_lists(reader(request))
    if len(lists) == 1:
        return _list_page(request, lists[0])
    return render(request, "surveys/rating_lists.html", {"lists": lists})


@needs(Permission.RATING_FOLLOW)
@never_cache
def one_list(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """The children of a group, with how far each rating has come; never what was answered.

    For: those who rate them, and the head.
    """
    user = reader(request)
    unit: Unit = get_visible_or_404(Unit, user, Permission.RATING_FOLLOW, pk=key)
    found = rating_lists.list_at(wave_for(Act.FOLLOW, slug, unit), unit)
    if not found.ratings:
        raise Http404
    return _list_page(request, found)


def _list_page(request: HttpRequest, found: rating_lists.RatingList) -> HttpResponse:
    context = {
        "found": found,
        "heading": rating_lists.heading(found.unit),
        "may_rate": may(reader(request), Permission.RATING_GIVE, found.unit),
        "trail": to_followed(),
    }
    return render(request, "surveys/rating_list.html", context)


@needs(Permission.RATING_GIVE)
@require_POST
@never_cache
def open_form(request: HttpRequest, slug: str, key: int, code: int) -> HttpResponse:
    """Hand one child's code over to the answering pages: in a form's body, never in an address, and audited.

    For: those who rate the child.
    """
    user = reader(request)
    unit: Unit = get_visible_or_404(Unit, user, Permission.RATING_GIVE, pk=key)
    wave = wave_for(Act.RATE, slug, unit)
    row: Code = get_visible_or_404(
        Code, user, Permission.RATING_GIVE, pk=code, wave=wave, node__unit=unit, form__informant__in=RATERS
    )
    found = rating_lists.list_at(wave, unit)
    rating = next(one for one in found.ratings if one.code == row.pk)
    if rating.is_handed_in or not found.is_taking:
        if rating.is_handed_in:
            messages.info(request, _("{name} er vurdert og levert.").format(name=rating.name))
        return redirect("surveys:rating-list", slug=slug, key=key)
    context = {
        "rating": rating,
        "code": actions.open_rating(code=row, by=user),
        "action": f"{ANSWER_PATH}code",
        "intro": row.form.version.intro,
        "unit": unit,
        "trail": [(rating_lists.heading(unit), reverse("surveys:rating-list", kwargs={"slug": slug, "key": key}))],
    }
    return render(request, "surveys/rating_open.html", context)
