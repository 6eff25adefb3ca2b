"""R2: any order of codes, words, saves, repeats, lost replies, browsers, ends and restarts, a hundred thousand times.

As `tests/intake/test_schedules.py`, where Hypothesis looks for the shortest schedule that breaks the model; here many
respondents run theirs at once over one app, which is how so many are possible, and also how a wave is.
"""

import asyncio
import json
import os
import random
import shutil
from pathlib import Path

from kfl.answers import places
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.intake.app import create_app
from tests.answers.faults.answering import ask
from tests.answers.wave import Wave, open_wave, saves_in
from tests.intake.one_code import OneCode, Sheet, row_of

PROVE = bool(os.environ.get("KFL_PROVE"))
SCHEDULES = 100_000 if PROVE else 300
AT_ONCE = 250 if PROVE else 100
STEPS = 20
SEED = 4
BROWSERS = 2


class Schedule:
    """One respondent's code in two browsers, and what must come of each request."""

    def __init__(self, code: str, seed: int) -> None:
        self.code, self.random = code, random.Random(seed)
        self.cookies = [b""] * BROWSERS
        self.model = OneCode()
        self.sent: list[tuple[Sheet, int, int, dict]] = []

    async def go(self, app, steps: int) -> None:
        acts = [self.type_code, self.save, self.send_again, self.end, self.at_once, self.type_code_and_word, self.guess]
        for _ in range(steps):
            await self.random.choices(acts, [1, 6, 4, 0.7, 2, 0.5, 2])[0](app)

    async def type_code(self, app, of: Sheet | None = None, **more: str) -> None:
        which = self.random.randrange(BROWSERS)
        body = json.dumps({"code": self.code, **more}).encode()
        status, head, reply = await reply_of(app, "POST", "/svar/code", body, self.cookies[which])
        assert status == 201, reply
        begun = json.loads(reply)
        self.cookies[which] = head[b"set-cookie"].split(b";")[0]
        sheet = self.model.begin(which, begun["attempt"], begun["lease"], word=of, is_word=bool(more))
        if not sheet.word:
            _, _, reply = await reply_of(app, "GET", f"/svar/{sheet.attempt}/word", b"", self.cookies[which])
            sheet.word = json.loads(reply)["word"]

    async def type_code_and_word(self, app) -> None:
        of = self.random.choice([None, *self.model.sheets])
        await self.type_code(app, of, word=of.word if of else "0000-0000")

    async def held(self, app) -> Sheet:
        if not self.model.held:
            await self.type_code(app)
        return self.random.choice(list(self.model.held.values()))

    async def save(self, app) -> None:
        sheet = await self.held(app)
        rev = max(0, (sheet.last[1] if sheet.last else 0) + self.random.randint(-1, 3))
        answers = {key: self.random.choice([None, 1, 2, 3, 4]) for key in ("a1", "a2") if self.random.random() < 0.7}
        await self.check(app, sheet, max(0, sheet.lease - self.random.choice([0, 0, 0, 1])), rev, answers)

    async def send_again(self, app) -> None:
        """The network kept one, or its reply was lost: the same bytes once more."""
        if self.sent:
            sheet, *what = self.random.choice(self.sent[-6:])
            if self.model.held[sheet.browser] is sheet:
                await self.check(app, sheet, *what)

    async def guess(self, app) -> None:
        """What another session saved, under its own numbers: told apart from nothing."""
        sheet = await self.held(app)
        other = self.random.choice(self.model.sheets)
        if other.last is not None and other is not sheet:
            await self.check(app, sheet, *other.last)

    async def at_once(self, app) -> None:
        """The same save twice at the same time: both get the one reply."""
        sheet = await self.held(app)
        if sheet.ended is None:
            save = sheet.lease, (sheet.last[1] if sheet.last else 0) + 1, {"a1": self.random.randint(1, 4)}
            replies = await asyncio.gather(*(self.put(app, sheet, *save) for _ in range(2)))
            for reply in replies:
                assert reply == self.model.save(sheet, *save)

    async def end(self, app) -> None:
        sheet = await self.held(app)
        how = self.random.choice(["submit", "submit", "decline"])
        cookie = self.cookies[sheet.browser]
        status, _, reply = await reply_of(app, "POST", f"/svar/{sheet.attempt}/{how}", b"", cookie)
        if how == "decline" and sheet.ended == "handed in":
            assert status == 409
            return
        if how == "decline":
            self.model.say_no(sheet)
        assert status == 200, reply
        self.model.hand_in(sheet, json.loads(reply)["receipt"])

    async def check(self, app, sheet: Sheet, lease: int, rev: int, answers: dict) -> None:
        assert await self.put(app, sheet, lease, rev, answers) == self.model.save(sheet, lease, rev, answers)

    async def put(self, app, sheet: Sheet, lease: int, rev: int, answers: dict) -> tuple[int, dict]:
        self.sent.append((sheet, lease, rev, answers))
        body = json.dumps({"lease": lease, "rev": rev, "answers": answers}).encode()
        status, _, reply = await reply_of(app, "PUT", f"/svar/{sheet.attempt}/1", body, self.cookies[sheet.browser])
        return status, json.loads(reply)


async def reply_of(app, *request):
    """The reply, once the server is not too busy to give one."""
    while (reply := await ask(app, *request))[0] == 503:
        await asyncio.sleep(0.05)
    return reply


def _check_saves(wave: Wave, schedules: list[Schedule]) -> None:
    """Each accepted save is once on the sheet of the session that sent it, in its order, and nothing else is there."""
    saves: dict[int, list[dict]] = {}
    with places.reading(wave.where) as database:
        sheets = dict(database.execute("SELECT attempt, sheet FROM attempts").fetchall())
        for number, save in saves_in(database, wave.key):
            if save.rev:  # without a number: what a sheet began with as a copy
                saves.setdefault(number, []).append(json.loads(save.body))
    for one in (sheet for schedule in schedules for sheet in schedule.model.sheets):
        assert saves.get(sheets[bytes.fromhex(one.attempt)], []) == one.saves


def _check_closed(wave: Wave, schedules: list[Schedule]) -> None:
    """What is taken of each code is one of the sheets that the rules name, or none."""
    assert sum(counts(wave.place, "t3").values()) == sum(one.model.counted for one in schedules)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    columns = read_columns(wave.place, "t3", 1)
    rows = {pid.tobytes(): row for pid, row in zip(columns.pid, columns.answers.T.tolist(), strict=True)}
    for one, invited in zip(schedules, wave.invited, strict=True):
        row = rows.get(invited.pid)
        assert row in [row_of(stored) if stored else None for stored in one.model.taken()]


def run_schedules(data: Path, seed: int) -> list[Schedule]:
    """As many at once as there may be, over two starts of the app, which no browser notices; and the wave closed."""
    wave = open_wave(data, people=AT_ONCE)
    schedules = [Schedule(one.code, seed + n) for n, one in enumerate(wave.invited)]

    async def half() -> None:
        app = create_app(data)
        await app.startup()
        await asyncio.gather(*(one.go(app, STEPS // 2) for one in schedules))
        await app.shutdown()

    asyncio.run(half())
    asyncio.run(half())
    _check_saves(wave, schedules)
    _check_closed(wave, schedules)
    return schedules


def test_schedules_over_the_app_lose_and_double_nothing(tmp_path, monkeypatch, promise):
    monkeypatch.setattr("kfl.intake.codes_page.REPLY_S", 0.0)
    monkeypatch.setattr("kfl.intake.throttle.LONGEST_DELAY_S", 0.0)
    requests = sheets = 0
    for turn, start in enumerate(range(0, SCHEDULES, AT_ONCE)):
        done = run_schedules(tmp_path / str(turn), SEED + start)
        shutil.rmtree(tmp_path / str(turn))
        requests += sum(len(one.sent) for one in done)
        sheets += sum(len(one.model.sheets) for one in done)
    figure = (
        f"0 lost, 0 doubled, 0 told to another session in {SCHEDULES} schedules: {requests} saves on {sheets} sheets"
    )
    promise("R2 schedules", figure, seed=SEED)
