"""Doing a request once more, from what the sheet says now, where another process wrote on it meanwhile.

Nothing of the first try was stored or told, so that the respondent notices nothing. With one process this never
happens.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from kfl.answers.writer import Moved

from .sessions import TRIES

_Endpoint = Callable[[Request], Awaitable[Response]]


def once_more(endpoint: _Endpoint) -> _Endpoint:
    """The same endpoint, which is asked again with the same request when the sheet moved."""

    async def ask(request: Request) -> Response:
        parts = _Parts(request)
        for _ in range(TRIES - 1):
            try:
                return await endpoint(Request(request.scope, parts.from_the_start()))
            except Moved:
                continue
        return await endpoint(Request(request.scope, parts.from_the_start()))

    return ask


class _Parts:
    """A request's body as it came, to be read anew."""

    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._read: list[Message] = []

    def from_the_start(self) -> Callable[[], Awaitable[Message]]:
        """A `receive` that begins with what was read before."""
        at = 0

        async def receive() -> Message:
            nonlocal at
            if at == len(self._read):
                self._read.append(await self._receive())
            at += 1
            return self._read[at - 1]

        return receive
