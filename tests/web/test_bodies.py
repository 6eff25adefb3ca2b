"""What is sent to the portal has an end, whoever sends it, and however long it says it is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings

from kfl.web import bodies
from kfl.web.bodies import MOST_ANONYMOUS, MOST_SIGNED_IN, Bodies

PIECE = 64 * 1024


class Reader:
    """An app that reads every body to its end, as Django does, and waits before it answers if it is told to."""

    def __init__(self) -> None:
        self.read = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            self.read += len(message["body"])
            if not message["more_body"]:
                break
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def posted(app: Bodies, size: int, *, signed_in: bool = False, says: bool = False) -> int:
    """The status of a POST of so many bytes, whose length it `says` beforehand or not."""
    name = settings.SESSION_COOKIE_NAME.encode()
    headers = [(b"cookie", b"a=b; " + name + b"=whatever")] if signed_in else []
    headers += [(b"content-length", b"%d" % size)] if says else []
    left, statuses = size, []
    posted.left = size

    async def receive() -> dict[str, Any]:
        nonlocal left
        part = min(PIECE, left)
        left -= part
        posted.left = left
        return {"type": "http.request", "body": bytes(part), "more_body": left > 0}

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status"))

    await app({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
    return statuses[0]


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize(("signed_in", "most"), [(False, MOST_ANONYMOUS), (True, MOST_SIGNED_IN)])
def test_a_body_is_read_up_to_its_limit_and_not_beyond(signed_in, most, says):
    async def story():
        reader = Reader()
        app = Bodies(reader)
        assert await posted(app, most, signed_in=signed_in, says=says) == 200
        reader.read = 0
        assert await posted(app, most + 1, signed_in=signed_in, says=says) == 413
        assert reader.read == (0 if says else most)
        assert (posted.left == 0) is (signed_in or not says), "a person's browser is listened to, and then told"
        assert app._held == 0

    asyncio.run(story())


def test_what_is_thrown_away_has_an_end_as_well(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_THROWN_AWAY", 4 * PIECE)

    async def story():
        assert await posted(Bodies(Reader()), MOST_SIGNED_IN + 10 * PIECE, signed_in=True, says=True) == 413
        assert posted.left == MOST_SIGNED_IN + 6 * PIECE

    asyncio.run(story())


def test_all_bodies_together_have_a_limit_and_those_that_are_answered_count_no_more(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_TOGETHER", 3 * PIECE)

    async def story():
        reader = Reader()
        app = Bodies(reader)
        reader.may_answer.clear()
        held = [asyncio.ensure_future(posted(app, PIECE)) for _ in range(3)]
        await asyncio.sleep(0)
        assert await posted(app, PIECE) == 503
        reader.may_answer.set()
        assert await asyncio.gather(*held) == [200, 200, 200]
        assert await posted(app, PIECE) == 200

    asyncio.run(story())


def test_the_portal_itself_is_behind_it(settings, tmp_path):
    from kfl.web.asgi import portal

    settings.STATIC_ROOT = tmp_path
    assert isinstance(portal(), Bodies)
