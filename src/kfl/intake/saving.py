"""Saving one screen by script: a plain ASGI callable, since this is what a whole county does at once.

docs/intake-protocol.md describes it.
"""

import random
from http import HTTPStatus

import msgspec
from starlette.types import Receive, Scope, Send

from kfl.answers.sheet_rules import Answer, WrongAnswer
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, NoSuchScreen, Stale
from kfl.answers.sql import Unreachable
from kfl.answers.writer import Moved, NotStored

from . import http
from .sessions import TRIES, Sessions, TryLater, durable


class SaveBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a save."""

    lease: int
    rev: int
    answers: dict[str, Answer]


_save = msgspec.json.Decoder(SaveBody)


async def save_screen(sessions: Sessions, name: bytes, screen: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one PUT: 200 only when the answers are on disk."""
    try:
        rev = await _saved(sessions, name, screen, scope, receive)
    except http.Gone:
        return
    except Stale as stale:
        body: dict[str, object] = {"error": "stale"}
        if stale.rev is not None:  # this attempt's own
            body |= {"lease": stale.lease, "rev": stale.rev}
        await http.reply_json(send, HTTPStatus.CONFLICT, msgspec.json.encode(body))
    except (TryLater, NotStored, Unreachable):
        later = [(b"retry-after", b"%d" % random.randint(5, 15))]
        await http.reply_json(send, HTTPStatus.SERVICE_UNAVAILABLE, b'{"error":"later"}', later)
    except _REFUSALS as refusal:
        status, word = _STATUS[type(refusal)]
        await http.reply_json(send, status, b'{"error":"%s"}' % word)
    else:
        await http.reply_json(send, HTTPStatus.OK, b'{"lagret":%d}' % rev)


class Elsewhere(PermissionError):
    """Another site made the browser send this."""


class NotJson(ValueError):
    """The request does not say that its body is JSON."""


_STATUS: dict[type[Exception], tuple[HTTPStatus, bytes]] = {
    AlreadySubmitted: (HTTPStatus.CONFLICT, b"submitted"),
    NoSuchAttempt: (HTTPStatus.GONE, b"gone"),
    NoSuchScreen: (HTTPStatus.NOT_FOUND, b"no such screen"),
    WrongAnswer: (HTTPStatus.UNPROCESSABLE_ENTITY, b"wrong answer"),
    msgspec.ValidationError: (HTTPStatus.UNPROCESSABLE_ENTITY, b"wrong body"),
    msgspec.DecodeError: (HTTPStatus.BAD_REQUEST, b"not JSON"),
    UnicodeDecodeError: (HTTPStatus.BAD_REQUEST, b"not JSON"),
    http.BodyTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"too large"),
    NotJson: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, b"not JSON"),
    Elsewhere: (HTTPStatus.FORBIDDEN, b"from another site"),
}
_REFUSALS = tuple(_STATUS)


async def _saved(sessions: Sessions, name: bytes, screen: int, scope: Scope, receive: Receive) -> int:
    headers, scheme = http.headers_of(scope), scope.get("scheme", "http")
    if http.is_from_elsewhere(headers, scheme):
        raise Elsewhere
    # Another site cannot set this type without asking first, and we never say yes.
    if not headers.get(b"content-type", b"").startswith(b"application/json"):
        raise NotJson
    save = _save.decode(await http.read_body(receive))
    session = http.session_of(headers, scheme)
    for _ in range(TRIES - 1):
        try:
            return await _kept(sessions, name, session, screen, save)
        except Moved:
            continue
    return await _kept(sessions, name, session, screen, save)


async def _kept(sessions: Sessions, name: bytes, session: bytes, screen: int, save: SaveBody) -> int:
    held = await sessions.find(name, session)
    # From here to the line-up nothing waits, so the state that is checked is the state that is changed.
    pending = held.wave.save(held.attempt, screen, save.lease, save.rev, save.answers)
    if not sessions.is_idle(held.attempt):
        sessions.touch(held.attempt)
    await durable(pending)
    return save.rev
