"""Many respondents answer at once over the real intake app, in one process, and note what they sent and got.

Run as `python -m tests.answers.faults.answering plan.json` behind the shim; `Plan` says what may stand in it.
With `faults`, the disk fills up or a sync fails so many times, each time followed by repair; a respondent
who is told "later" sends the same bytes again. Prints one line of JSON about it.
"""

import asyncio
import json
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from kfl.intake import saving
from kfl.intake.app import Intake, create_app

from .ledger import Notes, as_json
from .shim import Levers

RETRY_S = 0.0005


@dataclass(frozen=True)
class Plan:
    """What one run does."""

    data: str
    codes: list[str]
    saves: int = 500
    clients: int = 20
    seed: int = 1
    checkpoint_pages: int = 1000  # fewer bring more checkpoints under test
    synchronous: str = "FULL"  # anything else breaks the promise: the tests' control
    reply_early: bool = False  # so does this
    faults: list[tuple[str, int]] = field(default_factory=list)  # ("full" or "sync", at the n-th call from now)
    levers: str = ""


class Answering:
    """The state of one run."""

    def __init__(self, plan: Plan, app: Intake) -> None:
        self.plan, self.app = plan, app
        self.notes = Notes(Path(plan.data) / "ledger")
        self.codes = iter(plan.codes)
        self.random = random.Random(plan.seed)
        self.statuses: Counter[int] = Counter()
        self.left = plan.saves
        self.fresh = 0  # acknowledged saves since the last repair
        self.repaired = 0

    async def run(self) -> None:
        await self.app.startup()
        for wave in self.app.owner.waves.values():
            settings = wave.writer._connection
            if isinstance(settings, sqlite3.Connection):
                wave.writer.checkpoint_after = self.plan.checkpoint_pages
                settings.execute(f"PRAGMA synchronous={self.plan.synchronous}")
        faults = asyncio.create_task(self.break_and_mend())
        await asyncio.gather(*(self.answer() for _ in range(self.plan.clients)))
        faults.cancel()
        await asyncio.gather(faults, return_exceptions=True)
        await self.app.shutdown()

    async def answer(self) -> None:
        """One browser after the other: a code, some saves, perhaps handing in."""
        while self.left > 0 and (code := next(self.codes, None)) is not None:
            head, body = await self.until_done("POST", "/svar/code", as_json({"code": code}))
            attempt, lease = body["attempt"], body["lease"]
            cookie = head[b"set-cookie"].split(b";")[0]
            self.notes.note("A", attempt, -1, lease, 0, "")
            for rev in range(1, self.random.randint(3, 12)):
                screen = self.random.randint(1, 2)
                answers = self.some_answers(screen)
                noted = attempt, screen, lease, rev, as_json(answers)
                self.notes.note("S", *noted)
                self.left -= 1
                save = as_json({"lease": lease, "rev": rev, "answers": answers})
                await self.until_done("PUT", f"/svar/{attempt}/{screen}", save, cookie)
                self.notes.note("A", *noted)
                self.fresh += 1
            if self.random.random() < 0.7:
                self.notes.note("S", attempt, 0, lease, 0, "")
                _, body = await self.until_done("POST", f"/svar/{attempt}/submit", "", cookie)
                self.notes.note("A", attempt, 0, lease, 0, body["receipt"])

    def some_answers(self, screen: int) -> dict[str, object]:
        pick = self.random.choice
        if screen == 1:
            return {"a1": pick([None, 1, 2, 3, 4]), "a2": pick([1, 2, 3, 4])}
        return {"valg": pick([[1], [1, 3], None]), "tall": self.random.randint(0, 300)}

    async def until_done(self, method: str, path: str, body: str, cookie: bytes = b""):
        """Send the same bytes until they are done, as the protocol says."""
        while True:
            status, head, reply = await ask(self.app, method, path, body.encode(), cookie)
            self.statuses[status] += 1
            if status in (200, 201):
                return head, json.loads(reply)
            if status != 503 or b"retry-after" not in head:
                raise RuntimeError(f"{method} {path}: {status} {reply!r}")
            await asyncio.sleep(RETRY_S)

    async def break_and_mend(self) -> None:
        """One fault after the other, each once the one before has been told, mended and lived down."""
        levers = Levers(Path(self.plan.levers)) if self.plan.faults else None
        for kind, after in self.plan.faults:
            told = self.statuses[503]
            levers.fill_disk(after) if kind == "full" else levers.break_sync(after)
            # On a full disk nothing goes any more: let several be told so. A sync that fails while SQLite moves its
            # log into the file is told to nobody: the log is still there.
            self.fresh = 0
            while not levers.have_failed or (self.statuses[503] < told + 5 if kind == "full" else self.fresh < 1):
                await asyncio.sleep(RETRY_S)
            levers.mend()
            self.fresh = 0
            while self.fresh < 3:
                await asyncio.sleep(RETRY_S)
            self.repaired += 1
        if self.plan.faults:
            self.left = 0


async def ask(app: Callable[..., Awaitable[None]], method: str, path: str, body: bytes, cookie: bytes):
    """One request as a server would pass it on."""
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"accept", b"application/json")]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [*headers, (b"cookie", cookie)], "scheme": "http", "client": ("127.0.0.1", 5000),
        "server": ("localhost", 8000), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    head = {name.lower(): value for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(one.get("body", b"") for one in sent[1:])


async def _at_once(pending: object) -> None:
    """What a careless server does instead of waiting for the disk."""


def main() -> None:
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    if plan.reply_early:
        saving.durable = _at_once
    answering = Answering(plan, create_app(plan.data))
    asyncio.run(answering.run())
    statuses = {str(status): times for status, times in answering.statuses.items()}
    print(json.dumps({"statuses": statuses, "repaired": answering.repaired}))


if __name__ == "__main__":
    main()
