"""The one list that waits for somebody's yes, in the session of whoever chose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kfl.core.files import waiting
from kfl.core.files.waiting import NothingWaits

IN_SESSION = "list"
_LONGEST_NAME = 100

__all__ = ["NothingWaits", "WaitingList", "keep", "put_away", "waiting_list"]


@dataclass(frozen=True)
class WaitingList:
    """A list that waits: what is in it, what its file is called, and what the room wants to remember of it."""

    token: str
    name: str
    content: bytes
    about: dict[str, Any]


def keep(request: HttpRequest, content: bytes, name: str, **about: Any) -> str:
    """Let a list wait instead of any other; gives the token that leads to it, in this browser only."""
    put_away(request)
    token = waiting.keep(content)
    request.session[IN_SESSION] = {"token": token, "name": name[-_LONGEST_NAME:], "about": about}
    return token


def waiting_list(request: HttpRequest, token: str) -> WaitingList:
    """The list of this token; raises `NothingWaits` where it is another's, was carried out or is too old."""
    there = request.session.get(IN_SESSION)
    if there is None or there["token"] != token:
        raise NothingWaits(token)
    try:
        content = waiting.read(token, timezone.now())
    except NothingWaits:
        put_away(request)
        raise
    return WaitingList(token, there["name"], content, there["about"])


def remember(request: HttpRequest, **about: Any) -> None:
    """Remember something more of the list that waits."""
    there = request.session[IN_SESSION]
    request.session[IN_SESSION] = {**there, "about": {**there["about"], **about}}


def put_away(request: HttpRequest) -> None:
    """Put away the list that waits, if one does."""
    there = request.session.pop(IN_SESSION, None)
    if there is not None:
        waiting.drop(there["token"])
