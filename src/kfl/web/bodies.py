"""An end to what is sent to the portal, before Django puts it in the temporary folder, which it does for anybody.

Only whoever is signed in has files to send; a form of somebody who is not holds some hundred characters. All bodies
that are not yet answered have a common limit as well, since a session's cookie can be made up.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings

MOST_SIGNED_IN = 16 * 1024 * 1024  # a question's picture (8 MB) and its sounds
MOST_ANONYMOUS = 64 * 1024
MOST_TOGETHER = 128 * 1024 * 1024
MOST_THROWN_AWAY = 64 * 1024 * 1024
_WORDS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Det som ble sendt, er for stort. Gå tilbake og velg en mindre fil.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Mange sender filer akkurat nå. Vent litt, og prøv igjen.",
}


class _TooMuch(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class Bodies:
    """Passes requests on to an app, and stops reading where a body is larger than it may be."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._held = 0  # bytes of bodies that have come and are not answered yet

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, counted = _most(scope), 0

        async def counting() -> Any:
            nonlocal counted
            message = await receive()
            size = len(message.get("body", b""))
            counted += size
            self._held += size
            if counted > most:
                raise _TooMuch(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if size and self._held > MOST_TOGETHER:
                raise _TooMuch(HTTPStatus.SERVICE_UNAVAILABLE)
            return message

        try:
            if _declared(scope) > most:
                raise _TooMuch(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            await self._app(scope, counting, send)
        except _TooMuch as refusal:
            if most == MOST_SIGNED_IN:
                await _throw_away(receive)  # a browser that is cut off while it sends shows no reply
            await _refuse(send, refusal.status)
        finally:
            self._held -= counted


def _most(scope: Any) -> int:
    cookie = f"{settings.SESSION_COOKIE_NAME}=".encode()
    has_session = any(name == b"cookie" and cookie in value for name, value in scope["headers"])
    return MOST_SIGNED_IN if has_session else MOST_ANONYMOUS


def _declared(scope: Any) -> int:
    """How long the body says it is; 0 where it does not say."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(said[:12]) if said.isdigit() else 0


async def _throw_away(receive: Any) -> None:
    """Read on and keep nothing."""
    thrown = 0
    while thrown < MOST_THROWN_AWAY:
        message = await receive()
        thrown += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


async def _refuse(send: Any, status: HTTPStatus) -> None:
    body = _WORDS[status].encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
