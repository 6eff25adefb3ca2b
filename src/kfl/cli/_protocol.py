"""uvicorn's HTTP protocol with an end to how long a request's head may be; by itself it keeps whatever comes."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024  # address and headers; browsers send a few thousand


class BoundedHead(HttpToolsProtocol):
    """Hangs up on who sends a longer head, before memory is filled with it."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._in_head, self._head_bytes = False, 0

    def data_received(self, data: bytes) -> None:
        """Read on; count what came while the head was not whole."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """A new request: nothing of it has come yet."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        super().on_headers_complete()
