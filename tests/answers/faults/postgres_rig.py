"""Runs writers on a PostgreSQL server behind the shim and cuts the power of its machine at many points.

All of the server's processes write into one log. For each cut, a cluster such as the disk may hold after it is laid
out, a server recovers it, and what that server has is held against what had been acknowledged by then.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import postgres_server, shim
from .disk import Disk
from .ledger import Ledger, Outcome
from .postgres_server import AT_ONCE, Server
from .rig import ROOT, Cuts

NEAR = 4  # records
HANGS_S = 1200  # when a load is taken for one that never ends
SYNC_US = 200  # a sync takes as long as a fast disk does, so that several wait for one
Compare = Callable[[str, Ledger], Outcome]


@dataclass
class Run:
    """One run: where it lies, the cluster as it was before it, what was logged and what the load said."""

    room: Path
    shim: Path
    before: dict[str, bytes]
    folders: list[str]
    log: list[shim.Record]
    said: str

    @property
    def cluster(self) -> Path:
        return self.room / "disk" / "cluster"

    def ledger(self) -> Ledger:
        """All that was noted in the run."""
        ledger = Ledger()
        for record in self.log:
            if _is_ledger(record):
                ledger.read(record.data)
        return ledger

    @property
    def saves_acked(self) -> int:
        """Starts and hand-ins not counted."""
        return sum(screen > 0 for _, screen, *_ in self.ledger().acked)


def run(room: Path, built: Path, load: Callable[[str, Path], list[str]], **settings: str) -> Run:
    """Let a load work in a new, empty room.

    The load is told the server's address and the disk and gives its command. What it puts on the disk beside the
    cluster until then was there before the run.
    """
    disk, levers, log = room / "disk", room / "levers", room / "log"
    seen = Path(shutil.copy(built, room / "shim.so"))
    seen.chmod(0o755)  # the server's user reads it, whatever this process keeps to itself
    disk.mkdir()
    shim.Levers(levers)["sync_delay_us"] = SYNC_US  # no real syncs: what is sure is told by the log
    log.touch()
    shim.Levers(room / "no-syncs")
    for path in (disk, levers, log, room / "no-syncs"):
        postgres_server.give(path)
    postgres_server.make(disk / "cluster")
    before, folders = _content(disk / "cluster")
    environment = shim.environment(seen, disk, log, levers)
    server = Server(disk / "cluster", room, environment, **settings)
    try:
        server.wait_until_up()
        command = [sys.executable, "-m", *load(server.url, disk)]
        for beside in disk.iterdir():
            if beside.name != "cluster":
                files, inner = _content(beside)
                before |= files
                folders += inner
        _supervised(server, command, environment | {"KFL_ANSWERS_DATABASE": server.url}, room / "said")
    finally:
        if server.process.poll() is None:
            server.end(AT_ONCE)
        server.stop()
    seen_by_shim = list(shim.read_log(log))
    if not any(record.path.startswith(f"{disk / 'cluster'}/") for record in seen_by_shim):
        raise RuntimeError("the server wrote past the shim: whatever a cut leaves behind would prove nothing")
    return Run(room, seen, before, folders, seen_by_shim, (room / "said").read_text())


def _content(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    inside = [folder, *folder.rglob("*")]
    files = {str(path): path.read_bytes() for path in inside if path.is_file()}
    return files, [str(path) for path in inside if path.is_dir()]


def _supervised(server: Server, command: list[str], environment: dict[str, str], said: Path) -> None:
    """Run a command to its end; a server that gives up meanwhile is started again, as its supervisor would."""
    told = said.with_name("told")
    with said.open("wb") as out, told.open("wb") as errors:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=errors)
        deadline = time.monotonic() + HANGS_S
        try:
            while process.poll() is None and time.monotonic() < deadline:
                if server.process.poll() is not None:
                    server.start()
                time.sleep(0.01)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise RuntimeError(told.read_text()[-3000:] + server.last_words())


def as_it_is(one: Run, compare: Compare) -> Outcome:
    """What a server finds when the run has ended and nothing went wrong since."""
    server = Server(one.cluster, one.room)
    try:
        server.wait_until_up()
        return compare(server.url, one.ledger())
    finally:
        server.stop()


def cut_power(one: Run, compare: Compare, cuts: int, seed: int, near: str = "") -> Cuts:
    """Cut at so many points after the first save was sent, each time with another luck.

    With `near`, every other cut is close to where a file with this in its name was touched.
    """
    chance = random.Random(seed)
    first = next(n for n, record in enumerate(one.log) if _is_ledger(record))
    everywhere = range(first, len(one.log))
    places = [n for n in everywhere if near and near in one.log[n].path]
    close = [n for n in everywhere if any(abs(n - place) <= NEAR for place in places)]
    points = chance.sample(close, min(cuts // 2, len(close)))
    points = sorted([*points, *chance.sample(everywhere, min(cuts - len(points), len(everywhere)))])
    disk, ledger, result, at = Disk(one.before, seed, journal=True), Ledger(), Cuts(), 0
    for point in points:
        for record in one.log[at:point]:
            if _is_ledger(record):
                ledger.read(record.data)
            else:
                disk.follow(record)
        at = point
        outcome = _recovered(one, disk, lambda url: compare(url, ledger))
        result.cuts += 1
        result.lost += len(outcome.lost)
        result.cuts_with_loss += bool(outcome.lost)
        result.cuts_unsound += bool(outcome.unsound)
        if not outcome.is_good and result.first_bad is None:
            result.first_bad = outcome
    return result


def _is_ledger(record: shim.Record) -> bool:
    return record.path.endswith("/ledger")


def _recovered(one: Run, disk: Disk, look: Callable[[str], Outcome]) -> Outcome:
    """What a server finds on the disk that a cut left behind."""
    room = one.room / "left"
    shutil.rmtree(room, ignore_errors=True)
    _lay_out(one, disk, room)
    # With settings as strict as before, which the answers store asks for, but nothing waits for the disk here.
    environment = shim.environment(one.shim, room / "cluster", None, one.room / "no-syncs")
    server = Server(room / "cluster", room, environment)
    try:
        try:
            server.wait_until_up()
        except RuntimeError as problem:
            return Outcome(unsound=[str(problem)])
        return look(server.url)
    finally:
        server.stop()


def _lay_out(one: Run, disk: Disk, place: Path) -> None:
    """Write down what the disk holds; the cluster is for the server's user alone."""
    here = len(str(one.cluster.parent)) + 1
    for folder in [*one.folders, *sorted(disk.made_folders)]:
        (place / folder[here:]).mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, content in disk.after_cut().items():
        if not path.endswith("/postmaster.pid"):  # its process went with the power
            left = place / path[here:]
            left.write_bytes(content)
            left.chmod(0o600)
    if os.geteuid() == 0:
        for path in (place, place / "cluster", *(place / "cluster").rglob("*")):
            postgres_server.give(path)
