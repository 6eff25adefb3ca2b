"""R2: any order of codes, saves, repeats, lost replies, two browsers, submits and restarts, a hundred thousand times.

As `tests/intake/test_schedules.py`, where Hypothesis looks for the shortest schedule that breaks the model; here many
respondents run theirs at once over one app, which is how so many are possible, and also how a wave is.
"""

import asyncio
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing

from kfl.intake.app import create_app
from tests.answers.faults.answering import ask
from tests.answers.wave import open_wave, saves_in

PROVE = bool(os.environ.get("KFL_PROVE"))
SCHEDULES = 100_000 if PROVE else 300
AT_ONCE = 250 if PROVE else 100
STEPS = 20
SEED = 4


class Schedule:
    """One respondent's code in two browsers, and what must come of each request."""

    def __init__(self, code: str, seed: int) -> None:
        self.code, self.random = code, random.Random(seed)
        self.cookies = [b"", b""]
        self.lease = 0
        self.attempts: dict[int, tuple[int, str]] = {}  # lease: browser, attempt
        self.sent: list[tuple[int, int, dict]] = []
        self.stored: dict[str, int] = {}
        self.last: tuple[int, int, dict] | None = None
        self.accepted = 0
        self.receipt: str | None = None

    async def go(self, app, steps: int) -> None:
        for _ in range(steps):
            await self.random.choices(
                [self.type_code, self.save, self.send_again, self.submit, self.at_once], [1, 6, 4, 0.5, 2]
            )[0](app)

    async def type_code(self, app) -> None:
        which = self.random.randrange(2)
        body = json.dumps({"code": self.code}).encode()
        status, head, reply = await reply_of(app, "POST", "/svar/code", body, self.cookies[which])
        if self.receipt is not None:
            assert status == 404, reply
            return
        assert status == 201, reply
        self.lease += 1
        begun = json.loads(reply)
        assert begun["lease"] == self.lease
        self.cookies[which] = head[b"set-cookie"].split(b";")[0]
        self.attempts = {lease: place for lease, place in self.attempts.items() if place[0] != which}
        self.attempts[self.lease] = which, begun["attempt"]

    async def save(self, app) -> None:
        if not self.attempts:
            return await self.type_code(app)
        lease = self.random.choice(sorted(self.attempts))
        rev = max(0, (self.last[1] if self.last else 0) + self.random.randint(-1, 3))
        answers = {key: self.random.choice([None, 1, 2, 3, 4]) for key in ("a1", "a2") if self.random.random() < 0.7}
        self.check(await self.put(app, lease, rev, answers), lease, rev, answers)

    async def send_again(self, app) -> None:
        """The network kept one, or its reply was lost: the same bytes once more."""
        old = self.random.choice(self.sent[-6:]) if self.sent else None
        if old is not None and old[0] in self.attempts:
            self.check(await self.put(app, *old), *old)

    async def at_once(self, app) -> None:
        """The same save twice at the same time: both get the one reply."""
        if self.lease in self.attempts and self.receipt is None:
            rev, answers = (self.last[1] if self.last else 0) + 1, {"a1": self.random.randint(1, 4)}
            replies = await asyncio.gather(*(self.put(app, self.lease, rev, answers) for _ in range(2)))
            for reply in replies:
                self.check(reply, self.lease, rev, answers)

    async def submit(self, app) -> None:
        if not self.attempts or self.random.random() < 0.7:
            return
        lease = self.random.choice(sorted(self.attempts))
        which, attempt = self.attempts[lease]
        status, _, reply = await reply_of(app, "POST", f"/svar/{attempt}/submit", b"", self.cookies[which])
        if lease != self.lease:
            assert status == 409, reply
        else:
            self.receipt = self.receipt or json.loads(reply)["receipt"]
            assert (status, json.loads(reply)) == (200, {"receipt": self.receipt})

    async def put(self, app, lease: int, rev: int, answers: dict) -> tuple[int, dict]:
        which, attempt = self.attempts[lease]
        self.sent.append((lease, rev, answers))
        body = json.dumps({"lease": lease, "rev": rev, "answers": answers}).encode()
        status, _, reply = await reply_of(app, "PUT", f"/svar/{attempt}/1", body, self.cookies[which])
        return status, json.loads(reply)

    def check(self, reply: tuple[int, dict], lease: int, rev: int, answers: dict) -> None:
        pair = (self.last[0], self.last[1]) if self.last else (self.lease, 0)
        if self.receipt is not None:
            assert reply == (409, {"error": "submitted"})
        elif self.last == (lease, rev, answers):
            assert reply == (200, {"lagret": rev})
        elif lease == self.lease and rev >= 1 and (self.last is None or (lease, rev) > pair):
            assert reply == (200, {"lagret": rev})
            self.last = lease, rev, answers
            self.accepted += 1
            self.stored = {key: value for key, value in (self.stored | answers).items() if value is not None}
        else:
            assert reply == (409, {"error": "stale", "lease": pair[0], "rev": pair[1]})


async def reply_of(app, *request):
    """The reply, once the server is not too busy to give one."""
    while (reply := await ask(app, *request))[0] == 503:
        await asyncio.sleep(0.05)
    return reply


def _check_file(path, key, schedules: list[Schedule]) -> None:
    """Each accepted save is there once, in its order, and nothing else."""
    with closing(sqlite3.connect(path)) as database:
        sheets = dict(database.execute("SELECT attempt, sheet FROM attempts"))
        receipts = dict(database.execute("SELECT sheet, receipt FROM sheets"))
        saves: dict[int, list[dict]] = {}
        for sheet, save in saves_in(database, key):
            saves.setdefault(sheet, []).append(json.loads(save.body))
    for one in schedules:
        if not one.attempts:
            continue
        sheet = sheets[bytes.fromhex(next(iter(one.attempts.values()))[1])]
        found: dict[str, int] = {}
        for save in saves.get(sheet, []):
            found |= save
        assert {key: value for key, value in found.items() if value is not None} == one.stored
        assert (len(saves.get(sheet, [])), receipts[sheet]) == (one.accepted, one.receipt)


def test_schedules_over_the_app_lose_and_double_nothing(tmp_path, monkeypatch, promise):
    monkeypatch.setattr("kfl.intake.codes_page.REFUSAL_S", 0.0)
    monkeypatch.setattr("kfl.intake.throttle.LONGEST_DELAY_S", 0.0)
    requests = 0
    for turn, start in enumerate(range(0, SCHEDULES, AT_ONCE)):
        wave = open_wave(tmp_path / str(turn), people=AT_ONCE)
        schedules = [Schedule(one.code, SEED + start + n) for n, one in enumerate(wave.invited)]

        async def half(data=tmp_path / str(turn), schedules=schedules) -> None:
            app = create_app(data)
            await app.startup()
            await asyncio.gather(*(one.go(app, STEPS // 2) for one in schedules))
            await app.shutdown()

        asyncio.run(half())
        asyncio.run(half())  # after a restart that no browser notices
        _check_file(wave.where, wave.key, schedules)
        shutil.rmtree(tmp_path / str(turn))
        requests += sum(len(one.sent) for one in schedules)
    promise("R2 schedules", f"0 lost, 0 doubled in {SCHEDULES} schedules with {requests} saves sent", seed=SEED)
