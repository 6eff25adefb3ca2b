"""Counting replies while a rehearsal is open (`kfl.answers.figures`). At other times nothing is counted."""

import time
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from kfl.answers.figures import Figures

_Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


async def measured(figures: Figures, answer: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, and count it."""
    status, began = 500, time.monotonic()

    async def counted(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    figures.begin()
    try:
        await answer(scope, receive, counted)
    finally:
        figures.end(status, time.monotonic() - began)
