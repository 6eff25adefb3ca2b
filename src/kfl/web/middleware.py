"""What every page has: the usual methods only; and for a signed-in person their language, a session that ends,
nothing left in a cache.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from kfl.people import held

Respond = Callable[[HttpRequest], HttpResponse]
RENEW_EVERY_S = 60
METHODS = ("GET", "HEAD", "POST")


def usual_methods(respond: Respond) -> Respond:
    """Pages are read and forms are sent; there is nothing else that the portal could be asked to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


def own_language(respond: Respond) -> Respond:
    """Who is signed in and has chosen no language in this browser meets the language of their account."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return respond(request)

    return middleware


def roles_read_once(respond: Respond) -> Respond:
    """One request asks the database for the reader's roles once, whichever rooms ask about them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with held.read_once():
            return respond(request)

    return middleware


def signed_in_pages(respond: Respond) -> Respond:
    """End sessions that are idle or a working day old; keep pages out of shared machines' caches.

    The session's own age is the idle limit: it is renewed here, at most once a minute, since each renewal is a write
    to disk. Where a page sets its own Cache-Control, that stands.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            begun = request.session.setdefault("begun", now)
            if now - begun > settings.KFL_SESSION_LONGEST_S:
                logout(request)
            elif now - request.session.get("seen", 0) >= RENEW_EVERY_S:
                request.session["seen"] = now
        response = respond(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
