"""R1 while a wave is closed: after a power cut everybody's answers are there once, and closing comes to its end.

Once closing is done, K_code stays gone too: no cut brings it back.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kfl.answers import places
from kfl.answers.closing import close_wave_file
from kfl.answers.keys import CodeKey
from kfl.answers.wave_tables import State
from tests.answers.test_closing import answer, rows
from tests.answers.wave import Wave, open_wave

from . import closing, postgres_rig, shim
from .disk import Disk
from .ledger import Ledger, Outcome
from .postgres_server import binaries, short_folder
from .rig import ROOT

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
SEEDS = (1, 2, 3) if PROVE else (1,)
EACH = 1 if PROVE else 6  # of so many points of the log, one cut on SQLite
CUTS = 60 if PROVE else 6  # of each run on PostgreSQL
PEOPLE = 40


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return shim.build(tmp_path_factory.mktemp("shim"))


def _left(wave: Wave, data: Path, expected: dict[bytes, tuple[int, ...]], ledger: Ledger) -> Outcome:
    """What is found after a cut, which may need to be closed again."""
    there = Wave(places.at(data / "answers"), data / "keys", wave.bundle, wave.key, wave.invited)
    unsound = []
    if closing.CLOSED in ledger.acked:
        if places.wave_state(there.place, wave.bundle.wave) is not State.CLOSED:
            unsound.append("was told to be closed and is not")
        if CodeKey.path(there.keys_dir, wave.bundle.wave).exists():
            unsound.append("K_code is back")
    close_wave_file(there.place, there.keys_dir, wave.bundle.wave)
    if rows(there) != expected:
        unsound.append("not everybody's answers once")
    return Outcome(unsound=unsound)


def test_closing_a_file_stands_power_cuts(tmp_path, built, promise):
    cuts = 0
    for seed in SEEDS:
        data = tmp_path / str(seed) / "data"
        wave = open_wave(data, people=PEOPLE)
        expected = answer(wave)
        folders = (data / "answers", data / "keys")
        before = {str(path): path.read_bytes() for folder in folders for path in folder.iterdir() if path.is_file()}
        shim.Levers(data.parent / "levers")
        environment = shim.environment(built, data, data.parent / "log", data.parent / "levers")
        command = [sys.executable, "-m", closing.__name__, str(data), wave.bundle.wave]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        disk, ledger = Disk(before, seed), Ledger()
        for point, record in enumerate(shim.read_log(data.parent / "log")):
            if record.path.endswith("/ledger"):
                ledger.read(record.data)
            else:
                disk.follow(record)
            if point % EACH:
                continue
            left = data.parent / "left"
            for folder in ("answers", "keys"):
                (left / folder).mkdir(mode=0o700, parents=True)
            for path, content in disk.after_cut().items():
                if not path.endswith(("-shm", "/ledger")):
                    place = left / Path(path).relative_to(data)
                    place.write_bytes(content)
                    place.chmod(0o600)
            outcome = _left(wave, left, expected, ledger)
            assert outcome.is_good, outcome
            shutil.rmtree(left)
            cuts += 1
    figure = f"0 answers lost or doubled, 0 keys back in {cuts} power cuts (SQLite)"
    promise("R1 power cut in closing", figure, seed=", ".join(map(str, SEEDS)))


class _Closing:
    """A load for `postgres_rig`: many have answered, and now the wave is closed."""

    def __call__(self, url: str, disk: Path) -> list[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KFL_ANSWERS_DATABASE", url)
            self.wave = open_wave(disk / "data", people=PEOPLE)
            self.expected = answer(self.wave)
        self._left = disk.parent / "left" / "data"
        return [closing.__name__, str(disk / "data"), self.wave.bundle.wave]

    def compare(self, url: str, ledger: Ledger) -> Outcome:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KFL_ANSWERS_DATABASE", url)
            return _left(self.wave, self._left, self.expected, ledger)


def test_closing_on_postgres_stands_power_cuts(built, promise):
    binaries()
    cuts = 0
    for seed in SEEDS:
        with short_folder() as room:
            load = _Closing()
            one = postgres_rig.run(room, built, load)
            assert one.ledger().acked
            done = postgres_rig.cut_power(one, load.compare, CUTS, seed, near="/keys/")
            assert done.first_bad is None, done.first_bad
        cuts += done.cuts
    figure = f"0 answers lost or doubled, 0 keys back in {cuts} power cuts (PostgreSQL)"
    promise("R1 power cut in closing", figure, seed=", ".join(map(str, SEEDS)))
