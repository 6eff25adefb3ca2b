"""The request of somebody who has signed in, and who that is."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from .models import User


class Request(HttpRequest):
    """What a view gets that `@needs` or `@signed_in` has let through."""

    user: User


def reader(request: HttpRequest) -> User:
    """Whoever is signed in; 404 where nobody is, for a view that a decorator does not guard."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user
