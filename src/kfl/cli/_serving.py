"""How a server listens, announces itself and stops: shared by `kfl run` and `kfl serve`."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
import signal
import socket
import sys
from types import FrameType
from typing import Any

import uvicorn

from ._protocol import MOST_CONNECTIONS, Bounded, end_overdue

GRACE_S = 10
LOOK_EVERY = 10  # beats of the server, of a tenth of a second each
MOST_FILES = 65_536


class PortInUse(OSError):
    """Another process listens there."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def names_of(host: str) -> list[str]:
    """By which names browsers reach a host that is not loopback; for "every address", this machine's own."""
    if is_loopback(host):
        return []
    if host not in {"0.0.0.0", "::"}:
        return [host]
    own = socket.gethostname()
    try:
        found = socket.getaddrinfo(own, None, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    return sorted({own, *(str(one[4][0]) for one in found)})


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else is started."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = sorted(found, key=lambda one: one[0] != socket.AF_INET)[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise PortInUse(f"{host}:{port}: {error.strerror}") from error
    return listening


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self.announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self.announcement, flush=True)

    async def on_tick(self, counter: int) -> bool:
        """Hang up on whoever has had the time for a head, a body or reading a reply."""
        if counter % LOOK_EVERY == 0:
            end_overdue(list(self.server_state.connections), asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def room_for_connections() -> int:
    """How many connections there may be at once: three of four files that this process may have open.

    The limit of files is raised as far as the system lets us.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, soft * 3 // 4)


def address_of(host: str, port: int) -> str:
    """The address to announce: browsers allow passkeys on `localhost`, not on a bare number."""
    return f"http://{'localhost' if is_loopback(host) else host}:{port}"


def stop_on_sigterm() -> None:
    """Make SIGTERM an orderly exit, so that what was started is stopped too."""

    def stop(number: int, frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)


def serve(app: Any, *, listening: socket.socket, announcement: str, behind_proxy: bool, lifespan: str) -> int:
    """Serve until told to stop; requests under way are finished first. Addresses of visitors are not logged."""
    Bounded.most_connections = room_for_connections()
    config = uvicorn.Config(
        app,
        http=Bounded,
        ws="none",  # a web socket would leave the bounds
        access_log=False,
        log_level="warning",
        lifespan="on" if lifespan == "on" else "off",
        proxy_headers=behind_proxy,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=65 if behind_proxy else 5,
    )
    server = _Server(config, announcement)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0 if server.started else 1
