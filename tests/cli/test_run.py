"""`kfl run` as a person meets it: it says where it is, serves both apps, keeps its worker alive, and stops cleanly."""

from __future__ import annotations

import os
import queue
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kfl.cli.run import OpenDemo, refuse_open_demo

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads child processes from /proc")
LONG_S = 60  # how long a test waits before it calls something lost; nothing is timed


class Running:
    """A `kfl run` in a process of its own."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        command = [sys.executable, "-m", "kfl.cli.main", "run", "--port", str(self.port), "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy())
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        if self.process.stdout is not None:
            for line in self.process.stdout:
                self.lines.put(line)

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=LONG_S) as answer:
            return answer.status, answer.read()

    def children(self) -> set[int]:
        found: set[int] = set()
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended while we looked
                found |= {int(pid) for pid in (task / "children").read_text().split()}
        return found


def until(condition) -> None:
    deadline = time.monotonic() + LONG_S
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("waited in vain")
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    one = Running(tmp_path / "data")
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait(LONG_S)
        if one.process.stdout is not None:
            one.process.stdout.close()


def test_run_serves_portal_and_intake_and_stops_with_its_worker(running, tmp_path):
    assert f"http://localhost:{running.port}" in running.lines.get(timeout=LONG_S)
    assert running.get("/helse/")[0] == 200
    assert "Kultur for læring" in running.get("/")[1].decode()
    assert running.get("/svar/")[0] == 200

    until(running.children)
    (worker,) = running.children()
    os.kill(worker, signal.SIGKILL)
    until(lambda: running.children() - {worker})
    (second,) = running.children() - {worker}

    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [tmp_path / "data", *(tmp_path / "data").glob("*")]}
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes

    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(LONG_S) == 0
    until(lambda: is_gone(second))


def test_worker_ends_with_a_server_that_is_killed(running):
    running.lines.get(timeout=LONG_S)
    until(running.children)
    (worker,) = running.children()
    running.process.kill()
    running.process.wait(LONG_S)
    until(lambda: is_gone(worker))


def test_run_on_a_taken_port_says_so_and_starts_nothing(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "kfl.cli.main", "run", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(
            [*command, "--data", str(tmp_path / "data")], capture_output=True, text=True, check=False, timeout=LONG_S
        )
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert not (tmp_path / "data" / "portal.sqlite3").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "portal.example.org"])
def test_demo_is_not_opened_to_others_unasked(tmp_path, host):
    (tmp_path / "demo.json").write_text("{}")
    with pytest.raises(OpenDemo, match="--open-demo"):
        refuse_open_demo(tmp_path, host, open_demo=False)
    refuse_open_demo(tmp_path, host, open_demo=True)


def test_demo_on_this_machine_and_a_real_portal_anywhere_are_served(tmp_path):
    refuse_open_demo(tmp_path, "0.0.0.0", open_demo=False)
    (tmp_path / "demo.json").write_text("{}")
    for host in ("127.0.0.1", "localhost", "::1"):
        refuse_open_demo(tmp_path, host, open_demo=False)
