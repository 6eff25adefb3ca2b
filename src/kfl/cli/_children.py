"""Child processes that are kept running: the worker beside `kfl run`, and intake where there are several of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

STOP_S = 10
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 30.0
LONG_ENOUGH_S = 60.0  # who ran so long did not die of its start


class Child:
    """One command of `kfl` as a child process: started again if it dies, stopped with us.

    Its standard input is a pipe from us, so that it ends even if we are killed (`--until-eof`).
    """

    def __init__(self, command: Sequence[str], *, called: str, pass_fds: Sequence[int] = ()) -> None:
        self._command = [sys.executable, "-m", "kfl.cli.main", *command, "--until-eof"]
        self._called, self._pass_fds = called, tuple(pass_fds)
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def _keep(self) -> None:
        pause = SHORTEST_PAUSE_S
        while not self._stop.is_set():
            began = time.monotonic()
            with subprocess.Popen(self._command, stdin=subprocess.PIPE, pass_fds=self._pass_fds) as self._process:
                if self._stop.is_set():
                    self._process.terminate()
                code = self._process.wait()
            if self._stop.is_set():
                return
            if time.monotonic() - began > LONG_ENOUGH_S:
                pause = SHORTEST_PAUSE_S
            print(f"{self._called} ended ({code}); starting it again in {pause:g} s", file=sys.stderr, flush=True)
            self._stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def ask_to_stop(self) -> None:
        """Let it finish what is under way."""
        self._stop.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Ask it to stop, and see it gone."""
        self.ask_to_stop()
        if self._process is not None:
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._keeper.join(STOP_S)


def end_with_parent() -> None:
    """In a child: stop in an orderly way when the process that started us is gone, however it ended."""

    def wait() -> None:
        while os.read(0, 1024):  # not through `sys.stdin`, whose lock this thread would hold when Python ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
