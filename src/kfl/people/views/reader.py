"""Who reads."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from ..models import User


def reader(request: HttpRequest) -> User:
    """The one who is signed in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user
