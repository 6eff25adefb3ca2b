"""Intake served to a test client in the same process, with a wave to answer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from kfl.intake import codes_page
from kfl.intake.app import Intake, create_app
from tests.answers.wave import Wave, open_wave

HOSTS = ("localhost", "kartlegging.example")


@asynccontextmanager
async def served(data_dir: Path, *, root_path: str = ""):
    """The app, started, and a browser of its own for each `client()`."""
    app = create_app(data_dir, HOSTS)
    await app.startup()
    try:
        yield app, lambda: browser(app, root_path)
    finally:
        await app.shutdown()


def browser(app: Intake, root_path: str = "") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000), root_path=root_path, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")


def run(data_dir: Path, story: Callable[..., Awaitable[None]], **more: object) -> Wave:
    """Open a wave, serve it, and run a story with (browser, wave, app)."""
    wave = open_wave(data_dir, **more)

    async def told() -> None:
        async with served(data_dir) as (app, client), client() as one:
            await story(one, wave, app)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes_page, "REPLY_S", 0.0)
        asyncio.run(told())
    return wave


async def enter(client: httpx.AsyncClient, code: str) -> dict:
    """Type a code as a client of the protocol does; the description of the form."""
    reply = await client.post("/svar/code", json={"code": code})
    while reply.status_code == 503:  # a slow disk; no test may hang on how slow this machine's is
        await asyncio.sleep(0.05)
        reply = await client.post("/svar/code", json={"code": code})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def put(client: httpx.AsyncClient, attempt: str, screen: int, lease: int, rev: int, answers: dict):
    body = {"lease": lease, "rev": rev, "answers": answers}
    return await client.put(f"/svar/{attempt}/{screen}", json=body)


def noted_waits(patch: pytest.MonkeyPatch, module: object) -> list[float]:
    """How long each reply of a page would have waited to be due; it does not."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    patch.setattr(module, "asyncio", SimpleNamespace(sleep=note))
    return waits
