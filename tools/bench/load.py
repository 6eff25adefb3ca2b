"""A load of page saves over 50 kept connections, one request at a time on each, counted for a while."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came of it."""

    seconds: float
    replies: int
    refused: int  # replies that were not 200
    waits_s: list[float] = field(repr=False)

    @property
    def per_second(self) -> float:
        return self.replies / self.seconds

    def wait_ms(self, share: float) -> float:
        """The wait that this share of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.waits_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Client(asyncio.Protocol):
    """One kept connection: sends the next request when the reply has come."""

    def __init__(self, requests: Iterator[bytes], until: float, load: Load, done: asyncio.Future[None]) -> None:
        self.requests, self.until, self.load, self.done = requests, until, load, done
        self.reply = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._send()

    def _send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.reply += data
        head, blank, body = self.reply.partition(b"\r\n\r\n")
        if not blank:
            return
        if len(body) < _length(head):
            return
        now = time.perf_counter()
        self.load.replies += 1
        self.load.refused += not self.reply.startswith(b"HTTP/1.1 200")
        self.load.waits_s.append(now - self.sent_at)
        self.reply = b""
        if now < self.until:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def run(port: int, clients: list[Iterator[bytes]], seconds: float) -> Load:
    """Each client sends its requests, one after the other, for this long."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    load = Load(seconds, 0, 0, [])
    ends = []
    for requests in clients:
        done = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            lambda requests=requests, done=done: _Client(requests, began + seconds, load, done), "127.0.0.1", port
        )
    await asyncio.gather(*ends)
    load.seconds = time.perf_counter() - began
    return load
