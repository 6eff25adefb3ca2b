"""R2: bad Wi-Fi. Replies get lost, requests come twice, late or again; each save is stored once."""

import asyncio
import os

from tests.answers.faults.ledger import Ledger, Notes, compare
from tests.answers.wave import open_wave

from .proxy import Proxy
from .respondents import Respondents
from .serving import Serving

PROVE = bool(os.environ.get("KFL_PROVE"))
SAVES = 50_000 if PROVE else 400
CLIENTS = 24
SEED = 2


def test_bad_network_loses_and_doubles_nothing(tmp_path, promise):
    data = tmp_path / "data"
    wave = open_wave(data, people=SAVES // 8 + CLIENTS)
    server = Serving(data)

    async def told() -> tuple[Respondents, Proxy]:
        async with Proxy(server.port, SEED) as proxy:
            codes = [one.code for one in wave.invited]
            load = Respondents(proxy.port, codes, Notes(tmp_path / "ledger"), SAVES, SEED, retry_s=0.01)
            await load.run(CLIENTS)
        return load, proxy

    try:
        server.wait_until_up()
        load, proxy = asyncio.run(told())
    finally:
        server.stop()
    outcome = compare(wave.file, wave.key, Ledger.of(tmp_path / "ledger"))
    assert outcome.is_good, outcome
    assert load.acked >= SAVES
    assert set(proxy.spoilt) == {"late", "slow", "cut_body", "cut_reply", "twice", "again_later"}
    spoilt = ", ".join(f"{times} {way.replace('_', ' ')}" for way, times in sorted(proxy.spoilt.items()))
    promise("R2 bad network", f"0 lost, 0 doubled of {load.acked} saves; spoilt: {spoilt}", seed=SEED)
