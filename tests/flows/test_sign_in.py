"""Signing in for real: a password, and a passkey on the virtual authenticator of the browser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import Portal, Visitor

PASSWORD = "en lang frase med tallet 7"
Arrive = Callable[..., Visitor]


@pytest.fixture(scope="module")
def username(portal: Portal) -> str:
    """An account with a password, made on the command line."""
    command = [sys.executable, "-m", "kfl.cli.main", "user", "ada", "--name", "Ada Aas", "--email", "ada@example.org"]
    command += ["--password-stdin", "--data", str(portal.data)]
    subprocess.run(command, input=PASSWORD, text=True, check=True, capture_output=True)
    return "ada"


def _sign_in_with_password(page: Page, username: str) -> None:
    page.goto("/konto/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page).to_have_title(re.compile("^Hjem"))


def test_password_then_passkey(visit: Arrive, username: str) -> None:
    visitor = visit()
    page = visitor.page
    device = visitor.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _sign_in_with_password(page, username)
    page.goto("/konto/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("main input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
    visitor.look("passkey-add")
    page.locator("main input[name=name]").fill("Min nøkkel")
    page.locator("main input[name=passwordless]").check()
    page.get_by_role("button", name="Legg til").click()
    expect(page.get_by_text("Sikkerhetsnøkkel lagt til")).to_be_visible()
    visitor.context.clear_cookies()
    page.goto("/")
    expect(page.get_by_role("link", name="Logg inn").first).to_be_visible()
    page.goto("/konto/login/")
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    expect(page).to_have_title(re.compile("^Hjem"))


def test_a_wrong_password_says_so(visit: Arrive, username: str) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/konto/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill("noe annet enn det rette")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    visitor.look("login-wrong")
    assert page.url.endswith("/konto/login/")
    page.goto("/")
    expect(page.get_by_role("link", name="Logg inn").first).to_be_visible()
