"""Intake in a thread of this process, so that a test can turn its clock and let its replies fail."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from kfl.answers.codes import new_code, new_link_code
from kfl.answers.envelopes import Invitation, seal_invitation
from kfl.answers.folder import Folder
from kfl.answers.keys import CodeKey, random_pid
from kfl.intake import codes_page, withdrawal_page
from kfl.intake.app import create_app
from tests.answers.wave import owners_in, saves_in
from tests.flows.conftest import Portal, Visitor

from .wave import PICTURE, SOUND, every_form

PEOPLE = 60


def _new_code(informant: str) -> str:
    return new_link_code() if informant in ("parent", "kindergarten_parent") else new_code()


class Served:
    """A wave that is answered: its codes, what is stored, the server's clock, and replies that fail on purpose."""

    def __init__(self, data: Path) -> None:
        self.bundle = every_form()
        self.answers_dir = data / "answers"
        key = CodeKey.create(data / "keys", self.bundle.wave)
        invited = [
            Invitation(_new_code(form.informant), random_pid(), n % 10, form.number, 0)
            for form in self.bundle.forms
            for n in range(PEOPLE)
        ]
        envelopes = [seal_invitation(key, one) for one in invited]
        Folder(self.answers_dir).create(self.bundle, envelopes, [SOUND, PICTURE])
        self._codes = {form.number: [i.code for i in invited if i.form == form.number] for form in self.bundle.forms}
        self._pids = {one.code: one.pid for one in invited}
        self.app = create_app(data)
        self.later = 0.0  # seconds that the server's own clock is ahead
        self.app.sessions._clock = lambda: time.monotonic() + self.later
        self.fault: Callable[[str, str], tuple[int, dict[bytes, bytes]] | None] = lambda _method, _path: None
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    def code(self, form: int) -> str:
        """One that nobody has used yet."""
        return self._codes[form].pop()

    def stored(self, code: str) -> dict[str, object]:
        """The answers of one respondent, as the file has them now."""
        with sqlite3.connect(f"file:{self.answers_dir / 't3.sqlite3'}?mode=ro", uri=True) as connection:
            key = CodeKey.load(self.answers_dir.parent / "keys", "t3")
            owners = owners_in(connection, key)
            saves = saves_in(connection, key)
        connection.close()
        found: dict[str, object] = {}
        for sheet, save in saves:
            if owners[sheet].pid == self._pids[code]:
                found |= json.loads(save.body)
        return {key: answer for key, answer in found.items() if answer is not None}

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            self.asked.append((scope["method"], scope["path"]))
            fault = self.fault(scope["method"], scope["path"])
            if fault is not None:
                await send({"type": "http.response.start", "status": fault[0], "headers": list(fault[1].items())})
                await send({"type": "http.response.body", "body": b'{"error":"later"}'})
                return
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("intake"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes_page, "REPLY_S", 0.0)
        patch.setattr(withdrawal_page, "REPLY_S", 0.0)
        server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="error", access_log=False, lifespan="on"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.05)
        served.url = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
        yield served
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def at_screen(browser: Browser, intake: Served) -> Iterator[Callable[..., Visitor]]:
    """Somebody at a screen of this width; afterwards none may have heard a complaint."""
    visitors: list[Visitor] = []
    intake.later, intake.asked = 0.0, []
    intake.fault = lambda _method, _path: None

    def arrive(width: int = 390) -> Visitor:
        visitors.append(Visitor(browser, Portal(intake.url, intake.answers_dir, [], []), width))
        return visitors[-1]

    yield arrive
    complaints = [text for visitor in visitors for text in visitor.complaints if "ERR_INTERNET" not in text]
    for visitor in visitors:
        visitor.context.close()
    assert not [text for text in complaints if not text.startswith("Failed to load resource")]


def come_in(page: Page, code: str, word: str = "") -> None:
    """Type the code, and the word of a sheet that was begun elsewhere if there is one; say yes."""
    page.goto("/svar/")
    page.get_by_label("Skriv koden din").fill(code)
    if word:
        page.get_by_text("Jeg har begynt før").click()
        page.get_by_label("Ordet du fikk sist").fill(word)
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    page.locator("form.sheet").wait_for()


def word_on(page: Page) -> str:
    """The word as the page shows it to whoever asks."""
    page.get_by_text("Vis ordet mitt").click()
    word = page.locator(".word").inner_text()
    page.get_by_text("Vis ordet mitt").click()
    return word


def answer(page: Page, choice: int) -> dict[str, int]:
    """Choose the answer at this place in each question on the screen; what was chosen."""
    chosen = {}
    for group in page.locator("form.sheet fieldset").all():
        radio = group.locator("input[type=radio]").nth(choice)
        if radio.count():
            radio.check(force=True)
            chosen[group.get_attribute("data-item")] = int(radio.get_attribute("value"))
    return chosen


def go_on(page: Page) -> None:
    """Press the button that leads on."""
    page.locator(".go button.primary").click()
