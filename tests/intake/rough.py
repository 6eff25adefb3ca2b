"""A client that sends what no browser would: raw ASGI requests, and raw bytes to a socket."""

import asyncio
from dataclasses import dataclass

from starlette.types import Message

from kfl.intake.app import Intake


@dataclass(frozen=True)
class Request:
    """One request as bytes, with a path that may be anything."""

    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    query: bytes = b""
    scheme: str = "http"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def send(app: Intake, request: Request, *, piece: int = 65_536) -> Reply:
    """One request straight into the app, its body in pieces; nothing is mended on the way."""
    parts = [request.body[at : at + piece] for at in range(0, len(request.body), piece)] or [b""]
    waiting = [
        {"type": "http.request", "body": part, "more_body": number < len(parts) - 1}
        for number, part in enumerate(parts)
    ]
    got: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def keep(message: Message) -> None:
        got.append(message)

    host = () if any(name == b"host" for name, _ in request.headers) else ((b"host", b"localhost:8000"),)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode("utf-8", "surrogatepass"),
        "query_string": request.query,
        "root_path": "",
        "headers": [*host, *request.headers],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, keep)
    if not got:
        raise AssertionError(f"no reply at all to {request.method} {request.path[:60]!r}")
    body = b"".join(message.get("body", b"") for message in got[1:])
    return Reply(got[0]["status"], dict(got[0]["headers"]), body)


async def exchange(port: int, text: bytes, *, most: int = 65_536, wait: float = 5.0) -> bytes:
    """Send bytes to a server and read what it says until it closes, says nothing more, or goes away."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    try:
        writer.write(text)
        await writer.drain()
        while len(said) < most:
            part = await asyncio.wait_for(reader.read(most), wait)
            if not part:
                break
            said += part
            if b"\r\n\r\n" in said:
                wait = 0.2
    except (ConnectionError, TimeoutError):
        pass  # a server may hang up on what it does not want to read
    finally:
        writer.close()
    return said
