"""Whoever sends half a request, or reads half a reply, holds a connection for a while and shuts nobody out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kfl.cli import _protocol, _serving
from kfl.cli._protocol import BODY_S, BYTES_A_SECOND, HEAD_S, LEFT_OVER_S, READ_S, Bounded, Waiting, end_overdue

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
HALF_SENT = {"nothing": b"", "half a line": b"GET / HT", "half a head": HEAD, "half a body": POST + b"x" * 10}


async def app(scope, receive, send):
    """Reads the body, and answers."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serving(served=app, protocol=Bounded):
    listening = socket.create_server(("127.0.0.1", 0), backlog=500)
    config = uvicorn.Config(served, http=protocol, access_log=False, log_level="error", lifespan="off")
    server = _serving._Server(config, "")
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server, listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await task


async def half(port, sent):
    """A connection that sends this and then waits."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    return reader, writer


async def asked(port):
    reader, writer = await half(port, HEAD + b"Connection: close\r\n\r\n")
    said = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return said[:12]


async def is_ended(reader):
    """Whether the server hangs up; it may take as long as the machine needs."""
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 30) is not None
    return True


@pytest.mark.parametrize("sent", HALF_SENT.values(), ids=HALF_SENT)
def test_a_half_sent_request_is_hung_up_on_when_its_time_is_over(monkeypatch, sent):
    for name in ("HEAD_S", "BODY_S"):
        monkeypatch.setattr(_protocol, name, 0.05)
    monkeypatch.setattr(_serving, "LOOK_EVERY", 1)

    async def story():
        async with serving() as (_server, port):
            reader, writer = await half(port, sent)
            assert await is_ended(reader)
            writer.close()
            assert await asked(port) == b"HTTP/1.1 200"

    asyncio.run(story())


MOST = 40


def test_more_half_sent_requests_than_there_is_room_for_shut_nobody_out(monkeypatch, promise):
    """With a control: without the bound they are all held."""
    monkeypatch.setattr(Bounded, "most_connections", MOST)
    many = 5 * MOST

    async def story(protocol):
        async with serving(protocol=protocol) as (server, port):
            held = [await half(port, sent) for sent in [*HALF_SENT.values()] * (many // len(HALF_SENT))]
            served = [await asked(port) for _ in range(20)]
            while len(server.server_state.connections) > many:  # those that asked have gone
                await asyncio.sleep(0.01)
            still = len(server.server_state.connections)
            for _, writer in held:
                writer.close()
            return still, served.count(b"HTTP/1.1 200")

    assert asyncio.run(story(HttpToolsProtocol)) == (many, 20)
    still, served = asyncio.run(story(Bounded))
    assert still <= MOST
    assert served == 20
    promise(
        "Half sent", f"{many} half-sent requests where {MOST} connections may be: {still} held, 20 of 20 others served"
    )


class Clock:
    """A protocol as it stands on a connection, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now, self.unread = 0.0, 0
        config = uvicorn.Config(app, http=Bounded, log_level="error")
        config.load()
        state = uvicorn.server.ServerState()
        loop = SimpleNamespace(
            time=lambda: self.now,
            create_task=lambda task: (task.close(), Mock())[1],
            call_later=lambda *_: SimpleNamespace(cancel=lambda: None),
        )
        self.protocol = Bounded(config, state, {}, loop)
        nothing = lambda *_: None  # noqa: E731
        self.aborted = False
        self.protocol.connection_made(
            SimpleNamespace(
                get_extra_info=nothing,
                is_closing=lambda: False,
                write=nothing,
                close=nothing,
                pause_reading=nothing,
                resume_reading=nothing,
                get_write_buffer_size=lambda: self.unread,
                abort=self.abort,
            )  # fmt: skip
        )

    def abort(self) -> None:
        self.aborted = True

    def is_overdue_at(self, now: float) -> bool:
        self.now = now
        return end_overdue([self.protocol], now) == 1


def test_a_head_has_its_time_from_the_beginning_of_the_connection():
    clock = Clock()
    clock.now = HEAD_S - 1
    clock.protocol.data_received(b"\r\n\r\n")
    assert not clock.is_overdue_at(HEAD_S)
    assert clock.is_overdue_at(HEAD_S + 1)
    assert clock.aborted


def test_a_body_has_the_longer_the_more_of_it_has_come():
    clock = Clock()
    clock.protocol.data_received(POST)
    assert not clock.is_overdue_at(BODY_S - 1)
    assert clock.is_overdue_at(BODY_S + 1)
    clock.protocol.data_received(b"x" * 5 * BYTES_A_SECOND)
    assert not clock.is_overdue_at(BODY_S + 4)
    assert clock.is_overdue_at(BODY_S + 6)


def test_who_waits_for_us_is_never_overdue_and_an_empty_line_holds_nothing():
    clock = Clock()
    clock.protocol.data_received(HEAD + b"\r\n")
    assert clock.protocol.waiting is Waiting.NOTHING
    assert not clock.is_overdue_at(10_000)
    clock.protocol.cycle.response_complete = True
    clock.protocol.on_response_complete()
    clock.protocol.data_received(b"\r\n\r\n")
    assert clock.is_overdue_at(10_000 + HEAD_S + clock.protocol.timeout_keep_alive + 1)


def test_the_rest_of_a_body_that_is_answered_already_is_not_waited_for():
    clock = Clock()
    clock.protocol.data_received(POST)
    clock.protocol.cycle.response_complete = True
    clock.protocol.on_response_complete()
    assert not clock.is_overdue_at(LEFT_OVER_S)
    assert clock.is_overdue_at(LEFT_OVER_S + 1)


def test_a_reply_of_which_nothing_is_taken_ends_the_connection():
    clock = Clock()
    clock.protocol.data_received(HEAD + b"\r\n")
    clock.unread = 100
    assert not clock.is_overdue_at(READ_S)
    clock.unread = 50
    assert not clock.is_overdue_at(2 * READ_S)
    assert not clock.is_overdue_at(3 * READ_S)
    assert clock.is_overdue_at(3 * READ_S + 1)


def test_where_all_are_being_answered_the_newest_goes():
    busy, new = Clock(), Clock()
    busy.protocol.data_received(HEAD + b"\r\n")
    _protocol.make_room([busy.protocol, new.protocol], new.protocol)
    assert (busy.aborted, new.aborted) == (False, True)


def test_room_follows_from_the_files_that_may_be_open(monkeypatch):
    limits = [1024, 4096]
    monkeypatch.setattr(_serving.resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(_serving.resource, "setrlimit", lambda _, pair: limits.__setitem__(slice(None), pair))
    assert _serving.room_for_connections() == 3072
    assert limits == [4096, 4096]
