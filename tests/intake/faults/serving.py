"""`kfl serve intake` in a process of its own, that is killed, stopped and started again as a supervisor would."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

START_S = 60  # when a start is called failed; nothing is timed


class Serving:
    """One server after the other on the same port and data folder."""

    def __init__(self, data: Path, *, command: tuple[str, ...] = ("serve", "intake"), **environment: str) -> None:
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        self._command = [sys.executable, "-m", "kfl.cli.main", *command, "--port", str(self.port), "--data", str(data)]
        self._environment = os.environ | environment
        self._log = (data.parent / "server.log").open("ab")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, env=self._environment, stdout=self._log, stderr=self._log)

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start: {Path(self._log.name).read_text()[-2000:]}")
            time.sleep(0.05)

    def is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def end(self, how: signal.Signals) -> None:
        """Kill it (SIGKILL) or ask it to stop (SIGTERM), and see it gone."""
        self.process.send_signal(how)
        self.process.wait(START_S)

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]

    def memory_mb(self) -> float:
        """What the process holds in memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def stop(self) -> None:
        """The end of the test."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        self._log.close()
