"""Pages that belong to no room: home, health, job progress, language, privacy and accessibility in plain words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from kfl.core import jobs
from kfl.core.models import Job
from kfl.disclosure.thresholds import Thresholds
from kfl.people.scopes import assignments_of, has_permission, open_to_all, signed_in

from . import home as home_page
from .health import health as state_of_health


@open_to_all(why="the front page says what this is; whoever has signed in meets their own home page")
def home(request: HttpRequest) -> HttpResponse:
    """What to do now. For everybody; each room decides what to show this person."""
    if not request.user.is_authenticated:
        return render(request, "web/front.html", home_page.front_page())
    now = timezone.localtime()
    cards = home_page.cards_of(request.user, now.date())
    return render(request, "web/home.html", {"greeting": home_page.greeting(now), "cards": cards})


@open_to_all(why="a monitor asks; the answer holds only whether things work")
def health(request: HttpRequest) -> JsonResponse:
    """For the one who runs the portal."""
    answer, status = state_of_health()
    return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})


@signed_in(why="whoever started a job follows it, and whoever has the permission that its kind names")
def job(request: HttpRequest, key: int) -> HttpResponse:
    """How far a job has come. Others meet a 404, and so does whoever has no role any more."""
    row = Job.objects.filter(pk=key).first()
    user = request.user
    if row is None or not user.is_authenticated:
        raise Http404
    is_own = row.by_id == user.pk and bool(assignments_of(user))
    permission = jobs.followed_by(row.kind)
    if not is_own and not (permission and has_permission(user, permission)):
        raise Http404
    return render(request, "web/job.html", {"job": row})


@open_to_all(why="everybody may choose a language")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages; who has signed in keeps it on the account."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and response.cookies:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return response


@open_to_all(why="everybody may know how answers are protected")
def privacy(request: HttpRequest) -> HttpResponse:
    """How personal data are handled, in plain words."""
    return render(request, "web/privacy.html", {"thresholds": Thresholds()})


@open_to_all(why="everybody may know what does not work for whom, and where to say so")
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "web/accessibility.html")
