"""Runs `answering` behind the shim and cuts the power at many points of what it wrote."""

import json
import random
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.answers.wave import Wave, open_wave

from . import answering, shim
from .disk import Disk
from .ledger import Ledger, Outcome, compare

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Run:
    """One run: the wave, the files as they were before it, what was logged and what the process said."""

    wave: Wave
    data: Path
    before: dict[str, bytes]
    log: list[shim.Record]
    said: dict[str, Any]

    def ledger(self) -> Ledger:
        return Ledger.of(self.data / "ledger")

    @property
    def saves_acked(self) -> int:
        """Starts and hand-ins not counted."""
        return sum(screen > 0 for _, screen, *_ in self.ledger().acked)


def run(folder: Path, built: Path, *, people: int = 400, real_syncs: bool = False, **plan: Any) -> Run:
    """Let many answer behind the shim, in a new data folder.

    Without real syncs the run does not depend on the disk here: what is sure is told by the log, not by it.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    wave = open_wave(data, people=people)
    before = {str(path): path.read_bytes() for path in wave.place.folder.iterdir()}
    levers = shim.Levers(folder / "levers")
    levers["real_syncs"] = int(real_syncs)
    told = answering.Plan(str(data), [one.code for one in wave.invited], levers=str(folder / "levers"), **plan)
    (folder / "plan.json").write_text(json.dumps(asdict(told)))
    command = [sys.executable, "-m", "tests.answers.faults.answering", str(folder / "plan.json")]
    environment = shim.environment(built, data, folder / "log", folder / "levers")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Run(wave, data, before, list(shim.read_log(folder / "log")), json.loads(done.stdout))


@dataclass
class Cuts:
    """What many power cuts came to."""

    cuts: int = 0
    lost: int = 0
    cuts_with_loss: int = 0
    cuts_unsound: int = 0
    first_bad: Outcome | None = None


def cut_power(one: Run, folder: Path, cuts: int, seed: int) -> Cuts:
    """Cut at so many points of the run, each time with another luck, and look at what is left."""
    chance = random.Random(seed)
    points = sorted(chance.sample(range(1, len(one.log)), min(cuts, len(one.log) - 1)))
    disk, ledger, result, at = Disk(one.before, seed), Ledger(), Cuts(), 0
    wave_file = str(one.wave.file)
    left = folder / "left"
    for point in points:
        for record in one.log[at:point]:
            if record.path.endswith("/ledger"):
                ledger.read(record.data)
            else:
                disk.follow(record)
        at = point
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        for path, content in disk.after_cut().items():
            if path.startswith(wave_file) and not path.endswith("-shm"):
                (left / Path(path).name).write_bytes(content)
        outcome = compare(left / one.wave.file.name, one.wave.key, ledger)
        result.cuts += 1
        result.lost += len(outcome.lost)
        result.cuts_with_loss += bool(outcome.lost)
        if not outcome.is_good and result.first_bad is None:
            result.first_bad = outcome
    return result


def remove(folder: Path) -> None:
    """Let go of a run's files; its log is large."""
    shutil.rmtree(folder)
