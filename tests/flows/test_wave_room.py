"""What teacher, secretariat and owner do while a wave is open, in a real browser; paper forms by keyboard only."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pypdf
from playwright.sync_api import Page, expect

from tests.flows.conftest import Portal, Visitor

Arrive = Callable[..., Visitor]
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{6}\b")


def teacher_of_grade_5_up(portal: Portal) -> dict[str, str]:
    """Not the one listed first: that class answers in the story from code to result, and needs all its codes."""
    first = portal.person("teacher")
    return next(
        p for p in portal.people if p["role"] == "teacher" and p != first and re.match(r"([5-9]|10)[A-Z],", p["unit"])
    )


def test_a_form_on_paper_is_entered_by_keyboard_alone(portal: Portal, visit: Arrive) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(teacher_of_grade_5_up(portal))
    page.get_by_role("link", name="Skriv ut koder").first.click()
    row = page.locator('dt:has-text("Elever på 5.–10. trinn") + dd').first
    sheet = row.get_by_role("link", name="PDF").first.get_attribute("href")
    words = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(page.request.get(sheet).body())).pages)
    code = CODE.findall(words)[-1]
    page.get_by_role("link", name="Svikter nettet?").click()
    visitor.look("papers")
    page.get_by_role("link", name="Før inn svar – elever på 5.–10. trinn").click()
    visitor.look("paper-enter")
    page.reload()
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det som leveres først, teller")).to_be_visible()
    visitor.look("paper-whose")
    expect(page.locator("#a-1")).to_be_focused()
    for _question in range(page.locator('input[name^="a-"]').count()):
        longest = page.evaluate("document.activeElement.dataset.longest")
        page.keyboard.type("1")
        if longest == "0":
            page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Klar for det neste")).to_be_visible()
    expect(page.locator("#code")).to_have_value("")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text("Skriv minst ett svar")).to_be_visible()
    page.get_by_role("link", name="Feil person").click()
    page.locator("#code").fill("00000-000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ingenting er lagret")).to_be_visible()
    visitor.look("paper-refused")


def test_consent_and_letter_are_where_the_teacher_looks_for_them(portal: Portal, visit: Arrive) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(teacher_of_grade_5_up(portal))
    page.get_by_role("link", name="Skriv ut koder").first.click()
    page.goto(page.url.replace("koder/", ""))
    visitor.look("response")
    page.get_by_role("link", name="Samtykke").first.click()
    visitor.look("consent")
    letter = page.get_by_role("link", name="English").get_attribute("href")
    words = pypdf.PdfReader(io.BytesIO(page.request.get(letter).body())).pages[0].extract_text()
    assert "Who sees the answers?" in words
    # An invented county takes no list of real people: it says so here, and leads to no page that would refuse.
    expect(page.get_by_text("men ikke i dette oppdiktede fylket")).to_be_visible()
    expect(page.get_by_role("link", name="Legg inn samtykke fra en liste")).to_have_count(0)


def _open_wave(page: Page) -> None:
    page.goto("/oppsett/")
    page.locator("tr", has_text="Åpen").get_by_role("link").first.click()


def test_the_secretariat_reads_the_mail_before_it_would_go_and_writes_the_letter(portal: Portal, visit: Arrive) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(portal.person("secretariat"))
    _open_wave(page)
    visitor.look("wave")
    page.get_by_role("link", name="Påminnelser").click()
    expect(page.get_by_text("Det sender ingen e-post")).to_be_visible()
    visitor.look("reminders")
    page.get_by_role("link", name="Endre").click()
    visitor.look("reminder-rules")
    _open_wave(page)
    page.get_by_role("link", name="Brev til foreldre").click()
    page.get_by_label("Behandlingsansvarlig").fill("Eksempel kommune")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Behandlingsansvarlig: Eksempel kommune.")).to_be_visible()
    visitor.look("letter")


def test_an_owner_gives_one_school_more_time(portal: Portal, visit: Arrive) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(portal.person("owner"))
    page.get_by_role("link", name="Hvor mange har svart").first.click()
    page.get_by_role("link", name="Gi mer tid").click()
    now = datetime.fromisoformat(page.get_by_label("Stenger").input_value())
    page.get_by_label("Stenger").fill((now + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Det er for lenge etter de andre").first).to_be_visible()
    visitor.look("extend")
    page.get_by_label("Stenger").fill((now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("kan svare til")).to_be_visible()
    visitor.look("extended")


def test_who_gets_a_mail_says_no_without_an_account(portal: Portal, visit: Arrive) -> None:
    visitor = visit()
    code = (
        "import django; django.setup(); from kfl.core.mail.refusals import token_of;"
        " from kfl.surveys.reminders.mails import TOPIC; print(token_of(TOPIC, 'ola@example.no'))"
    )
    environment = {**os.environ, "KFL_DATA": str(portal.data), "DJANGO_SETTINGS_MODULE": "kfl.web.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    visitor.page.goto(f"/paminnelser/{done.stdout.strip()}/")
    visitor.look("opt-out")
    visitor.page.get_by_role("button", name="Nei takk til påminnelser").click()
    expect(visitor.page.get_by_text("Du får ikke flere påminnelser")).to_be_visible()
    visitor.page.get_by_role("button", name="Jeg vil ha dem likevel").click()
    expect(visitor.page.get_by_text("Du får påminnelser igjen")).to_be_visible()
