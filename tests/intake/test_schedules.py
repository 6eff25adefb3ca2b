"""Any order of saves, repeats, new sessions and submits: nothing lost, nothing twice (Hypothesis).

The real app over HTTP, against a model that is a dictionary.
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
from kfl.intake import codes_page
from kfl.intake.app import create_app
from tests.answers.wave import open_wave

from .served import browser, put

PROVE = bool(os.environ.get("KFL_PROVE"))
ANSWERS = st.dictionaries(st.sampled_from(["a1", "a2"]), st.one_of(st.none(), st.integers(1, 4)))


class Answering(RuleBasedStateMachine):
    """Two browsers share one pupil's code; the network repeats, reorders and loses replies."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="kfl-"))
        self.wave = open_wave(self.folder, people=1)
        self.code = self.wave.invited[0].code
        self.app = create_app(self.folder)
        self.await_(self.app.startup())
        self.browsers = [browser(self.app), browser(self.app)]
        # The model.
        self.stored: dict[str, int] = {}
        self.last: tuple[int, int, tuple] | None = None  # lease, rev, body
        self.lease = 0
        self.receipt: str | None = None
        self.attempts: dict[int, tuple[int, str]] = {}  # lease -> browser, attempt
        self.sent: list[tuple[int, int, dict]] = []

    def await_(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def teardown(self):
        async def stop():
            for one in self.browsers:
                await one.aclose()
            await self.app.shutdown()

        self.await_(stop())
        self.loop.close()
        expected = dict(self.stored)
        close_wave_file(self.wave.place, self.wave.keys_dir, "t3")
        rows = read_columns(self.wave.place, "t3", 1).answers.T.tolist()
        assert rows == ([[expected.get("a1", -1), expected.get("a2", -1), -1, -1, -1, -1]] if expected else [])
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self):
        self.type_code(0)

    @rule(which=st.integers(0, 1))
    def type_code(self, which):
        reply = self.await_(self.browsers[which].post("/svar/code", json={"code": self.code}))
        if self.receipt is not None:
            assert reply.status_code == 404
            return
        self.lease += 1
        assert reply.json()["lease"] == self.lease
        self.attempts = {lease: place for lease, place in self.attempts.items() if place[0] != which}
        self.attempts[self.lease] = (which, reply.json()["attempt"])

    @rule(answers=ANSWERS, ahead=st.integers(-1, 3), data=st.data())
    def save(self, answers, ahead, data):
        lease = data.draw(st.sampled_from(sorted(self.attempts)))
        rev = max(0, (self.last[1] if self.last else 0) + ahead)
        self.check_save(lease, rev, answers)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data):
        """A repeat that the network kept: the same bytes, later."""
        lease, rev, answers = data.draw(st.sampled_from(self.sent[-6:]))
        if lease in self.attempts:
            self.check_save(lease, rev, answers)

    def check_save(self, lease, rev, answers):
        which, attempt = self.attempts[lease]
        self.sent.append((lease, rev, answers))
        reply = self.await_(put(self.browsers[which], attempt, 1, lease, rev, answers))
        body = tuple(sorted(answers.items()))
        pair = (self.last[0], self.last[1]) if self.last else (self.lease, 0)
        if self.receipt is not None:
            assert (reply.status_code, reply.json()) == (409, {"error": "submitted"})
        elif self.last == (lease, rev, body):
            assert (reply.status_code, reply.json()) == (200, {"lagret": rev})
        elif lease == self.lease and rev >= 1 and (self.last is None or (lease, rev) > pair):
            assert (reply.status_code, reply.json()) == (200, {"lagret": rev})
            self.last = (lease, rev, body)
            for item, answer in answers.items():
                self.stored.pop(item, None)
                if answer is not None:
                    self.stored[item] = answer
        else:
            assert reply.status_code == 409
            assert reply.json() == {"error": "stale", "lease": pair[0], "rev": pair[1]}

    @rule(data=st.data())
    def submit(self, data):
        lease = data.draw(st.sampled_from(sorted(self.attempts)))
        which, attempt = self.attempts[lease]
        reply = self.await_(
            self.browsers[which].post(f"/svar/{attempt}/submit", headers={"accept": "application/json"})
        )
        if lease != self.lease:
            assert reply.status_code == 409
        else:
            self.receipt = self.receipt or reply.json()["receipt"]
            assert reply.json() == {"receipt": self.receipt}

    @rule()
    def restart(self):
        """The server stops and starts; browsers notice nothing."""
        self.await_(self.app.shutdown())
        self.app = create_app(self.folder)
        self.await_(self.app.startup())
        fresh = [browser(self.app), browser(self.app)]
        for new, old in zip(fresh, self.browsers, strict=True):
            new.cookies = old.cookies
            self.await_(old.aclose())
        self.browsers = fresh

    @invariant()
    def count_tells_whether_there_is_an_answer(self):
        assert counts(self.wave.place, "t3") == ({(3, 1): 1} if self.stored else {})


def test_schedules_of_saves_lose_and_double_nothing():
    from hypothesis.stateful import run_state_machine_as_test

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes_page, "REFUSAL_S", 0.0)
        run_state_machine_as_test(
            Answering,
            settings=settings(
                max_examples=2000 if PROVE else 25,
                stateful_step_count=40 if PROVE else 20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
