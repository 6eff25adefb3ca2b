"""Bytes that are hardly HTTP, to the real server on a socket: it answers or hangs up, and goes on serving others."""

import asyncio
import re
import socket
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kfl.cli._protocol import MOST_HEAD_BYTES, Bounded
from kfl.intake import codes_page
from kfl.intake.app import create_app
from kfl.intake.sessions import Sessions
from kfl.intake.throttle import Throttle
from tests.answers.wave import open_wave

from .rough import exchange

HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
PUT = b"PUT /svar/" + b"0" * 32 + b"/1 HTTP/1.1\r\n" + HOST + JSON
CODE = b"POST /svar/code HTTP/1.1\r\n" + HOST + JSON
BIG = 10_000_000

# What is sent, and the statuses one may get; 0 is a server that hangs up or waits for more.
ROUGH = {
    "bytes in the query": (b"GET /svar/?\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "bytes in the path": (b"GET /svar/\xff HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "half a character": (b"GET /svar/%ed%a0%80/1 HTTP/1.1\r\n" + HOST + b"\r\n", {404, 410}),
    "NUL and dots": (b"GET /svar/%00/%2e%2e/%2e%2e//etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
    "up and up": (b"GET /svar/-/../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
    "a path of 1 MB": (b"GET /svar/" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {0, 400}),
    "a header of 30 MB": (b"GET /svar/ HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 30_000_000 + b"\r\n\r\n", {0, 400}),
    "a million headers": (b"GET /svar/ HTTP/1.1\r\n" + HOST + b"X: 1\r\n" * 1_000_000 + b"\r\n", {0, 400}),
    "a web socket": (
        b"GET /svar/ HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        {200, 400},
    ),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {0, 400}),
    "a wrong chunk": (CODE + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", {400}),
    "byte by byte": (CODE + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", {404}),
    "two lengths": (
        CODE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        {400},
    ),
    "less than nothing": (CODE + b"Content-Length: -1\r\n\r\n", {400}),
    "a length beyond all": (CODE + b"Content-Length: 99999999999999999999999\r\n\r\n", {400}),
    "10 MB for a code": (CODE + b"Content-Length: %d\r\n\r\n" % BIG + b"x" * BIG, {0, 413}),
    "10 MB for a save": (PUT + b"Content-Length: %d\r\n\r\n" % BIG + b"x" * BIG, {0, 413}),
    "half a body": (PUT + b"Content-Length: 100\r\n\r\n{", {0}),
    "a packed body": (CODE + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", {400}),
    "a wrong host": (b"GET /svar/ HTTP/1.1\r\nHost: [\r\n\r\n", {200, 400}),
    "another's address": (b"GET http://[/svar/ HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no such method": (b"FOO /svar/ HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
    "a header that goes on": (b"GET /svar/ HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", {400}),
}


HEALTH = b"GET /svar/helse HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"


@asynccontextmanager
async def serving(data_dir, protocol=Bounded):
    """The app on a port of this machine, as `kfl run` serves it."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    app = create_app(data_dir)
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, access_log=False, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(codes_page, "REPLY_S", 0.0)
    monkeypatch.setattr(Throttle, "mistake", lambda *_: 0.0)
    monkeypatch.setattr(Sessions, "admit", lambda _: None)
    open_wave(tmp_path)
    return tmp_path


def status(reply):
    found = re.match(rb"HTTP/1\.1 (\d\d\d) ", reply)
    return int(found[1]) if found else 0


def test_rough_bytes_are_refused_and_others_served(data_dir, capfd, promise):
    async def told():
        async with serving(data_dir) as port:
            for name, (sent, allowed) in ROUGH.items():
                reply = await exchange(port, sent, wait=0.3 if name in ("half a body", "TLS") else 20.0)
                assert status(reply) in allowed, (name, reply[:200])
                assert b"Traceback" not in reply
                assert status(await exchange(port, HEALTH % b"")) == 200, name

    asyncio.run(told())
    assert "Traceback" not in "".join(capfd.readouterr())
    promise("Bad input: bytes", f"{len(ROUGH)} kinds over a socket, 0 × 500, 0 stack traces, others served after each")


def test_a_long_head_is_cut_off_and_a_usual_one_is_not(data_dir):
    """With a control: uvicorn's own protocol takes a header of any length."""

    async def statuses(protocol):
        async with serving(data_dir, protocol) as port:
            heads = [b"X: " + b"a" * size + b"\r\n" for size in (MOST_HEAD_BYTES // 2, 20 * MOST_HEAD_BYTES)]
            return [status(await exchange(port, HEALTH % head, wait=20.0)) for head in heads]

    assert asyncio.run(statuses(HttpToolsProtocol)) == [200, 200]
    usual, long = asyncio.run(statuses(Bounded))
    assert usual == 200
    assert long in (0, 400)
