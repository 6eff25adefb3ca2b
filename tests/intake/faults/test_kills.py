"""R5: the server is killed or restarted while many answer, and nobody notices more than a short wait."""

import asyncio
import contextlib
import os
import signal
import time

import pytest

from tests.answers.faults.ledger import Ledger, Notes, compare
from tests.answers.wave import open_wave

from .respondents import Respondents
from .serving import Serving

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
ENDS = 150 if PROVE else 3
SEED = 5
CLIENTS = 16


async def _load_and_end(server: Serving, load: Respondents, ends: list[signal.Signals]) -> list[float]:
    """End the server again and again under load; how long each time until a save was acknowledged again, in s."""
    answering = asyncio.create_task(load.run(CLIENTS))
    waits = []
    for how in ends:
        before = load.acked
        await load.until(lambda before=before: load.acked > before + 40)
        await asyncio.sleep(0.05 * load.random.random())
        await asyncio.to_thread(server.end, how)
        began, before = time.monotonic(), load.acked
        server.start()
        await load.until(lambda before=before: load.acked > before)
        waits.append(time.monotonic() - began)
    answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering
    return waits


def test_server_that_ends_under_load_loses_nothing(tmp_path, promise):
    """Killed, restarted in an orderly way, killed again, and so on."""
    ends = [signal.SIGKILL, signal.SIGTERM, signal.SIGKILL] * (ENDS // 3)
    data = tmp_path / "data"
    wave = open_wave(data, people=200 * len(ends) + 500)
    server = Serving(data)
    try:
        server.wait_until_up()
        load = Respondents(server.port, [one.code for one in wave.invited], Notes(tmp_path / "ledger"), 10**9, SEED)
        waits = asyncio.run(_load_and_end(server, load, ends))
    finally:
        server.stop()
    ledger = Ledger.of(tmp_path / "ledger")
    outcome = compare(wave.file, wave.key, ledger)
    assert outcome.is_good, outcome
    assert load.acked >= 40 * len(ends)
    waits.sort()
    kills = ends.count(signal.SIGKILL)
    figure = (
        f"0 lost, 0 doubled of {load.acked} saves in {kills} kill -9 and {len(ends) - kills} restarts under load; "
        f"back after {waits[len(waits) // 2]:.1f} s (median), {waits[-1]:.1f} s (longest)"
    )
    promise("R5 server killed", figure, seed=SEED)
