"""Intake as an ASGI app: which address leads where, and what happens when something is wrong.

`create_app(data_dir)` serves `/svar/…`, alone or under another app, with or without a root path.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kfl.answers import places
from kfl.answers.owner import Owner
from kfl.answers.sheet_rules import WrongAnswer
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, NoSuchScreen, Stale
from kfl.answers.sql import Unreachable
from kfl.answers.wave_tables import NoSuchWave
from kfl.answers.writer import NotStored

from . import hosts, http
from .attempt_requests import session_of
from .codes_page import CodesPage
from .plain_forms import WrongForm
from .rendering import page, static_file
from .reply_counts import counted_reply
from .retries import once_more
from .saving import save_screen
from .sessions import Sessions, TryLater
from .sheet_pages import SheetPages
from .sounds import reply_with
from .start_pages import StartPages
from .withdrawal_page import WithdrawalPage

_Handler = Callable[[Request, Exception], Awaitable[Response]]


class Intake:
    """The app. `startup` takes the waves, `shutdown` lets them go; a first request starts it too."""

    def __init__(self, data_dir: Path, names: Sequence[str]) -> None:
        self._is_host = hosts.checker(names)
        self.owner = Owner(places.at(data_dir / "answers"), data_dir / "keys")
        self.sessions = Sessions(self.owner)
        pages = Starlette(routes=_routes(self.owner, self.sessions), exception_handlers=_HANDLERS)
        pages.router.redirect_slashes = False  # it would redirect to an address without our prefix
        self._pages = GZipMiddleware(pages, minimum_size=500, compresslevel=6)
        self._files = pages  # sounds and pictures are packed already, and players count on their bytes
        self._starting: asyncio.Lock | None = None
        self._started = False

    async def startup(self) -> None:
        """Take every open wave. Safe to call again."""
        self._starting = self._starting or asyncio.Lock()
        async with self._starting:
            if not self._started:
                await self.owner.start()
                self.sessions.heartbeat.start()
                self._started = True

    async def shutdown(self) -> None:
        """Commit what waits and let go of the waves."""
        if self._started:
            self._started = False
            await self.sessions.heartbeat.stop()
            await self.owner.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if not self._started:
                await self.startup()
            heartbeat = self.sessions.heartbeat
            heartbeat.under_way += 1
            try:
                if self.owner.load_counts is None:
                    await self._answer(scope, receive, send)
                else:
                    await counted_reply(self.owner.load_counts, self._answer, scope, receive, send)
            finally:
                heartbeat.under_way -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("scheme") == "https":
            send = http.on_https(send)
        if not self._is_host(http.headers_of(scope).get(b"host", b"")):
            await http.reply_json(send, HTTPStatus.BAD_REQUEST, b'{"error":"unknown host"}')
            return
        path = _local_path(scope)
        if scope["method"] == "PUT":
            _, _, rest = path.partition("/")
            attempt, _, screen = rest.partition("/")
            if len(attempt) == 32 and screen.isascii() and screen.isdigit() and len(screen) < 5:
                try:
                    name = bytes.fromhex(attempt)
                except ValueError:
                    name = b""
                await save_screen(self.sessions, name, int(screen), scope, receive, send)
                return
        # What no browser sends must not make the framework stumble: bytes that are no text are left out.
        query = scope["query_string"] if scope["query_string"].isascii() else b""
        raw_path = path.encode("utf-8", "replace")
        below = {**scope, "path": path, "root_path": "", "raw_path": raw_path, "query_string": query}
        app = self._files if path.startswith("/-/media/") else self._pages
        await app(below, receive, http.with_headers(send))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.startup()
                except Exception as problem:
                    await send({"type": "lifespan.startup.failed", "message": str(problem)})
                    raise
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.shutdown()
                await send({"type": "lifespan.shutdown.complete"})
                return


class _ScreenNumber(Convertor[int]):
    """The number of a screen in an address; Starlette's own `int` stumbles over thousands of digits."""

    regex = "[0-9]{1,4}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("screen", _ScreenNumber())


def create_app(data_dir: Path | str, names: Sequence[str] | None = None) -> Intake:
    """Intake for a data folder (`answers/` and `keys/` in it), called by these host names or those of KFL_HOSTS."""
    return Intake(Path(data_dir), hosts.from_environment() if names is None else names)


def _local_path(scope: Scope) -> str:
    """The path below `/svar`, wherever we are mounted."""
    path: str = scope["path"]
    for prefix in (scope.get("root_path", ""), http.PREFIX):
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            path = path[len(prefix) :]
    return path or "/"


def _routes(owner: Owner, sessions: Sessions) -> list[Route]:
    codes, starts, sheets = CodesPage(owner, sessions), StartPages(sessions), SheetPages(sessions)
    withdrawals = WithdrawalPage(owner)

    async def health(_request: Request) -> Response:
        return JSONResponse({"ok": True, "open_waves": len(owner.waves)})

    async def media(request: Request) -> Response:
        found = (wave.media(request.path_params["digest"]) for wave in owner.waves.values())
        one = next((one for one in found if one is not None), None)
        if one is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return reply_with(one, request.headers.get("range", ""))

    async def show_or_typed(request: Request) -> Response:
        return await (sheets.typed(request) if _wants_json(request) else sheets.show(request))

    return [
        Route("/", codes.show, methods=["GET"]),
        Route("/code", once_more(codes.enter), methods=["POST"]),
        Route("/code", codes.show, methods=["GET"]),  # after a change of language on a refused code
        Route("/helse", health, methods=["GET"]),
        Route("/next", once_more(sheets.next_respondent), methods=["POST"]),
        Route("/withdrawal", withdrawals.show, methods=["GET"]),
        Route("/withdrawal", withdrawals.take_back, methods=["POST"]),
        Route("/-/media/{digest}", media, methods=["GET"]),
        Route("/-/{digest}/{name}", static_file, methods=["GET"]),
        Route("/{attempt}/", once_more(starts.who_sees_what), methods=["GET"]),
        Route("/{attempt}/questions", once_more(starts.questions), methods=["GET"]),
        Route("/{attempt}/choice", once_more(starts.choose), methods=["POST"]),
        Route("/{attempt}/decline", once_more(starts.decline), methods=["POST"]),
        Route("/{attempt}/word", once_more(sheets.word), methods=["GET"]),
        Route("/{attempt}/word", once_more(codes.recall), methods=["POST"]),
        Route("/{attempt}/lease", once_more(sheets.lease), methods=["POST"]),
        Route("/{attempt}/submit", once_more(sheets.submit), methods=["POST"]),
        Route("/{attempt}/thanks", once_more(sheets.thanks), methods=["GET"]),
        Route("/{attempt}/{screen:screen}", once_more(show_or_typed), methods=["GET"]),
        Route("/{attempt}/{screen:screen}", once_more(sheets.send), methods=["POST"]),
    ]


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _handler(status: HTTPStatus, kind: str) -> _Handler:
    """A page for people or a word for machines; never what went wrong inside."""

    async def handle(request: Request, problem: Exception) -> Response:
        headers = {"retry-after": str(random.randint(5, 15))} if status == 503 else {}
        if _wants_json(request) or request.headers.get("content-type", "").startswith("application/json"):
            body: dict[str, object] = {"error": kind}
            if isinstance(problem, Stale) and problem.rev is not None:
                body |= {"lease": problem.lease, "rev": problem.rev}
            return JSONResponse(body, status_code=status, headers=headers)
        reply = page(request, "message.html", status=status, kind=kind)
        reply.headers.update(headers)
        return reply

    return handle


async def _routing_problem(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    kind = "missing" if status == HTTPStatus.NOT_FOUND else "wrong"
    return await _handler(HTTPStatus(status), kind)(request, problem)


async def _no_attempt(request: Request, problem: Exception) -> Response:
    """It is over; or the browser keeps no cookies, which looks the same where none came."""
    kind = "gone" if session_of(request) or _wants_json(request) else "no_cookie"
    return await _handler(HTTPStatus.GONE, kind)(request, problem)


async def _nobody_there(_request: Request, _problem: Exception) -> Response:
    return Response("", status_code=HTTPStatus.BAD_REQUEST)


_HANDLERS: dict[int | type[Exception], _Handler] = {
    http.Gone: _nobody_there,
    HTTPException: _routing_problem,
    NoSuchAttempt: _no_attempt,
    NoSuchWave: _handler(HTTPStatus.GONE, "gone"),  # it closed while we looked
    NoSuchScreen: _handler(HTTPStatus.NOT_FOUND, "missing"),
    AlreadySubmitted: _handler(HTTPStatus.CONFLICT, "submitted"),
    Stale: _handler(HTTPStatus.CONFLICT, "stale"),
    WrongForm: _handler(HTTPStatus.BAD_REQUEST, "wrong"),
    WrongAnswer: _handler(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong"),
    http.BodyTooLarge: _handler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"),
    TryLater: _handler(HTTPStatus.SERVICE_UNAVAILABLE, "later"),
    NotStored: _handler(HTTPStatus.SERVICE_UNAVAILABLE, "later"),
    Unreachable: _handler(HTTPStatus.SERVICE_UNAVAILABLE, "later"),
    Exception: _handler(HTTPStatus.INTERNAL_SERVER_ERROR, "broken"),
}
