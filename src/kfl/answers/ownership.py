"""One owner per wave file: a lock, and how another process asks the owner for it.

The process that takes answers (intake) holds the lock of every open wave and listens on a Unix socket
in the answers folder. Whoever must import or close takes the lock when it is free, else asks the owner to
lend the wave. One JSON line each way; the loan lasts as long as the connection, so a borrower that
dies gives it back. Small changes (`changes`) need no loan: SQLite orders them by itself.

In a database nobody owns a wave or lends one (`database`).
"""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .keys import checked_wave_name

SOCKET = "owner.sock"

WAIT_S = 20.0
_RETRY_S = 0.02
_LONGEST_SOCKET_NAME = 100  # the system's limit is 104-108 bytes


class WaveBusy(RuntimeError):
    """Another process holds the wave and does not lend it."""


class Lend(msgspec.Struct, tag="lend"):
    """Ask the owner to let go of a wave until this connection ends."""

    wave: str


class OwnerReply(msgspec.Struct):
    """The owner's answer."""

    done: bool
    reason: str = ""
    word: str = ""


class FileLock:
    """The lock of one wave (or, without a wave, of being the owner): one process has it at a time.

    The system drops it when that process dies.
    """

    def __init__(self, answers_dir: Path, wave: str | None = None) -> None:
        self._path = answers_dir / ("owner.sock.lock" if wave is None else f"{checked_wave_name(wave)}.lock")
        self._handle: int | None = None

    def take(self) -> bool:
        """Try to take it; False when another holds it."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def drop(self) -> None:
        """Give it back. The file stays: removing it would let two hold one name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextmanager
def held(answers_dir: Path, wave: str, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold a wave's file alone: take the lock, or borrow it from the owner that runs.

    Raises
    ------
    WaveBusy
        Neither came about within `wait_s` seconds.
    """
    lock = FileLock(answers_dir, wave)
    end = time.monotonic() + wait_s
    connection: socket.socket | None = None
    try:
        while not lock.take():
            if time.monotonic() > end:
                raise WaveBusy(wave)
            if connection is None:
                connection = _connection(answers_dir)
                if connection is not None and not _ask(connection, Lend(wave)).done:
                    connection.close()
                    connection = None
            time.sleep(_RETRY_S)
        yield
    finally:
        lock.drop()  # before the owner hears that the loan is over
        if connection is not None:
            connection.close()


@contextmanager
def socket_name(answers_dir: Path, name: str = SOCKET) -> Iterator[str]:
    """The owner's socket under a name short enough for the system."""
    whole = str(answers_dir / name)
    if len(os.fsencode(whole)) <= _LONGEST_SOCKET_NAME:
        yield whole
        return
    handle = os.open(answers_dir, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{handle}/{name}"
    finally:
        os.close(handle)


def ask(answers_dir: Path, request: msgspec.Struct, name: str = SOCKET) -> OwnerReply:
    """Ask the owner something and wait for the answer."""
    connection = _connection(answers_dir, name)
    if connection is None:
        return OwnerReply(False, "no owner runs")
    with connection:
        return _ask(connection, request)


def clear_sockets(answers_dir: Path) -> None:
    """Remove the sockets of processes beside a database that were killed (`owner-<process>-….sock`)."""
    for path in answers_dir.glob("owner-*.sock"):
        try:
            os.kill(int(path.name.split("-")[1]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
        except PermissionError:  # it lives, under another user
            continue


def ask_all(answers_dir: Path, request: msgspec.Struct) -> list[OwnerReply]:
    """Ask every process that takes answers: one beside a folder of files, any number beside a database."""
    return [ask(answers_dir, request, path.name) for path in sorted(answers_dir.glob("owner*.sock"))]


def _connection(answers_dir: Path, name: str = SOCKET) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(WAIT_S)
    try:
        with socket_name(answers_dir, name) as whole:
            connection.connect(whole)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _ask(connection: socket.socket, request: msgspec.Struct) -> OwnerReply:
    try:
        connection.sendall(msgspec.json.encode(request) + b"\n")
        with connection.makefile("rb") as lines:
            return msgspec.json.decode(lines.readline(), type=OwnerReply)
    except (OSError, msgspec.DecodeError):
        return OwnerReply(False, "the owner does not answer")
