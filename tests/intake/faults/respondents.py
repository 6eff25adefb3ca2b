"""Many respondents over real connections, who do as docs/intake-protocol.md says and note what they sent and got.

What got no reply, or 503, is sent again with the same bytes until it has its 200. Waits are shorter than the
protocol asks for, so that a test is short; that only makes it harder for the server.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from tests.answers.faults.ledger import Notes, as_json

BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError)


class Begun(msgspec.Struct):
    """What it must know of the form that it gets: here nothing, since it knows the questions."""

    attempt: str
    lease: int


_described = msgspec.json.Decoder(Begun)


@dataclass
class Reply:
    status: int
    head: dict[str, str]
    body: bytes


@dataclass
class Respondents:
    """The state of one load."""

    port: int
    codes: list[str]
    notes: Notes
    saves: int
    seed: int = 1
    retry_s: float = 0.05
    pause_s: float = 0.0  # between one's saves, twice this at most
    reply_s: float = 10.0  # then a client takes its request for lost
    patient: bool = False  # waits as long as Retry-After says
    screens: dict[int, list[str]] | None = None  # items of agreement by screen; else the tests' small wave
    waits_s: dict[str, list[float]] = field(default_factory=lambda: {"POST": [], "PUT": []})  # for what was accepted
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # requests that got no whole reply
    acked: int = 0  # saves
    bare_503: int = 0  # without Retry-After

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._left = self.saves
        self._codes = iter(self.codes)

    async def run(self, clients: int, *, within_s: float = 0.0) -> None:
        """So many at once, who begin within this time."""
        await asyncio.gather(*(self._begin(within_s * self.random.random()) for _ in range(clients)))

    async def _begin(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._answer()

    def finish(self) -> None:
        """Let each finish the sheet it is at."""
        self._left = 0

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the load has come so far."""
        while not condition():
            await asyncio.sleep(0.005)

    async def _answer(self) -> None:
        browser = _Browser(self)
        try:
            while self._left > 0 and (code := next(self._codes, None)) is not None:
                await self._one_sheet(browser, code)
        finally:
            browser.hang_up()

    async def _one_sheet(self, browser: "_Browser", code: str) -> None:
        begun = await browser.until_done("POST", "/svar/code", as_json({"code": code}))
        described = _described.decode(begun.body)
        attempt, lease = described.attempt, described.lease
        browser.cookie = begun.head["set-cookie"].split(";")[0]
        self.notes.note("A", attempt, -1, lease, 0, "")
        for rev in range(1, 1 + (len(self.screens) if self.screens else 8)):
            screen = rev if self.screens else self.random.randint(1, 2)
            answers = self._some_answers(screen)
            noted = attempt, screen, lease, rev, as_json(answers)
            self.notes.note("S", *noted)
            self._left -= 1
            body = as_json({"lease": lease, "rev": rev, "answers": answers})
            await browser.until_done("PUT", f"/svar/{attempt}/{screen}", body)
            self.notes.note("A", *noted)
            self.acked += 1
            await asyncio.sleep(2 * self.pause_s * self.random.random())
        self.notes.note("S", attempt, 0, lease, 0, "")
        done = await browser.until_done("POST", f"/svar/{attempt}/submit", "")
        self.notes.note("A", attempt, 0, lease, 0, json.loads(done.body)["receipt"])

    def _some_answers(self, screen: int) -> dict[str, object]:
        if self.screens:
            return {item: self.random.randint(1, 4) for item in self.screens[screen]}
        if screen == 1:
            return {"a1": self.random.choice([None, 1, 2, 3, 4]), "a2": self.random.randint(1, 4)}
        return {"valg": self.random.choice([[1], [1, 3]]), "tall": self.random.randint(0, 300)}


class _Browser:
    """One connection that is kept while it works, and made anew when it broke."""

    def __init__(self, load: Respondents) -> None:
        self.load, self.cookie = load, ""
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def until_done(self, method: str, path: str, body: str) -> Reply:
        while True:
            began = time.perf_counter()
            try:
                reply = await asyncio.wait_for(self._ask(method, path, body.encode()), self.load.reply_s)
            except BROKEN:
                self.load.broken += 1
                self.hang_up()
            else:
                self.load.statuses[reply.status] += 1
                if reply.status in (200, 201):
                    self.load.waits_s[method].append(time.perf_counter() - began)
                    return reply
                if reply.status != 503:
                    raise AssertionError(f"{method} {path}: {reply}")
                self.load.bare_503 += "retry-after" not in reply.head
                if self.load.patient:
                    await asyncio.sleep(float(reply.head.get("retry-after", 0)))
            await asyncio.sleep(self.load.retry_s * (0.5 + self.load.random.random()))

    async def _ask(self, method: str, path: str, body: bytes) -> Reply:
        if self._reader is not None and self._reader.at_eof():
            self.hang_up()  # the server let go of a line that nobody used
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.load.port)
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {self.cookie}\r\naccept: application/json\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        await self._writer.drain()
        return await read_reply(self._reader)

    def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    """One whole reply; `IncompleteReadError` when the connection ends before."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Reply(int(first.split()[1]), head, await reader.readexactly(int(head["content-length"])))
