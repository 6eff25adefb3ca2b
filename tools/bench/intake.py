"""Page saves of 20 answers over the real protocol, against an app that does nothing, in the same run."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx

from kfl.answers import bundle as bundles
from kfl.answers import places
from kfl.answers.bundle import Bundle, BundleForm, BundleItem, BundlePage, ItemKind, Option
from kfl.answers.codes import new_code
from kfl.answers.envelopes import Invitation, seal_invitation
from kfl.answers.keys import CodeKey, random_pid

from . import load
from .report import Line

ANSWERS = 20
SECONDS = float(os.environ.get("KFL_BENCH_SECONDS", "8"))
WAVE = "maaling"


@dataclass(frozen=True)
class Pressure:
    """So many connections at once, for how long."""

    connections: int
    seconds: float


USUAL, LEAST = Pressure(50, SECONDS), Pressure(2, 0.2)


def open_wave(data: Path, people: int, pages: int = 1) -> list[str]:
    """An open wave with pages of 20 statements, and a code for each of so many people."""
    options = [Option(code, {"nb": str(code)}) for code in range(1, 5)]
    screens = [
        [BundleItem(f"{page}i{n}", -1, {"nb": f"Utsagn {n}"}, ItemKind.AGREE4, options) for n in range(ANSWERS)]
        for page in range(1, pages + 1)
    ]
    parts = [BundlePage(f"p{number}", {"nb": "Side"}, items) for number, items in enumerate(screens)]
    form = bundles.with_columns(BundleForm(1, "pupil_5_10", {"nb": "Elever"}, {"nb": ""}, parts))
    bundle = Bundle(WAVE, {"nb": "Måling"}, ["nb"], 1, [form], closes_at=datetime(2100, 1, 1, tzinfo=UTC))
    for folder in ("answers", "keys"):
        (data / folder).mkdir(mode=0o700)
    key = CodeKey.create(data / "keys", WAVE)
    codes = [new_code() for _ in range(people)]
    envelopes = [seal_invitation(key, Invitation(code, random_pid(), 0, 1, 0)) for code in codes]
    places.at(data / "answers").create(bundle, envelopes)
    return codes


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def await_answer(port: int) -> None:
    """Until something listens there; half a minute at most."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server never answered")


@contextmanager
def served(app: str, **environment: str) -> Iterator[int]:
    """The app in a uvicorn process of its own, as `kfl serve intake` runs it."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with subprocess.Popen(
        [*command, "--loop", "uvloop", "--http", "httptools"], env=os.environ | environment
    ) as server:
        try:
            await_answer(port)
            yield port
        finally:
            server.terminate()


def saves(port: int, code: str) -> Iterator[bytes]:
    """Start an attempt by its code; then a save after the other, each with other answers."""
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base) as client:
        started = client.post("/svar/code", json={"code": code})
        started.raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    attempt, lease = started.json()["attempt"], started.json()["lease"]
    head = (
        f"PUT /svar/{attempt}/1 HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n"
        "content-type: application/json\r\n"
    )
    bodies = [{f"1i{n}": (n + turn) % 4 + 1 for n in range(ANSWERS)} for turn in range(4)]
    answers = [json.dumps(body, separators=(",", ":")) for body in bodies]
    for rev in count(1):
        body = f'{{"lease":{lease},"rev":{rev},"answers":{answers[rev % 4]}}}'
        yield f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()


def nulls(port: int) -> Iterator[bytes]:
    """The same bytes on the wire, to the app that does nothing."""
    body = '{"lease":1,"rev":1,"answers":{' + ",".join(f'"1i{n}":{n % 4 + 1}' for n in range(ANSWERS)) + "}}"
    head = f"PUT /svar/{'0' * 32}/1 HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: kfl_svar={'0' * 32}\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
    while True:
        yield request


def of_nothing(pressure: Pressure) -> load.Load:
    """The same load on the app that does nothing."""
    with served("tools.bench.null_app:app") as port:
        done = asyncio.run(load.run(port, [nulls(port) for _ in range(pressure.connections)], pressure.seconds))
    if done.refused:
        raise SystemExit(f"the load was refused: {done.refused} of nothing")
    return done


def started(requests: Iterator[bytes]) -> Iterator[bytes]:
    """The same iterator with its first request made: its attempt is begun before the clock starts."""
    first = next(requests)

    def again() -> Iterator[bytes]:
        yield first
        yield from requests

    return again()


def measure(smallest: bool = False) -> list[Line]:
    pressure = LEAST if smallest else USUAL
    null = of_nothing(pressure)
    with tempfile.TemporaryDirectory() as folder:
        codes = open_wave(Path(folder), pressure.connections)
        with served("tools.bench.intake_app:app", KFL_BENCH_DATA=folder) as port:
            clients = [started(saves(port, code)) for code in codes]
            done = asyncio.run(load.run(port, clients, pressure.seconds))
        together = (Path(folder) / "together").read_text()
    if done.refused:
        raise SystemExit(f"the load was refused: {done.refused} saves")
    ingredients = (
        f"{done.per_second:.0f} saves/s of {ANSWERS} answers, acknowledged after commit, "
        f"{pressure.connections} connections: p50 {done.wait_ms(0.5):.1f} ms, p99 {done.wait_ms(0.99):.1f} ms, "
        f"{together} pages a sync; null ASGI {null.per_second:.0f}/s"
    )
    return [Line("intake/null", done.per_second / null.per_second, ingredients)]
