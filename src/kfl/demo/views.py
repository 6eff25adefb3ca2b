"""Signing in to a demo with one click. In a folder without the demo's mark these pages do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kfl.people.models import User
from kfl.people.roles import ROLES
from kfl.people.scopes import open_to_all

from . import queries

PAGE = 50
BACKEND = "django.contrib.auth.backends.ModelBackend"

View = Callable[[HttpRequest], HttpResponse]


def in_a_demo_only(view: View) -> View:
    """404 anywhere else, whatever is asked."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.KFL_DEMO:
            raise Http404
        return view(request)

    return guarded


@open_to_all(why="in a demo anybody may be any of its invented people; elsewhere the page does not exist")
@in_a_demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become the invented person with this username."""
    person = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    return redirect("web:home")


@open_to_all(why="the list of a demo's invented people; elsewhere the page does not exist")
@in_a_demo_only
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """All invented people, to search in."""
    role, search = request.GET.get("rolle", ""), request.GET.get("sok", "")[:100]
    page = Paginator(queries.held_roles(role, search), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "demo/people.html",
        {
            "page": page,
            "people": queries.described(page.object_list),
            "roles": ROLES.values(),
            "role": role,
            "search": search,
        },
    )
