"""A bad network between respondents and the server: a proxy that knows requests and spoils some of them.

Late, slow, cut within the body, cut after the server has done it but before the reply, sent twice, or kept and sent
again much later. A code is never sent again later: typing it anew is something that a respondent does.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from .respondents import BROKEN

KEPT = 200  # requests that may come again
SLOW_PIECE = 64  # bytes at a time on a slow line


class Proxy:
    """Listens on `port`; spoils a `share` of the requests, by a seed."""

    def __init__(self, server_port: int, seed: int, share: float = 0.3) -> None:
        self._server_port, self._share = server_port, share
        self._random = random.Random(seed)
        self._kept: list[bytes] = []
        self._asides: set[asyncio.Task[object]] = set()
        self.spoilt: Counter[str] = Counter()
        self.port = 0

    async def __aenter__(self) -> "Proxy":
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        for aside in list(self._asides):
            aside.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)
        await asyncio.sleep(0.05)  # closed lines are let go of

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._asides.add(task)
            task.add_done_callback(self._asides.discard)
        try:
            while True:
                request = await _message(reader)
                if self._random.random() < self._share:
                    await self._spoil(request, writer)
                else:
                    writer.write(await self._pass_on(request))
                await writer.drain()
        except BROKEN:
            pass
        finally:
            writer.close()

    async def _spoil(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """One of the ways; those that cut the line raise."""
        ways: list[Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]] = [
            self._late, self._slow, self._cut_body, self._cut_reply, self._twice, self._again_later,
        ]  # fmt: skip
        way = self._random.choice(ways)
        self.spoilt[way.__name__.strip("_")] += 1
        await way(request, writer)

    async def _late(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2 * self._random.random() ** 3)
        writer.write(await self._pass_on(request))

    async def _slow(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        async def pieces(server: asyncio.StreamWriter) -> None:
            for at in range(0, len(request), SLOW_PIECE):
                server.write(request[at : at + SLOW_PIECE])
                await server.drain()
                await asyncio.sleep(0.002)

        writer.write(await self._pass_on(request, pieces))

    async def _cut_body(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        async def beginning(server: asyncio.StreamWriter) -> None:
            server.write(request[: self._random.randrange(len(request))])
            await server.drain()
            raise ConnectionResetError

        await self._pass_on(request, beginning)

    async def _cut_reply(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        await self._pass_on(request)
        raise ConnectionResetError

    async def _twice(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        if _is_code(request):
            await self._pass_on(request)
            writer.write(await self._pass_on(request))
        else:  # both at the same time, and either reply
            writer.write((await asyncio.gather(self._pass_on(request), self._pass_on(request)))[0])

    async def _again_later(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(await self._pass_on(request))
        if not _is_code(request):
            self._kept = [*self._kept[-KEPT:], request]
            old = self._random.choice(self._kept)
            task = asyncio.create_task(self._aside(old))
            self._asides.add(task)
            task.add_done_callback(self._asides.discard)

    async def _aside(self, request: bytes) -> None:
        with contextlib.suppress(*BROKEN):
            await self._pass_on(request)

    async def _pass_on(
        self, request: bytes, how: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None
    ) -> bytes:
        """The server's whole reply, over a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            if how is None:
                writer.write(request)
            else:
                await how(writer)
            return await _message(reader)
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request or reply, head and body, as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


def _is_code(request: bytes) -> bool:
    return request.startswith(b"POST /svar/code")
