"""A served demo county and a browser, as a person meets them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDTHS = (320, 1200)
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _kfl(*arguments: str, data: Path) -> str:
    command = [sys.executable, "-m", "kfl.cli.main", *arguments, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"kfl {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


@dataclass
class Portal:
    """A running `kfl run` over a demo county of its own."""

    url: str
    data: Path
    people: list[dict[str, str]]
    codes: list[dict[str, str]]
    contexts: list[BrowserContext] = field(default_factory=list)

    def person(self, role: str, unit: str = "") -> dict[str, str]:
        """The first one listed with this role, at a unit whose name holds `unit`."""
        return next(p for p in self.people if p["role"] == role and unit in p["unit"])

    def kfl(self, *arguments: str) -> str:
        return _kfl(*arguments, data=self.data)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data = tmp_path_factory.mktemp("county") / "data"
    _kfl("demo", "--size", "tiny", data=data)
    logins = json.loads(_kfl("demo", "--print-logins", data=data))
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    command = [sys.executable, "-m", "kfl.cli.main", "run", "--port", str(port), "--data", str(data)]
    log = (data.parent / "run.log").open("w")
    server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ.copy())
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if server.poll() is not None:
                    pytest.fail(f"kfl run ended: {Path(log.name).read_text()[-2000:]}")
                time.sleep(0.1)
        yield Portal(f"http://localhost:{port}", data, logins["people"], logins["codes"])
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: the journeys cannot run (make browser)")
        pytest.skip("Chromium is missing: the journeys cannot run (make browser)")
    # Playwright keeps an event loop in this thread, so Django would refuse other tests their database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visitor:
    """Somebody at a screen. Every page visited is looked over: no console error, no axe violation at both widths."""

    def __init__(self, browser: Browser, portal: Portal, width: int) -> None:
        self.portal = portal
        self.width = width
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="nb-NO", base_url=portal.url, accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.looked: set[str] = set()
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not re.search(r"status of (404|410)", text):  # asked for on purpose
            self.complaints.append(text)

    def sign_in(self, person: dict[str, str]) -> None:
        """One click in the list of demo people."""
        self.page.goto(f"/demo/personer/?sok={person['name']}")
        self.page.locator(
            f"form:has(input[name=username][value='{person['username']}']) button, "
            f"button[name=username][value='{person['username']}']"
        ).first.click()
        self.page.wait_for_load_state()

    def look(self, name: str) -> None:
        """The page at hand at phone and desk width: no violation, nothing wider than the screen."""
        folder = os.environ.get("KFL_SCREENSHOTS")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name}: {wide} px wide on a screen of {width}"
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{name} at {width} px:\n{found.generate_report()}"
            if folder:
                self.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": self.width, "height": 800})
        self.looked.add(name)


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator:
    """Make a visitor at a screen of this width; afterwards none may have heard a complaint."""
    visitors: list[Visitor] = []

    def arrive(width: int = 1200) -> Visitor:
        visitors.append(Visitor(browser, portal, width))
        return visitors[-1]

    yield arrive
    complaints = [text for visitor in visitors for text in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert not complaints
