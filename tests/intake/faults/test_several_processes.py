"""R5 and R9 with several intake processes on PostgreSQL: one is killed under load, and the wave closes under load."""

import asyncio
import contextlib
import os
import signal
import time

import httpx
import pytest

from kfl.answers.bulk import read_columns
from kfl.answers.closing import close_wave_file
from kfl.cli.main import main
from tests.answers.faults.ledger import Ledger, Notes
from tests.answers.faults.postgres_store import compare
from tests.answers.wave import open_wave

from .respondents import Respondents
from .serving import START_S, Serving

pytestmark = [
    pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc"),
    pytest.mark.usefixtures("on_postgres"),
]
PROVE = bool(os.environ.get("KFL_PROVE"))
KILLS = 10 if PROVE else 3
CLOSINGS = 5 if PROVE else 1
SEED = 9
CLIENTS = 16
COMMAND = ("serve", "intake", "--processes", "2")


async def until(condition) -> None:
    deadline = time.monotonic() + START_S
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it did not come about")
        await asyncio.sleep(0.02)


async def load_and_kill(server: Serving, load: Respondents) -> list[float]:
    """Kill one process after the other; how long each time until a save was acknowledged again, in seconds."""
    await until(lambda: len(server.children()) == 2)
    answering = asyncio.create_task(load.run(CLIENTS))
    waits = []
    for _ in range(KILLS):
        before = load.acked
        await load.until(lambda before=before: load.acked > before + 60)
        victim = load.random.choice(server.children())
        os.kill(victim, signal.SIGKILL)
        began, before = time.monotonic(), load.acked
        await load.until(lambda before=before: load.acked > before)
        waits.append(time.monotonic() - began)
        await until(lambda victim=victim: len(server.children()) == 2 and victim not in server.children())
    answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering
    return waits


def test_a_process_that_is_killed_loses_nothing_and_the_others_go_on(tmp_path, on_postgres, promise):
    data = tmp_path / "data"
    wave = open_wave(data, people=400 * KILLS + 500)
    server = Serving(data, command=COMMAND)
    try:
        server.wait_until_up()
        load = Respondents(server.port, [one.code for one in wave.invited], Notes(tmp_path / "ledger"), 10**9, SEED)
        waits = asyncio.run(load_and_kill(server, load))
    finally:
        server.stop()
    outcome = compare(on_postgres.url, "t3", wave.key, Ledger.of(tmp_path / "ledger"))
    assert outcome.is_good, outcome
    waits.sort()
    figure = (
        f"0 lost, 0 doubled of {load.acked} saves in {KILLS} kill -9 of one of two processes on PostgreSQL; the next"
        f" save after {waits[len(waits) // 2]:.2f} s (median), {waits[-1]:.2f} s (longest)"
    )
    promise("R5 one of two killed", figure, seed=SEED)


class Counting:
    """A respondent whose answer to one item is how often it saved, until the wave is closed."""

    def __init__(self, port: int, code: str) -> None:
        self.base, self.code = f"http://127.0.0.1:{port}", code
        self.sent = self.acked = 0
        self.ended: int | None = None

    async def answer(self) -> None:
        async with httpx.AsyncClient(base_url=self.base, timeout=30) as client:
            begun = await self.ask(client.post, "/svar/code", {"code": self.code})
            while self.ended is None and self.sent < 300:
                self.sent += 1
                body = {"lease": begun.json()["lease"], "rev": self.sent, "answers": {"tall": self.sent}}
                reply = await self.ask(client.put, f"/svar/{begun.json()['attempt']}/2", body)
                if reply.status_code == 200:
                    self.acked = self.sent
                else:
                    self.ended = reply.status_code

    @staticmethod
    async def ask(send, address: str, body: dict) -> httpx.Response:
        reply = await send(address, json=body)
        while reply.status_code == 503:
            await asyncio.sleep(0.02)
            reply = await send(address, json=body)
        return reply


async def answer_and_close(server: Serving, wave) -> list[Counting]:
    people = [Counting(server.port, one.code) for one in wave.invited]
    answering = asyncio.gather(*(one.answer() for one in people))
    await until(lambda: sum(one.acked for one in people) > 10 * len(people))
    await asyncio.to_thread(close_wave_file, wave.place, wave.keys_dir, "t3")
    await answering
    return people


def test_a_wave_that_closes_under_load_holds_all_that_was_acknowledged(tmp_path, on_postgres, promise):
    acked = refused = 0
    for number in range(CLOSINGS):
        on_postgres.clear()
        data = tmp_path / str(number)
        wave = open_wave(data, people=CLIENTS)
        server = Serving(data, command=COMMAND)
        try:
            server.wait_until_up()
            people = asyncio.run(answer_and_close(server, wave))
        finally:
            server.stop()
        columns = read_columns(wave.place, "t3", 1)
        kept = {pid.tobytes(): tall for pid, tall in zip(columns.pid, columns.answers[-1].tolist(), strict=True)}
        assert len(kept) == CLIENTS, "nobody twice"
        for one, invited in zip(people, wave.invited, strict=True):
            assert one.ended in (None, 410)
            assert kept[invited.pid] == one.acked, "what was said to be stored, and nothing that was refused"
        acked += sum(one.acked for one in people)
        refused += sum(one.ended == 410 for one in people)
    assert refused
    figure = (
        f"0 lost, 0 taken after the close of {acked} saves by two processes on PostgreSQL while {CLOSINGS} waves closed"
        f" ({refused} respondents were told 410)"
    )
    promise("R9 closing under load", figure)


def test_processes_end_with_the_one_that_keeps_them_and_the_next_one_takes_the_port(tmp_path):
    open_wave(tmp_path / "data")
    server = Serving(tmp_path / "data", command=COMMAND)
    try:
        server.wait_until_up()
        asyncio.run(until(lambda: len(server.children()) == 2))
        children = server.children()
        server.end(signal.SIGKILL)
        asyncio.run(until(lambda: not any(os.path.exists(f"/proc/{child}") for child in children)))
        server.start()
        server.wait_until_up()
    finally:
        server.stop()


def test_several_processes_on_files_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("KFL_ANSWERS_DATABASE")
    assert main(["serve", "intake", "--processes", "2", "--data", str(tmp_path)]) == 2
    assert "one owner" in capsys.readouterr().err
