"""Any order of codes, words, saves, repeats, submits, noes and taking back: nothing lost, nothing twice, nothing told.

The real app over HTTP, against a model that is a list of dictionaries (`one_code`), by Hypothesis.
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.intake import codes_page, withdrawal_page
from kfl.intake.app import create_app
from tests.answers.wave import open_wave

from .one_code import OneCode, Sheet, row_of
from .served import browser, put

PROVE = bool(os.environ.get("KFL_PROVE"))
ANSWERS = st.dictionaries(st.sampled_from(["a1", "a2"]), st.one_of(st.none(), st.integers(1, 4)))
BROWSERS = 3
JSON = {"accept": "application/json"}
NO_WORD = "0000-0000"


class Answering(RuleBasedStateMachine):
    """Three browsers share one pupil's code; the network repeats, reorders and loses replies."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="kfl-"))
        self.wave = open_wave(self.folder, people=1)
        self.code = self.wave.invited[0].code
        self.app = create_app(self.folder)
        self.await_(self.app.startup())
        self.browsers = [browser(self.app) for _ in range(BROWSERS)]
        self.model = OneCode()
        self.sent: list[tuple[Sheet, int, int, dict]] = []

    def await_(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def teardown(self):
        async def stop():
            for one in self.browsers:
                await one.aclose()
            await self.app.shutdown()

        self.await_(stop())
        self.loop.close()
        close_wave_file(self.wave.place, self.wave.keys_dir, "t3")
        rows = read_columns(self.wave.place, "t3", 1).answers.T.tolist()
        assert rows in [[row_of(stored)] if stored else [] for stored in self.model.taken()]
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self):
        self.type_code(0)

    @rule(which=st.integers(0, BROWSERS - 1))
    def type_code(self, which):
        begun = self.enter(which)
        sheet = self.model.begin(which, begun["attempt"], begun["lease"])
        sheet.word = sheet.word or self.word_of(sheet)

    @rule(which=st.integers(0, BROWSERS - 1), data=st.data())
    def type_code_and_word(self, which, data):
        """The word of any sheet, ended or not, or one of none: the same reply, and a sheet that goes on or is empty."""
        of = data.draw(st.sampled_from([None, *self.model.sheets]))
        begun = self.enter(which, of.word if of else NO_WORD)
        sheet = self.model.begin(which, begun["attempt"], begun["lease"], word=of, is_word=True)
        sheet.word = self.word_of(sheet)
        assert sheet.word not in {one.word for one in self.model.sheets if one is not sheet}
        assert self.read(sheet).json()["answers"] == {}, "a copy is never seen"

    def enter(self, which, word=None):
        more = {} if word is None else {"word": word}
        reply = self.await_(self.browsers[which].post("/svar/code", json={"code": self.code, **more}))
        assert reply.status_code == 201, reply.text
        return reply.json()

    def word_of(self, sheet):
        return self.await_(self.browsers[sheet.browser].get(f"/svar/{sheet.attempt}/word")).json()["word"]

    def read(self, sheet):
        return self.await_(self.browsers[sheet.browser].get(f"/svar/{sheet.attempt}/1", headers=JSON))

    def a_sheet(self, data):
        """Of those that a browser holds."""
        return data.draw(st.sampled_from([self.model.held[which] for which in sorted(self.model.held)]))

    @rule(answers=ANSWERS, ahead=st.integers(-1, 3), older=st.integers(-1, 2), data=st.data())
    def save(self, answers, ahead, older, data):
        sheet = self.a_sheet(data)
        rev = max(0, (sheet.last[1] if sheet.last else 0) + ahead)
        self.check_save(sheet, max(0, sheet.lease - older), rev, answers)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data):
        """A repeat that the network kept: the same bytes, later."""
        sheet, *what = data.draw(st.sampled_from(self.sent[-6:]))
        if self.model.held[sheet.browser] is sheet:
            self.check_save(sheet, *what)

    def check_save(self, sheet, lease, rev, answers):
        self.sent.append((sheet, lease, rev, answers))
        reply = self.await_(put(self.browsers[sheet.browser], sheet.attempt, 1, lease, rev, answers))
        assert (reply.status_code, reply.json()) == self.model.save(sheet, lease, rev, answers)

    @rule(data=st.data())
    def guess(self, data):
        """What is stored on another's sheet, with that one's numbers: told apart from nothing."""
        sheet, other = self.a_sheet(data), data.draw(st.sampled_from(self.model.sheets))
        if other.last is not None and other is not sheet:
            self.check_save(sheet, *other.last)

    @rule(data=st.data())
    def another_session(self, data):
        """An attempt that a browser no longer holds is gone, for it and for all others."""
        sheet = data.draw(st.sampled_from(self.model.sheets))
        for which, one in enumerate(self.browsers):
            if self.model.held.get(which) is not sheet:
                assert self.await_(put(one, sheet.attempt, 1, sheet.lease, 9, {"a1": 1})).status_code == 410

    @rule(data=st.data())
    def read_back(self, data):
        sheet = self.a_sheet(data)
        reply = self.read(sheet)
        if sheet.ended:
            assert (reply.status_code, reply.json()) == (409, {"error": "submitted"})
        else:
            assert reply.json()["answers"] == sheet.typed

    @rule(data=st.data())
    def submit(self, data):
        self.end(self.a_sheet(data), "submit")

    @rule(data=st.data())
    def decline(self, data):
        self.end(self.a_sheet(data), "decline")

    def end(self, sheet, how):
        reply = self.await_(self.browsers[sheet.browser].post(f"/svar/{sheet.attempt}/{how}", headers=JSON))
        if how == "decline" and sheet.ended in ("handed in", "taken back"):
            assert (reply.status_code, reply.json()) == (409, {"error": "submitted"})
            return
        if how == "decline":
            self.model.say_no(sheet)
        assert reply.status_code == 200
        self.model.hand_in(sheet, reply.json()["receipt"])

    @rule(data=st.data())
    def take_back(self, data):
        of = data.draw(st.sampled_from([None, *self.model.sheets]))
        word = of.word if of else NO_WORD
        reply = self.await_(self.browsers[0].post("/svar/withdrawal", json={"code": self.code, "word": word}))
        assert reply.json() == {"done": True}
        if of is not None:
            self.model.take_back(of)

    @rule()
    def restart(self):
        """The server stops and starts; browsers notice nothing."""
        self.await_(self.app.shutdown())
        self.app = create_app(self.folder)
        self.await_(self.app.startup())
        fresh = [browser(self.app) for _ in range(BROWSERS)]
        for new, old in zip(fresh, self.browsers, strict=True):
            new.cookies = old.cookies
            self.await_(old.aclose())
        self.browsers = fresh

    @invariant()
    def counts_are_of_sheets_that_ended(self):
        assert counts(self.wave.place, "t3") == ({(3, 1): self.model.counted} if self.model.counted else {})


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(codes_page, "REPLY_S", 0.0)
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.0)
    monkeypatch.setattr("kfl.intake.throttle.LONGEST_DELAY_S", 0.0)


def test_schedules_of_saves_lose_and_double_nothing(quick):
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Answering,
        settings=settings(
            max_examples=2000 if PROVE else 25,
            stateful_step_count=40 if PROVE else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
