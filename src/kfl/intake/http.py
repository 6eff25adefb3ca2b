"""What every reply and request of intake has in common: headers, cookies, bodies with a limit."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

PREFIX = "/svar"
MOST_BODY_BYTES = 64 * 1024

Headers = Mapping[bytes, bytes]

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"permissions-policy",
        b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), accelerometer=(), gyroscope=(),"
        b" interest-cohort=()",
    ),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        b" media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
        b" require-trusted-types-for 'script'",
    ),
]
_NO_STORE = (b"cache-control", b"no-store")
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")  # a year, as the portal says it
_JSON = [(b"content-type", b"application/json"), *_ALWAYS, _NO_STORE]


class BodyTooLarge(ValueError):
    """The body is longer than any honest one."""


class Gone(ConnectionError):
    """The client went away before the body was whole."""


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's headers by lower-case name; of repeated ones, the last."""
    return dict(scope["headers"])


def with_headers(send: Send) -> Send:
    """Add the headers of every reply; what does not say how it may be kept is kept by nobody."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = message.get("headers", [])
            kept = [] if any(name == b"cache-control" for name, _ in own) else [_NO_STORE]
            message = {**message, "headers": [*own, *_ALWAYS, *kept]}
        await send(message)

    return sending


def on_https(send: Send) -> Send:
    """Tell the browser to come by https only, from now on."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), _HTTPS_ONLY]}
        await send(message)

    return sending


def is_from_elsewhere(headers: Headers, scheme: str) -> bool:
    """Whether another site made the browser send this.

    `Origin: null` says nothing here: browsers send it with our own forms, because we ask for no
    referrer. What then protects is the session cookie (SameSite=Strict) and that no other site knows
    the attempt's name.
    """
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        return True
    origin = headers.get(b"origin")
    if origin is None or origin == b"null":
        return False
    return origin.lower() != scheme.encode() + b"://" + headers.get(b"host", b"").lower()


def cookie_name(scheme: str) -> str:
    """On https the name binds the cookie to this host; plain http is for loopback only."""
    return "__Host-svar" if scheme == "https" else "svar"


def session_of(headers: Headers, scheme: str) -> bytes:
    """The session token of the request; empty when there is none."""
    try:
        return bytes.fromhex(cookie(headers, cookie_name(scheme)))
    except ValueError:
        return b""


def cookie(headers: Headers, name: str) -> str:
    """One cookie's value, or an empty text."""
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


async def read_body(receive: Receive, most: int = MOST_BODY_BYTES) -> bytes:
    """The whole body; `BodyTooLarge` as soon as it is longer than it may be."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def reply_json(send: Send, status: int, body: bytes, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """A reply for machines with the headers of every reply, sent without a framework; nobody keeps it."""
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": int(status),
        "headers": [*_JSON, (b"content-length", b"%d" % len(body)), *more],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
