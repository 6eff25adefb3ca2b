"""Two servers on one wave in PostgreSQL, and requests that go now to one, now to the other (Hypothesis).

The same machine as in `test_schedules`, with pictures, taking back, reading, and two requests
at the same moment beside it.
"""

import asyncio
import os

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from kfl.answers import places
from kfl.intake import codes_page, withdrawal_page
from kfl.intake.app import create_app

from .served import browser, put
from .test_schedules import ANSWERS, Answering

PROVE = bool(os.environ.get("KFL_PROVE"))
EXAMPLES, STEPS = (60, 40) if PROVE else (12, 25)
PHASES = [Phase.explicit, Phase.generate]  # a failing schedule is told as it is: shrinking takes minutes
MINE, TAKEN_BACK = [3, 11], "taken back"
JSON = {"accept": "application/json"}
done = {"requests": 0, "reads": 0, "at once": 0, "taken back": 0}


class Roaming:
    """A browser whose requests go to whichever server the proxy chose."""

    def __init__(self, machine: "TwoServers") -> None:
        self.machine = machine
        self.clients = [browser(app) for app in machine.apps]
        self.keep(self.clients[0]._cookies)

    def keep(self, cookies) -> None:
        """One jar for what is one browser."""
        for one in self.clients:
            one._cookies = cookies

    def at(self, server: int) -> httpx.AsyncClient:
        done["requests"] += 1
        return self.clients[server]

    async def post(self, *args, **more):
        return await self.at(self.machine.server).post(*args, **more)

    async def put(self, *args, **more):
        return await self.at(self.machine.server).put(*args, **more)

    async def get(self, *args, **more):
        return await self.at(self.machine.server).get(*args, **more)

    async def aclose(self):
        for one in self.clients:
            await one.aclose()


class TwoServers(Answering):
    """Two browsers share one pupil's code; each request meets one of two servers."""

    def __init__(self):
        super().__init__()
        self.apps = [self.app, create_app(self.folder)]
        self.await_(self.apps[1].startup())
        self.server = 0
        for one in self.browsers:
            self.await_(one.aclose())
        self.browsers = [Roaming(self), Roaming(self)]
        self.holder, self.own = 0, {}

    def teardown(self):
        self.await_(self.apps[1].shutdown())
        super().teardown()
        places.remove(self.wave.where)

    @initialize()
    def begin(self):
        super().begin()
        chosen = self.browsers[0].post(f"/svar/{self.attempts[1][1]}/pictures", json={"pictures": MINE})
        assert self.await_(chosen).json() == {"screen": 1}

    @rule(server=st.integers(0, 1))
    def the_proxy_chooses(self, server):
        self.server = server

    @rule(which=st.integers(0, 1))
    def type_code(self, which):
        if self.receipt is None and which != self.holder:
            self.holder, self.own = which, {}
        super().type_code(which)

    def check_save(self, lease, rev, answers):
        before = self.last
        super().check_save(lease, rev, answers)
        if self.last is not before:
            self.typed(answers)

    def typed(self, answers):
        for item, answer in answers.items():
            self.own.pop(item, None)
            if answer is not None:
                self.own[item] = answer

    @rule(data=st.data())
    def read(self, data):
        """What is shown is what this browser typed, whichever server it asks; nothing to any other."""
        lease = data.draw(st.sampled_from(sorted(self.attempts)))
        which, attempt = self.attempts[lease]
        reply = self.await_(self.browsers[which].get(f"/svar/{attempt}/1", headers=JSON))
        done["reads"] += 1
        if self.receipt is not None:
            assert reply.status_code == 409
        else:
            assert reply.json()["answers"] == (self.own if lease == self.lease else {})

    @precondition(lambda self: self.receipt is None)
    @rule(first=ANSWERS, second=ANSWERS)
    def save_at_once(self, first, second):
        """Two tabs, or a repeat that came another way: the newer one stands, the older came before it or not at all."""
        which, attempt = self.attempts[self.lease]
        rev = self.last[1] if self.last and self.last[0] == self.lease else 0

        async def both():
            older, newer = self.browsers[which].at(0), self.browsers[which].at(1)
            return await asyncio.gather(
                put(older, attempt, 1, self.lease, rev + 1, first), put(newer, attempt, 1, self.lease, rev + 2, second)
            )

        older, newer = self.await_(both())
        done["at once"] += 1
        assert (newer.status_code, newer.json()) == (200, {"lagret": rev + 2})
        for answers, reply in ((first, older), (second, newer)):
            if reply.status_code == 200:
                self.typed(answers)
                for item, answer in answers.items():
                    self.stored.pop(item, None)
                    if answer is not None:
                        self.stored[item] = answer
            else:
                assert reply.json() == {"error": "stale", "lease": self.lease, "rev": rev + 2}
        self.last = (self.lease, rev + 2, tuple(sorted(second.items())))

    @precondition(lambda self: self.receipt is None)
    @rule()
    def begin_at_once(self):
        """The same code typed at both servers at the same moment: two leases, and the later one holds the sheet."""

        async def both():
            asked = [one.at(number) for number, one in enumerate(self.browsers)]
            return await asyncio.gather(*(one.post("/svar/code", json={"code": self.code}) for one in asked))

        replies = [reply.json() for reply in self.await_(both())]
        assert sorted(reply["lease"] for reply in replies) == [self.lease + 1, self.lease + 2]
        self.lease += 2
        self.attempts = {reply["lease"]: (number, reply["attempt"]) for number, reply in enumerate(replies)}
        self.holder, self.own = self.attempts[self.lease][0], {}  # the other came between

    @rule(data=st.data())
    def submit(self, data):
        if self.receipt == TAKEN_BACK:
            return
        super().submit(data)

    @rule(right=st.booleans())
    def take_back(self, right):
        if not right and self.server == 0:
            return  # wrong pictures count, and end at five
        reply = self.await_(
            self.browsers[0].post("/svar/withdrawal", json={"code": self.code, "pictures": MINE if right else [0, 1]})
        )
        assert reply.json() == {"done": True}
        if right:
            done["taken back"] += 1
            self.receipt, self.stored, self.last, self.own = TAKEN_BACK, {}, None, {}

    @rule()
    def restart(self):
        """Both servers stop and start; browsers notice nothing."""

        async def again():
            for one in self.apps:
                await one.shutdown()
            self.apps = [create_app(self.folder), create_app(self.folder)]
            for one in self.apps:
                await one.startup()

        self.await_(again())
        self.app = self.apps[0]
        fresh = [Roaming(self), Roaming(self)]
        for new, old in zip(fresh, self.browsers, strict=True):
            new.keep(old.clients[0]._cookies)
            self.await_(old.aclose())
        self.browsers = fresh


@pytest.fixture(autouse=True)
def answers_on(on_postgres):
    return "postgres"


def test_schedules_over_two_servers_lose_double_and_show_nothing(promise):
    from hypothesis.stateful import run_state_machine_as_test

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes_page, "REFUSAL_S", 0.0)
        patch.setattr(withdrawal_page, "REPLY_S", 0.0)
        patch.setattr("kfl.intake.throttle.FREE_MISTAKES", 10**9)
        run_state_machine_as_test(
            TwoServers,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                phases=PHASES,
                derandomize=not PROVE,
                suppress_health_check=list(HealthCheck),
            ),
        )
    figure = (
        f"0 lost, 0 doubled, 0 shown to others in {done['requests']} requests that went to either of two servers on"
        f" PostgreSQL ({done['reads']} reads, {done['at once']} saves twice at one moment, {done['taken back']} taken"
        " back)"
    )
    promise("R1 two servers", figure, seed="fixed" if not PROVE else "–")
