"""The first page: a code in, an attempt out. Every refusal looks and lasts alike."""

import asyncio
import time
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kfl.answers.codes import BadCode, normalise
from kfl.answers.keys import DoesNotOpen
from kfl.answers.owner import Owner
from kfl.answers.sheets import Started, UnknownCode
from kfl.answers.wavefile import NoSuchWave

from . import http
from .drawings import picture_names
from .plain_forms import WrongForm, read_fields
from .rendering import choose_language, page
from .sessions import Sessions, durable
from .throttle import Throttle, network_of

REFUSAL_S = 0.2  # each refusal takes this long, whatever the reason
NO_CODE = "00000000000"  # stands in for a text that is none, so that both take as long
_MOST_CODE_BODY = 1024
_LOAN_LOOKS = 40


class CodesPage:
    """Code entry for browsers (form) and other clients (JSON)."""

    def __init__(self, owner: Owner, sessions: Sessions) -> None:
        self._owner, self._sessions = owner, sessions
        self._throttle = Throttle()

    async def show(self, request: Request) -> Response:
        """The empty code field."""
        return choose_language(request) or _code_page(request)

    async def enter(self, request: Request) -> Response:
        """Open the envelope of a code; the old session of this browser ends."""
        began = time.monotonic()
        headers, scheme = http.headers_of(request.scope), request.scope.get("scheme", "http")
        if http.is_from_elsewhere(headers, scheme):
            return page(request, "message.html", status=HTTPStatus.FORBIDDEN, kind="wrong")
        if scheme != "https" and not _is_loopback(headers):
            return page(request, "message.html", status=HTTPStatus.FORBIDDEN, kind="insecure")
        machine = headers.get(b"content-type", b"").startswith(b"application/json")
        self._sessions.admit()
        text = _code_in(await http.read_body(request.receive, _MOST_CODE_BODY), machine)
        session = http.session_of(headers, scheme)
        started = await self._start(text, session)
        if started is None:
            return await self._refuse(request, machine, began)
        await self._sessions.end(session, but=started.attempt.sheet)
        await durable(started.pending)
        self._sessions.touch(started.attempt)
        name = started.attempt.name.hex()
        reply = (
            Response(_described(started), status_code=HTTPStatus.CREATED, media_type="application/json")
            if machine
            else RedirectResponse(f"{http.PREFIX}/{name}/{_begins_at(started)}", status_code=HTTPStatus.SEE_OTHER)
        )
        reply.set_cookie(
            http.cookie_name(scheme),
            started.session.hex(),
            path="/",
            secure=scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return reply

    async def _start(self, text: str, session: bytes) -> Started | None:
        try:
            code, is_code = normalise(text), True
        except BadCode:
            code, is_code = NO_CODE, False
        for _ in range(_LOAN_LOOKS):
            started = self._start_in_any_wave(code, is_code, session)
            if started is not None or not self._owner.is_lending:
                return started
            await asyncio.sleep(0.05)
        return None

    def _start_in_any_wave(self, code: str, is_code: bool, session: bytes) -> Started | None:
        """Look in every wave, also for a text that is no code, so that both take as long."""
        now = datetime.now(UTC)
        for wave in self._owner.waves.values():
            if not wave.is_taking(now):
                continue
            try:
                started = wave.start(code, session or None, now)
            except (UnknownCode, DoesNotOpen, NoSuchWave):
                continue
            if is_code:
                return started
        return None

    async def _refuse(self, request: Request, machine: bool, began: float) -> Response:
        client = request.client
        wait = self._throttle.mistake(network_of(client.host if client else None))
        await asyncio.sleep(max(0.0, began + REFUSAL_S + wait - time.monotonic()))
        if machine:
            return Response(
                b'{"error":"unknown code"}', status_code=HTTPStatus.NOT_FOUND, media_type="application/json"
            )
        return _code_page(request, status=HTTPStatus.NOT_FOUND)


def _code_page(request: Request, status: int = HTTPStatus.OK) -> Response:
    return page(request, "code.html", status=status, wrong=status != HTTPStatus.OK, pictures=picture_names())


def _code_in(body: bytes, machine: bool) -> str:
    if not machine:
        return next(iter(read_fields(body).get("code", [])), "")
    try:
        return msgspec.json.decode(body, type=dict[str, str]).get("code", "")
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise WrongForm("not JSON") from problem


def _begins_at(started: Started) -> str:
    """The choice to answer; for a rater the form itself, where nothing was saved yet."""
    return str(started.attempt.first_unsaved) if started.attempt.form.is_rating else ""


def _described(started: Started) -> bytes:
    """What another client needs to show the form and save it."""
    attempt = started.attempt
    return msgspec.json.encode(
        {
            "attempt": attempt.name.hex(),
            "lease": attempt.lease,
            "form": {
                "number": attempt.form.number,
                "informant": attempt.form.informant,
                "title": attempt.form.title,
                "intro": attempt.form.intro,
                "faces": attempt.form.faces,
                "screens": attempt.screens,
            },
        }
    )


def _is_loopback(headers: http.Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
    return host in ("localhost", "127.0.0.1", "[::1]")
