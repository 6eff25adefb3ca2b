"""The first page: a code in, an attempt out; with the word of a sheet that was begun elsewhere, one that goes on.

Every code that is known gets the same reply at the same time of its wave, whatever has happened with it, and every
reply to a code is one write and takes as long (RULES D.10): it tells nobody whether somebody has answered.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kfl.answers.codes import BadCode, normalise
from kfl.answers.keys import DoesNotOpen
from kfl.answers.owner import Owner
from kfl.answers.sheet_words import BadWord, normalise_word
from kfl.answers.sheets import OutsideTimes, Started, UnknownCode
from kfl.answers.wave_tables import NoSuchWave

from . import http
from .attempt_requests import held_by, page_of, refuse_elsewhere, session_of
from .drawings import picture_names
from .mistyped import Mistake, Wrong, is_no_word, where_in
from .outside_times import CodeOutsideTimes
from .plain_forms import WrongForm, read_fields
from .rendering import AGAIN, choose_language, page
from .sessions import Sessions, durable
from .throttle import Throttle, network_of

REPLY_S = 0.2  # each reply takes this long at least, whatever it is
NO_CODE = "00000000000"  # stands in for a text that is none, so that both take as long
_MOST_CODE_BODY = 1024
_LOAN_LOOKS = 40


@dataclass(frozen=True)
class Typed:
    """What somebody typed: a code, and perhaps a word."""

    code: str
    word: str  # empty without one
    language: str = ""  # that is asked for on the page that a code got


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
        typed = typed_in(await http.read_body(request.receive, _MOST_CODE_BODY), machine)
        session = http.session_of(headers, scheme)
        found = await self._start(typed, session)
        started = found if isinstance(found, Started) else None
        if started is not None:
            reply = await self._let_in(started, session, request, typed.word)
        elif isinstance(found, CodeOutsideTimes):
            reply = found.for_machines() if machine else found.for_people(request, typed.code, typed.language)
        else:
            reply = _refusal(request, typed, machine)
        # A word is a guess as well, and slows the next ones whether it was right or not.
        await self._until_due(request, began, guess=_code_in(typed) if started is None or typed.word else None)
        return reply

    async def recall(self, request: Request) -> Response:
        """The word of a sheet that was begun elsewhere, from whoever has typed the code here; as `enter` with both."""
        began = time.monotonic()
        refuse_elsewhere(request)
        machine = request.headers.get("content-type", "").startswith("application/json")
        word = typed_in(await http.read_body(request.receive, _MOST_CODE_BODY), machine).word
        held = await held_by(self._sessions, request)
        if is_no_word(word):
            if machine:
                return JSONResponse({"error": "mistyped"}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return page_of(
                request, held, "welcome.html", status=status, typed=word, wrong=Mistake(Wrong.WORD), again=False
            )
        started = held.wave.recall(held.attempt, normalise_word(word))
        reply = await self._let_in(started, session_of(request), request, word)
        await self._until_due(request, began, guess=held.attempt.name.hex())  # the code was typed long ago
        return reply

    async def _let_in(self, started: Started, session: bytes, request: Request, word: str) -> Response:
        """The old session of this browser ends, and the new one is told once it is on disk."""
        await self._sessions.end(session, but=started.attempt.sheet)
        await durable(started.pending)
        self._sessions.touch(started.attempt)
        machine = request.headers.get("content-type", "").startswith("application/json")
        return _welcome(started, machine, request.scope.get("scheme", "http"), again=bool(word))

    async def _until_due(self, request: Request, began: float, *, guess: str | None) -> None:
        """Wait until the reply is due; longer where it is one of many to tries with the same code, `guess`."""
        host = request.client.host if request.client else None
        wait = 0.0 if guess is None else self._throttle.mistake(network_of(host), guess)
        await asyncio.sleep(max(0.0, began + REPLY_S + wait - time.monotonic()))

    async def _start(self, typed: Typed, session: bytes) -> Started | CodeOutsideTimes | None:
        """An attempt, with its write lined up; or that it is not the time, or None, when as much has been written."""
        try:
            code, word = normalise(typed.code), normalise_word(typed.word) if typed.word else None
            is_code = True
        except (BadCode, BadWord):
            code, word, is_code = NO_CODE, None, False
        found = None
        for _ in range(_LOAN_LOOKS):
            found = self._start_in_any_wave(code, word, session)
            if isinstance(found, Started) and is_code:
                return found
            if found is not None or not self._owner.is_lending:
                break
            await asyncio.sleep(0.05)
        for wave in list(self._owner.waves.values())[:1]:
            await durable(wave.nothing())
        return found if isinstance(found, CodeOutsideTimes) and is_code else None

    def _start_in_any_wave(self, code: str, word: str | None, session: bytes) -> Started | CodeOutsideTimes | None:
        """Look in every wave, also for a text that is no code, so that both take as long."""
        now, not_now = datetime.now(UTC), None
        for wave in self._owner.waves.values():
            try:
                return wave.start(code, session or None, now, word=word)
            except OutsideTimes as times:
                not_now = CodeOutsideTimes(wave.bundle, times)
            except (UnknownCode, DoesNotOpen, NoSuchWave):
                continue
        return not_now


def _code_in(typed: Typed) -> str:
    """The code that was typed; else the text as it stands."""
    try:
        return normalise(typed.code)
    except BadCode:
        return typed.code.strip()


def typed_in(body: bytes, machine: bool) -> Typed:
    """The code and the word in a request; `WrongForm` when it is none."""
    if machine:
        try:
            fields = msgspec.json.decode(body, type=dict[str, str])
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise WrongForm("not JSON") from problem
        return Typed(fields.get("code", ""), fields.get("word", "").strip())
    sent = read_fields(body)
    code, word, language = (next(iter(sent.get(name, [])), "") for name in ("code", "word", "lang"))
    return Typed(code, word.strip(), language)


def _welcome(started: Started, machine: bool, scheme: str, *, again: bool) -> Response:
    name = started.attempt.name.hex()
    asked = f"?{AGAIN}" if again else ""
    reply: Response = (
        Response(_described(started), status_code=HTTPStatus.CREATED, media_type="application/json")
        if machine
        else RedirectResponse(f"{http.PREFIX}/{name}/{_begins_at(started)}{asked}", status_code=HTTPStatus.SEE_OTHER)
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


def _refusal(request: Request, typed: Typed, machine: bool) -> Response:
    if machine:
        return Response(b'{"error":"unknown code"}', status_code=HTTPStatus.NOT_FOUND, media_type="application/json")
    return _code_page(request, typed)


def _code_page(request: Request, typed: Typed | None = None) -> Response:
    """The page with an empty field; or with what was `typed`, and what is wrong with it as far as that can be seen."""
    return page(
        request,
        "code.html",
        status=HTTPStatus.OK if typed is None else HTTPStatus.NOT_FOUND,
        typed=typed or Typed("", ""),
        wrong=None if typed is None else where_in(typed.code, typed.word),
        pictures=picture_names(),
    )


def _begins_at(started: Started) -> str:
    """The choice to answer; for a rater the form itself, where nothing was saved yet, or that it is delivered."""
    attempt = started.attempt
    if not attempt.form.is_rating:
        return ""
    return "thanks" if attempt.is_ended else str(attempt.first_unsaved)


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
                "help": attempt.form.help,
                "faces": attempt.form.faces,
                "screens": attempt.screens,
            },
        }
    )


def _is_loopback(headers: http.Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
    return host in ("localhost", "127.0.0.1", "[::1]")
