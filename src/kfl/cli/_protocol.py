"""uvicorn's HTTP protocol with an end to what is half sent or half read; by itself it waits for as much, and
for as long, as whoever is at the other end likes.

A connection has a time for the head of a request, one for its body that grows with what has come of it, and one for
reading the reply. When there are too many connections, those that have waited longest go: whoever sends a whole request
at once is never among them for long.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024  # address and headers; browsers send a few thousand
HEAD_S = 15.0  # from the start of a connection, or of a request on it, until the head is whole
BODY_S = 20.0  # until the body is whole, and a second more for each
BYTES_A_SECOND = 8 * 1024  # of it that has come
LEFT_OVER_S = 5.0  # for the rest of a body that was answered before it was whole
READ_S = 60.0  # while a reply waits for its reader, and nothing more of it is taken
MOST_CONNECTIONS = 768  # where nobody says otherwise
_GO_AT_ONCE = 16  # the sixteenth part of all connections goes together, so that looking for them is seldom


class Waiting(StrEnum):
    """What a connection waits for from its other end."""

    HEAD = "head"
    BODY = "body"
    LEFT_OVER = "left over"  # of a body that is answered already
    NOTHING = "nothing"  # we work on it
    NEXT = "next"  # request, if any


class Bounded(HttpToolsProtocol):
    """Hangs up on whoever sends a head that is longer or slower than may be, or a slower body."""

    most_connections = MOST_CONNECTIONS

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.waiting, self._since, self._bytes = Waiting.HEAD, self.loop.time(), 0
        self._unread = (0, self._since)  # bytes of the reply that nobody has taken, and since when there are so many

    def connection_made(self, transport: Any) -> None:
        """One more: if that is too many, others go that have waited longest."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            make_room(self.connections, self)

    def data_received(self, data: bytes) -> None:
        """Read on; count what came while the head or the body was not whole."""
        super().data_received(data)
        self._bytes += len(data)
        if self.waiting is Waiting.HEAD and self._bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """A new request: nothing of it has come yet."""
        super().on_message_begin()
        self._wait_for(Waiting.HEAD)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._wait_for(Waiting.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole, too."""
        super().on_message_complete()
        self._wait_for(Waiting.NEXT if self.cycle.response_complete else Waiting.NOTHING)

    def on_response_complete(self) -> None:
        """The next request may take its time to begin (uvicorn's `timeout_keep_alive`), the rest of a body not."""
        is_last = not self.pipeline
        super().on_response_complete()
        if is_last:
            self._wait_for(Waiting.NEXT if self.waiting is Waiting.NOTHING else Waiting.LEFT_OVER)

    def is_overdue(self, now: float) -> bool:
        """Whether the other end has had its time."""
        unread = self.transport.get_write_buffer_size()
        if not unread or unread != self._unread[0]:
            self._unread = (unread, now)
        if now - self._unread[1] > READ_S:
            return True
        if self.waiting is Waiting.NOTHING or (self.waiting is Waiting.BODY and self.flow.read_paused):
            return False  # it is we who are slow
        times = {
            Waiting.HEAD: HEAD_S,
            Waiting.NEXT: self.timeout_keep_alive + HEAD_S,
            Waiting.LEFT_OVER: LEFT_OVER_S,
        }
        return now - self._since > times.get(self.waiting, BODY_S + self._bytes / BYTES_A_SECOND)

    def waits_since(self) -> float:
        """Since when it has waited for its other end; never when it is we who are to do something."""
        return float("inf") if self.waiting is Waiting.NOTHING else self._since

    def _wait_for(self, what: Waiting) -> None:
        self.waiting, self._since, self._bytes = what, self.loop.time(), 0


def end_overdue(connections: Iterable[Any], now: float) -> int:
    """Hang up on those who have had their time; how many they were."""
    overdue = [one for one in connections if isinstance(one, Bounded) and one.is_overdue(now)]
    for one in overdue:
        one.transport.abort()
    return len(overdue)


def make_room(connections: Iterable[Any], newest: Bounded) -> None:
    """Hang up on those that have waited longest, and on the newest where there are none."""
    others = [one for one in connections if one is not newest and one.waits_since() < float("inf")]
    others.sort(key=Bounded.waits_since)
    for one in others[: 1 + newest.most_connections // _GO_AT_ONCE] or [newest]:
        one.transport.abort()
