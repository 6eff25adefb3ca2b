"""Counting replies while a rehearsal is open (`kfl.answers.load_counts`). At other times nothing is counted."""

import time
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from kfl.answers.load_counts import LoadCounts

_Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


async def counted_reply(counts: LoadCounts, answer: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, and count it."""
    status, began = 500, time.monotonic()

    async def noted(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    counts.begin()
    try:
        await answer(scope, receive, noted)
    finally:
        counts.end(status, time.monotonic() - began)
