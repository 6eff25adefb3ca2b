"""R5: PostgreSQL is stopped, crashes or is killed while many answer; intake stays, says "later", and loses nothing."""

import asyncio
import contextlib
import json
import os
import time
from collections import Counter

import pytest

from tests.answers.faults import postgres_server
from tests.answers.faults.ledger import Ledger, Notes, as_json
from tests.answers.faults.postgres_store import compare
from tests.answers.wave import open_wave

from .respondents import Respondents, read_reply
from .serving import Serving

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
ONE_OF_IT = "kill -9 of one of its processes"
WAYS = {
    "orderly stops": postgres_server.FAST,
    "stops at once": postgres_server.AT_ONCE,
    "kill -9": postgres_server.KILL,
    ONE_OF_IT: None,
}
only_proof = pytest.mark.skipif(not PROVE, reason="one process is enough for a sample: only with KFL_PROVE")
ROUNDS = 15 if PROVE else 1
SEED = 11
CLIENTS = 16
LONGEST_AWAY_S = 0.6


@pytest.fixture
def database(monkeypatch):
    postgres_server.binaries()
    with postgres_server.short_folder() as room:
        postgres_server.make(room / "cluster")
        server = postgres_server.Server(room / "cluster", room)
        monkeypatch.setenv("KFL_ANSWERS_DATABASE", server.url)
        try:
            server.wait_until_up()
            yield server
        finally:
            server.stop()


class Reader:
    """Somebody who has begun and leafs through the pages all the time; sees a page, or one that says "later"."""

    def __init__(self, port: int, code: str) -> None:
        self.port, self.code = port, code
        self.seen: Counter[int] = Counter()
        self.bare_503 = 0

    async def run(self) -> None:
        begun = await self._ask("POST", "/svar/code", "", as_json({"code": self.code}))
        cookie = begun.head["set-cookie"].split(";")[0]
        attempt = json.loads(begun.body)["attempt"]
        while True:
            for place in ("/svar/", f"/svar/{attempt}/1", f"/svar/{attempt}/2"):
                reply = await self._ask("GET", place, cookie)
                self.seen[reply.status] += 1
                self.bare_503 += reply.status == 503 and "retry-after" not in reply.head
                await asyncio.sleep(0.01)

    async def _ask(self, method: str, path: str, cookie: str, body: str = ""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = (
                f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nconnection: close\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}"
            )
            writer.write(head.encode())
            return await read_reply(reader)
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def _under_load(load: Respondents, reader: Reader):
    """Many answer meanwhile; gives how to wait for so many more saves. What went wrong with them is raised."""
    tasks = [asyncio.create_task(load.run(CLIENTS)), asyncio.create_task(reader.run())]

    async def more_saves(count: int) -> None:
        wanted = load.acked + count
        await load.until(lambda: load.acked >= wanted or any(task.done() for task in tasks))

    try:
        yield more_saves
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _load_and_end(database, load: Respondents, reader: Reader, ways: list[str]) -> list[float]:
    """End the database again and again under load; how long each time until a save was acknowledged again, in s."""
    waits = []
    async with _under_load(load, reader) as more_saves:
        for way in ways:
            await more_saves(40)
            await asyncio.sleep(0.05 * load.random.random())
            if way != ONE_OF_IT:
                await asyncio.to_thread(database.end, WAYS[way])
                await asyncio.sleep(LONGEST_AWAY_S * load.random.random())
            began = time.monotonic()
            if way == ONE_OF_IT:
                database.kill_one(load.random)
            else:
                database.start()
            await more_saves(CLIENTS + 1)  # one at least was not on its way before
            waits.append(time.monotonic() - began)
    return waits


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=only_proof)])
def test_database_that_ends_under_load_loses_nothing(tmp_path, database, promise, processes):
    ways = list(WAYS) * ROUNDS
    data = tmp_path / "data"
    wave = open_wave(data, people=100 * len(ways) + 500)
    intake = Serving(data, command=("serve", "intake", "--processes", str(processes)))
    try:
        intake.wait_until_up()
        *codes, readers = [one.code for one in wave.invited]
        load = Respondents(intake.port, codes, Notes(tmp_path / "ledger"), 10**9, SEED)
        reader = Reader(intake.port, readers)
        waits = asyncio.run(_load_and_end(database, load, reader, ways))
    finally:
        intake.stop()
    outcome = compare(database.url, wave.bundle.wave, wave.key, Ledger.of(tmp_path / "ledger"))
    assert outcome.is_good, outcome
    assert load.acked >= 40 * len(ways)
    assert (load.bare_503, load.broken, reader.bare_503) == (0, 0, 0)
    assert load.statuses[503]
    assert reader.seen.keys() <= {200, 503}
    waits.sort()
    figure = (
        f"0 lost, 0 doubled of {load.acked} saves in {len(ways)} ends of PostgreSQL under load ({', '.join(WAYS)}), "
        f"processes of intake: {processes}; {load.statuses[503] + reader.seen[503]} replies 503, all with Retry-After, "
        f"and no other error; back after {waits[len(waits) // 2]:.1f} s (median), {waits[-1]:.1f} s (longest)"
    )
    promise("R5 PostgreSQL restarted", figure, seed=SEED)


async def _load_and_freeze(database, load: Respondents, reader: Reader, naps: list[float]) -> None:
    """Let the database stand still for so many seconds, again and again under load."""
    async with _under_load(load, reader) as more_saves:
        for nap in naps:
            await more_saves(40)
            database.freeze()
            await asyncio.sleep(nap)
            database.thaw()
        await more_saves(40)


def test_database_that_stands_still_loses_nothing(tmp_path, database, promise):
    """Lines stay open and nobody answers on them: saves wait or are told "later", and each is answered."""
    naps = [2.0, 7.0, 15.0, 4.0, 1.0] * 2 if PROVE else [1.5]
    data = tmp_path / "data"
    wave = open_wave(data, people=1_000 + 200 * len(naps))
    intake = Serving(data)
    try:
        intake.wait_until_up()
        *codes, readers = [one.code for one in wave.invited]
        load = Respondents(intake.port, codes, Notes(tmp_path / "ledger"), 10**9, SEED, reply_s=60)
        reader = Reader(intake.port, readers)
        asyncio.run(_load_and_freeze(database, load, reader, naps))
    finally:
        intake.stop()
    outcome = compare(database.url, wave.bundle.wave, wave.key, Ledger.of(tmp_path / "ledger"))
    assert outcome.is_good, outcome
    assert (load.bare_503, load.broken, reader.bare_503) == (0, 0, 0)
    assert reader.seen.keys() <= {200, 503}
    longest = max(max(waits) for waits in load.waits_s.values())
    figure = (
        f"0 lost, 0 doubled of {load.acked} saves while PostgreSQL stood still {len(naps)} times for up to "
        f"{max(naps):g} s; {load.statuses[503] + reader.seen[503]} replies 503, all with Retry-After, and no other "
        f"error; who was let in waited {longest:.1f} s at most"
    )
    promise("R5 PostgreSQL stands still", figure, seed=SEED)
