"""Two servers on one wave in PostgreSQL, and requests that go now to one, now to the other (Hypothesis).

The same machine as in `test_schedules`, with two requests at the same moment beside it.
"""

import asyncio
import os

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from kfl.intake.app import create_app

from .served import browser, put
from .test_schedules import ANSWERS, BROWSERS, JSON, Answering, quick  # noqa: F401 - a fixture

PROVE = bool(os.environ.get("KFL_PROVE"))
EXAMPLES, STEPS = (60, 40) if PROVE else (12, 25)
PHASES = [Phase.explicit, Phase.generate]  # a failing schedule is told as it is: shrinking takes minutes
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
    """Browsers share one pupil's code; each request meets one of two servers."""

    def __init__(self):
        super().__init__()
        self.apps = [self.app, create_app(self.folder)]
        self.await_(self.apps[1].startup())
        self.server = 0
        for one in self.browsers:
            self.await_(one.aclose())
        self.browsers = [Roaming(self) for _ in range(BROWSERS)]

    def teardown(self):
        self.await_(self.apps[1].shutdown())
        super().teardown()
        self.wave.where.remove()

    @rule(server=st.integers(0, 1))
    def the_proxy_chooses(self, server):
        self.server = server

    @rule(data=st.data())
    def read_back(self, data):
        """What is shown is what this browser typed, whichever server it asks; nothing to any other."""
        done["reads"] += 1
        super().read_back(data)

    @rule(first=ANSWERS, second=ANSWERS, data=st.data())
    def save_at_once(self, first, second, data):
        """Two tabs, or a repeat that came another way: the newer one stands, the older came before it or not at all."""
        sheet = self.a_sheet(data)
        if sheet.ended:
            return
        lease, rev = sheet.lease, sheet.last[1] if sheet.last and sheet.last[0] == sheet.lease else 0

        async def both():
            older, newer = (self.browsers[sheet.browser].at(server) for server in (0, 1))
            return await asyncio.gather(
                put(older, sheet.attempt, 1, lease, rev + 1, first),
                put(newer, sheet.attempt, 1, lease, rev + 2, second),
            )

        older, newer = self.await_(both())
        done["at once"] += 1
        assert (newer.status_code, newer.json()) == (200, {"lagret": rev + 2})
        if older.status_code == 200:
            self.model.keep(sheet, lease, rev + 1, first)
        else:
            assert older.json() == {"error": "stale", "lease": lease, "rev": rev + 2}
        self.model.keep(sheet, lease, rev + 2, second)

    @rule()
    def begin_at_once(self):
        """The same code typed in two browsers at both servers at the same moment: a sheet for each."""

        async def both():
            asked = [one.at(number) for number, one in enumerate(self.browsers[:2])]
            return await asyncio.gather(*(one.post("/svar/code", json={"code": self.code}) for one in asked))

        for which, reply in enumerate(self.await_(both())):
            begun = reply.json()
            sheet = self.model.begin(which, begun["attempt"], begun["lease"])
            sheet.word = sheet.word or self.word_of(sheet)

    @rule(data=st.data())
    def end_at_once(self, data):
        """Two browsers hand in at the same moment: either may have been first."""
        held = [self.model.held.get(which) for which in (0, 1)]
        if any(sheet is None or sheet.ended for sheet in held):
            return

        async def both():
            asked = [self.browsers[sheet.browser].at(sheet.browser) for sheet in held]
            pairs = zip(asked, held, strict=True)
            return await asyncio.gather(*(one.post(f"/svar/{s.attempt}/submit", headers=JSON) for one, s in pairs))

        for sheet, reply in zip(held, self.await_(both()), strict=True):
            self.model.hand_in(sheet, reply.json()["receipt"])
        held[1].place = held[0].place

    @rule(data=st.data())
    def take_back(self, data):
        done["taken back"] += 1
        super().take_back(data)

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
        fresh = [Roaming(self) for _ in range(BROWSERS)]
        for new, old in zip(fresh, self.browsers, strict=True):
            new.keep(old.clients[0]._cookies)
            self.await_(old.aclose())
        self.browsers = fresh


@pytest.fixture(autouse=True)
def answers_on(on_postgres):
    return "postgres"


@pytest.mark.usefixtures("quick")
def test_schedules_over_two_servers_lose_double_and_show_nothing(promise):
    from hypothesis.stateful import run_state_machine_as_test

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
        f" PostgreSQL ({done['reads']} reads, {done['at once']} saves twice at one moment, {done['taken back']} tries"
        " to take back)"
    )
    promise("R1 two servers", figure, seed="fixed" if not PROVE else "–")
