"""From a teacher's code sheet to the class's result, by the people who do it, in a real browser.

The tests of this file are steps of one story and run in order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import httpx
import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import Portal, Visitor

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{6}\b")
Arrive = Callable[..., Visitor]


@pytest.fixture(scope="module")
def story() -> dict[str, list[str] | str]:
    """What one step leaves for the next."""
    return {}


def _say_yes(page: Page) -> None:
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    page.locator("form.sheet").wait_for()


def _answer_every_screen(page: Page, visitor: Visitor, name: str) -> None:
    """Choose the second last answer of each question, look at the first two screens, and hand in."""
    for screen in range(1, 60):
        groups = page.locator("form.sheet fieldset").all()
        assert groups
        for group in groups:
            choices = group.locator("input[type=radio]")
            choices.nth(max(0, choices.count() - 2)).check(force=True)
        if screen <= 2:
            visitor.look(f"{name}-{screen}")
        go = page.locator(".go button.primary")
        last = "Lever svarene" in go.inner_text()
        here = page.url
        go.click()
        page.wait_for_url(lambda url: url != here)  # noqa: B023 - waited for before the next round
        if last:
            return
    pytest.fail("the form never ends")


def _answer_by_protocol(portal: Portal, code: str, turn: int) -> None:
    """As another client would (docs/intake-protocol.md)."""
    with httpx.Client(base_url=portal.url) as client:
        started = client.post("/svar/code", json={"code": code})
        assert started.status_code == 201, started.text
        attempt, lease = started.json()["attempt"], started.json()["lease"]
        for screen in started.json()["form"]["screens"]:
            answers = {}
            for place, item in enumerate(screen["items"]):
                codes = [option["code"] for option in item.get("options", [])]
                if codes:
                    answers[item["key"]] = codes[(place + turn) % len(codes)]
            saved = client.put(
                f"/svar/{attempt}/{screen['number']}", json={"lease": lease, "rev": 1, "answers": answers}
            )
            assert saved.json() == {"lagret": 1}, saved.text
        assert client.post(f"/svar/{attempt}/submit").json()["receipt"]


def test_teacher_prints_codes(portal: Portal, visit: Arrive, story: dict) -> None:
    teacher = visit()
    page = teacher.page
    page.goto("/")
    teacher.look("front")
    teacher.sign_in(portal.person("teacher"))
    teacher.look("teacher-home")
    page.get_by_role("link", name="Skriv ut koder").first.click()
    teacher.look("teacher-codes")
    link = page.get_by_role("link", name=re.compile("^PDF – elever")).first.get_attribute("href")
    pdf = pypdf.PdfReader(io.BytesIO(page.context.request.get(link).body()))
    text = "\n".join(sheet.extract_text() for sheet in pdf.pages)
    story["codes"] = list(dict.fromkeys(CODE.findall(text)))
    assert len(story["codes"]) >= 9
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"], "the sheet is tagged for screen readers"


def test_pupils_answer_on_a_phone(portal: Portal, visit: Arrive, story: dict) -> None:
    pupil = visit(width=390)
    page = pupil.page
    page.goto("/svar/")
    pupil.look("code")
    page.get_by_label("Skriv koden din").fill("AAAAA-AAAAAB")
    page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_role("alert")).to_be_visible()
    pupil.look("code-wrong")
    page.get_by_label("Skriv koden din").fill(story["codes"][0].lower().replace("-", " "))
    page.get_by_role("button", name="Gå videre").click()
    pupil.look("welcome")
    _say_yes(page)
    page.locator("form.sheet input[type=radio]").first.check(force=True)
    expect(page.get_by_role("status")).to_have_text("lagret")
    _answer_every_screen(page, pupil, "screen")
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    pupil.look("thanks")
    page.get_by_role("button", name="Neste elev").click()
    expect(page.get_by_label("Skriv koden din")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.go_back()
    assert "form.sheet" not in page.content()
    expect(page.locator("form.sheet")).to_have_count(0)


def test_pupil_comes_by_qr_code_and_says_no(portal: Portal, visit: Arrive, story: dict) -> None:
    pupil = visit(width=390)
    page = pupil.page
    page.goto(f"/svar/#{story['codes'][1]}")
    page.get_by_role("button", name="Nei, jeg vil ikke").click()
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert story["codes"][1] not in page.url


def test_pupil_answers_without_scripts(portal: Portal, browser, story: dict) -> None:
    context = browser.new_context(
        java_script_enabled=False, base_url=portal.url, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto("/svar/")
    page.get_by_label("Skriv koden din").fill(story["codes"][2])
    page.get_by_role("button", name="Gå videre").click()
    _say_yes(page)
    page.locator("form.sheet input[type=radio]").nth(1).check(force=True)
    page.locator(".go button.primary").click()
    page.locator(".go button").first.click()
    expect(page.locator("form.sheet input[type=radio]").nth(1)).to_be_checked()  # Tilbake shows what was typed
    while (go := page.locator(".go button.primary")).count():
        for group in page.locator("form.sheet fieldset").all():
            group.locator("input[type=radio]").first.check(force=True)
        go.click()
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    context.close()


def test_a_child_answers_with_faces(portal: Portal, visit: Arrive) -> None:
    child = visit(width=768)
    page = child.page
    page.goto("/svar/")
    page.get_by_label("Skriv koden din").fill(next(c["code"] for c in portal.codes if c["informant"] == "pupil_1_4"))
    page.get_by_role("button", name="Gå videre").click()
    child.look("child-welcome")
    _say_yes(page)
    assert page.locator("form.sheet fieldset").count() == 1, "one question fills the screen"
    _answer_every_screen(page, child, "faces")
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()


def test_the_rest_of_the_class_answers(portal: Portal, story: dict) -> None:
    for turn, code in enumerate(story["codes"][3:]):
        _answer_by_protocol(portal, code, turn)


def test_teacher_follows_the_count_and_never_who(portal: Portal, visit: Arrive, story: dict) -> None:
    teacher = visit()
    teacher.sign_in(portal.person("teacher"))
    expect(
        teacher.page.get_by_text(
            re.compile(rf"\b[1-9][0-9]* ark levert eller nei sagt · {len(story['codes'])} inviterte")
        )
    ).to_be_visible()


def test_secretariat_closes_the_wave(portal: Portal, visit: Arrive) -> None:
    secretary = visit()
    page = secretary.page
    secretary.sign_in(portal.person("secretariat"))
    secretary.look("secretariat-home")
    page.goto("/oppsett/t3/")
    secretary.look("wave")
    page.get_by_role("link", name="Steng kartleggingen").click()
    secretary.look("wave-close")
    page.get_by_role("button", name="Ja, steng nå").click()
    page.wait_for_url(re.compile("/jobber/"))
    expect(page.get_by_role("link", name="Gå videre")).to_be_visible(timeout=60_000)
    secretary.look("job-done")
    for _ in range(100):
        if re.search(r"^t3\s.*\breleased\b", portal.kfl("wave", "list"), re.MULTILINE):
            return
        page.wait_for_timeout(300)
    pytest.fail("the results never came")


def test_teacher_reads_the_class(portal: Portal, visit: Arrive, story: dict) -> None:
    teacher = visit()
    page = teacher.page
    teacher.sign_in(portal.person("teacher"))
    teacher.look("teacher-home-after")
    page.locator(".card", has_text="Resultater T3").get_by_role("link", name="Les resultatene").click()
    expect(page.get_by_role("heading", name="Kort fortalt")).to_be_visible()
    story["class"] = re.sub(r"^https?://[^/]+", "", page.url)
    for tab in ("Resultat", "Spørsmålene", "Endring", "Andres syn", "Om tallene"):
        page.get_by_role("navigation").get_by_role("link", name=tab, exact=True).click()
        teacher.look(f"class-{tab.lower().replace(' ', '-')}")
    page.goto(story["class"])
    help_of_a_scale = page.locator(".profile details").first
    help_of_a_scale.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(help_of_a_scale.get_by_role("listitem").first).to_be_visible()
    teacher.look("class-help")


def test_principal_reads_the_school(portal: Portal, visit: Arrive, story: dict) -> None:
    school = portal.person("teacher")["unit"].split(", ")[1]
    principal = visit()
    page = principal.page
    principal.sign_in(portal.person("principal", school))
    principal.look("principal-home")
    page.locator(".card", has_text="Resultater T3").get_by_role("link", name="Les resultatene").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(school)
    principal.look("school")
    story["school"] = re.sub(r"^https?://[^/]+", "", page.url)
    assert page.goto(story["class"]).status == 200


def test_owner_reads_the_municipality_and_not_another(portal: Portal, visit: Arrive, story: dict) -> None:
    found = {}
    for person in [p for p in portal.people if p["role"] == "owner"]:
        owner = visit()
        owner.sign_in(person)
        owner.look("owner-home")
        found[person["unit"]] = (owner.page.goto(story["class"]).status, owner.page.goto(story["school"]).status)
        if found[person["unit"]] == (200, 200):
            owner.page.goto("/")
            owner.page.locator(".card", has_text="Resultater T3").get_by_role("link", name="Les resultatene").click()
            expect(owner.page.get_by_role("heading", level=1)).to_contain_text(person["unit"])
            owner.look("municipality")
        else:
            owner.page.goto(story["class"])
            owner.look("not-found")
    assert sorted(found.values()) == [(200, 200), (404, 404)]


def test_a_closed_code_opens_nothing(portal: Portal, story: dict) -> None:
    reply = httpx.post(f"{portal.url}/svar/code", json={"code": story["codes"][1]})
    assert reply.status_code == 404
