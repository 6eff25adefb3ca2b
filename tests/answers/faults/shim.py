"""Builds `shim.c`, runs a process behind it, reads its log and moves its levers."""

import errno
import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

_FIELDS = (
    "writes", "write_from", "write_to", "write_errno",
    "syncs", "sync_from", "sync_to", "sync_errno", "sync_delay_us", "real_syncs",
)  # fmt: skip
_FOREVER = 2**62
_HEAD = struct.Struct("=cBHIq")


class Record(NamedTuple):
    """What happened to a file: c(reate), w(rite), t(runcate), a(llocate), u(nlink), r(ename), d: a folder was made.

    A sync: f begun, F done, E failed.
    """

    op: str
    path: str
    offset: int
    data: bytes


def build(folder: Path) -> Path:
    """Compile the shim into a folder; without a compiler the test is skipped, and fails in CI."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        reason = "no C compiler (Debian: apt install gcc libc6-dev)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    built = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(built), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return built


def environment(shim: Path, folder: Path, log: Path | None, levers: Path) -> dict[str, str]:
    """What a process behind the shim needs in its environment."""
    more = {"LD_PRELOAD": str(shim), "KFL_SHIM_FOLDER": str(folder), "KFL_SHIM_CONTROL": str(levers)}
    return os.environ | more | ({"KFL_SHIM_LOG": str(log)} if log else {})


class Levers:
    """The numbers that the shim looks at before each write and sync; shared between processes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8 * len(_FIELDS)))
        with path.open("r+b") as file:
            self._place = mmap.mmap(file.fileno(), 8 * len(_FIELDS))
        self._numbers = memoryview(self._place).cast("q")

    def __getitem__(self, name: str) -> int:
        return self._numbers[_FIELDS.index(name)]

    def __setitem__(self, name: str, number: int) -> None:
        self._numbers[_FIELDS.index(name)] = number

    def fill_disk(self, after: int) -> None:
        """The n-th write from now on finds no space, and so does every later one."""
        self["write_errno"], self["write_to"] = errno.ENOSPC, _FOREVER
        self["write_from"] = self["writes"] + after

    def break_sync(self, after: int) -> None:
        """The n-th sync from now on fails; the next one says that all is well, as disks do."""
        self["sync_errno"] = errno.EIO
        self["sync_to"] = self["syncs"] + after
        self["sync_from"] = self["sync_to"]

    @property
    def have_failed(self) -> bool:
        """Whether a fault that was asked for has come."""
        write, sync = self["write_from"], self["sync_from"]
        return bool(write and self["writes"] >= write) or bool(sync and self["syncs"] >= sync)

    def mend(self) -> None:
        """Space again, and a disk that syncs."""
        self["write_from"] = self["sync_from"] = self["sync_delay_us"] = 0


def read_log(path: Path) -> Iterator[Record]:
    """The records in the order in which they happened."""
    log = memoryview(path.read_bytes())
    at = 0
    while at < len(log):
        op, _, path_bytes, data_bytes, offset = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        name = bytes(log[at : at + path_bytes]).decode()
        at += path_bytes
        yield Record(op.decode(), name, offset, bytes(log[at : at + data_bytes]))
        at += data_bytes
