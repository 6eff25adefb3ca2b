"""A link that is followed before the wave opens: looked at, and read in another language without typing anew."""

import asyncio
import threading
import time
from datetime import UTC, datetime

import msgspec
import uvicorn
from playwright.sync_api import expect

from kfl.intake.app import create_app
from tests.answers.wave import bundle, open_wave


def test_early_link_tells_when_in_each_language(tmp_path, at_screen):
    frozen = msgspec.structs.replace(bundle(), opens_at=datetime(2090, 1, 2, 7, tzinfo=UTC))
    wave = open_wave(tmp_path, form=3, frozen=frozen)
    config = uvicorn.Config(create_app(tmp_path), port=0, log_level="error", access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    visitor = at_screen()
    page = visitor.page
    page.goto(f"http://localhost:{port}/svar/#{wave.invited[0].code}")
    expect(page.get_by_role("heading", name="Kartleggingen er ikke åpnet ennå")).to_be_visible()
    expect(page.locator("main")).to_contain_text("mandag 2. januar 2090 klokka 8.00")
    visitor.look("early-child")
    page.locator(".languages summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="The survey is not open yet")).to_be_visible()
    assert wave.invited[0].code not in page.url
    server.should_exit = True
    thread.join(20)
