"""R7: a disk that takes seconds, and a server that stands still: 503 with Retry-After, no pile, then all goes on."""

import asyncio
import os
import signal

import pytest

from tests.answers.faults import shim
from tests.answers.faults.ledger import Ledger, Notes, compare
from tests.answers.wave import open_wave

from .respondents import Respondents
from .serving import Serving

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
STOPS = 50 if PROVE else 2
LONGEST_STOP_S = 20.0 if PROVE else 1.0
SLOW_S = 4 if PROVE else 2.5
CLIENTS = 64
SEED = 9


async def _under_load(server: Serving, load: Respondents, story) -> float:
    """Tell a story while many answer; the most memory that was seen, in MB."""
    answering, telling = asyncio.create_task(load.run(CLIENTS)), asyncio.create_task(story(server, load))
    most = 0.0
    while not telling.done():
        most = max(most, server.memory_mb())
        await asyncio.sleep(0.05)
    load.finish()
    await answering
    telling.result()
    return most


def _run(tmp_path, server: Serving, wave, story) -> tuple[Respondents, float]:
    try:
        server.wait_until_up()
        codes = [one.code for one in wave.invited]
        load = Respondents(server.port, codes, Notes(tmp_path / "ledger"), 10**9, SEED, retry_s=0.02, pause_s=0.02)
        memory = asyncio.run(_under_load(server, load, story))
    finally:
        server.stop()
    outcome = compare(wave.file, wave.key, Ledger.of(tmp_path / "ledger"))
    assert outcome.is_good, outcome
    assert load.bare_503 == 0
    assert memory < 1000
    return load, memory


def test_slow_disk_is_told_and_piles_nothing_up(tmp_path, promise):
    data = tmp_path / "data"
    wave = open_wave(data, people=8000)
    levers = shim.Levers(tmp_path / "levers")
    levers["real_syncs"] = 1
    built = shim.build(tmp_path)
    server = Serving(data, **shim.environment(built, data, None, tmp_path / "levers"))

    async def story(server: Serving, load: Respondents) -> None:
        await load.until(lambda: load.acked > 100)
        levers["sync_delay_us"] = int(SLOW_S * 1_000_000)
        await load.until(lambda: load.statuses[503] > 200)
        levers.mend()
        before = load.acked
        await load.until(lambda: load.acked > before + 200)

    load, memory = _run(tmp_path, server, wave, story)
    figure = (
        f"syncs of {SLOW_S} s under {CLIENTS} clients: {load.statuses[503]} replies 503, all with Retry-After; "
        f"0 lost of {load.acked} saves; at most {memory:.0f} MB"
    )
    promise("R7 slow disk", figure, seed=SEED)


def test_server_that_stands_still_loses_nothing(tmp_path, promise):
    data = tmp_path / "data"
    wave = open_wave(data, people=2000 + 300 * STOPS)
    stops = []

    async def story(server: Serving, load: Respondents) -> None:
        for _ in range(STOPS):
            before = load.acked
            await load.until(lambda before=before: load.acked > before + 50)
            stops.append(LONGEST_STOP_S * load.random.random() ** 2)
            server.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(stops[-1])
            server.process.send_signal(signal.SIGCONT)

    load, memory = _run(tmp_path, Serving(data), wave, story)
    figure = (
        f"stopped {len(stops)} times for up to {max(stops):.1f} s: 0 lost, 0 doubled of {load.acked} saves; "
        f"at most {memory:.0f} MB"
    )
    promise("R7 server stands still", figure, seed=SEED)
