"""Two pupils at one machine, and one pupil in two tabs (PROMISES S5, §6.1)."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import CHROMIUM

from .conftest import answer, come_in, go_on, word_on
from .wave import PARENT, PUPIL

CANARY = "kanarifugl som den neste ikke skal se"
NUMBER = "287"


def leftovers(page: Page) -> dict[str, int]:
    """How much each place in the browser keeps that a page could read."""
    return page.evaluate(
        """async () => ({
            localStorage: localStorage.length,
            sessionStorage: sessionStorage.length,
            indexedDB: (await indexedDB.databases()).length,
            caches: (await caches.keys()).length,
            serviceWorkers: (await navigator.serviceWorker.getRegistrations()).length,
            cookies: document.cookie.length,
            historyState: JSON.stringify(history.state) === "null" ? 0 : 1,
        })"""
    )


def fill_in(page: Page, code: str) -> None:
    """The first pupil: faces every screen and types a number that is easy to find again."""
    come_in(page, code)
    for choice in range(3):
        answer(page, choice)
        go_on(page)
    page.get_by_role("checkbox", name="Litt enig").check()
    page.get_by_label("minutter").fill(NUMBER)


@pytest.mark.parametrize("ending", ["handed in", "left in the middle"])
def test_next_pupil_finds_nothing(intake, browser: Browser, tmp_path, promise, ending):
    """A browser with a profile on disk, as on a school machine: looked into by script and by file."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing")
    profile = tmp_path / "profile"
    play = browser.browser_type
    first = intake.code(PUPIL)
    context = play.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], base_url=intake.url
    )
    page = context.pages[0]
    fill_in(page, first)
    attempt = re.search(r"/svar/([0-9a-f]{32})/", page.url)[1]
    if ending == "handed in":
        go_on(page)
        expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
        page.get_by_role("button", name="Neste elev").click()
    else:
        expect(page.locator(".state")).to_have_text("lagret")
        page.goto("/svar/")
    expect(page.get_by_label("Skriv koden din")).to_have_value("")
    seen = sum(leftovers(page).values())
    come_in(page, intake.code(PUPIL))
    looked = 0
    for _ in range(12):  # back through all that the first one saw
        page.go_back()
        page.wait_for_load_state()
        if attempt in page.url:
            looked += 1
            seen += page.locator("input:checked").count()
        seen += page.content().count(NUMBER)
    for number in (1, 2, 3, 4):
        reply = page.goto(f"/svar/{attempt}/{number}")
        assert reply.status == 410
        seen += page.content().count(NUMBER) + page.locator("input:checked").count()
    page.goto("/svar/")
    field = page.get_by_label("Skriv koden din")
    field.press("ArrowDown")
    expect(field).to_have_value("")
    seen += sum(leftovers(page).values())
    context.close()
    files = [path for path in profile.rglob("*") if path.is_file() and not path.is_symlink()]
    needles = [first.encode(), f"{first[:5]}-{first[5:]}".encode(), f'"tall":{NUMBER}'.encode(), b"item.s1_1"]
    on_disk = sum(path.read_bytes().count(needle) for path in files for needle in needles)
    assert looked
    assert seen == on_disk == 0
    where = f"{looked} pages back, browser storage and {len(files)} files of the profile"
    promise(f"S5 shared machine, {ending}", f"{seen} answers seen and {on_disk} found on disk in {where}")


def test_text_that_was_typed_is_offered_to_nobody(intake, at_screen):
    page = at_screen().page
    come_in(page, intake.code(PARENT))
    go_on(page)
    page.get_by_label("Er det noe mer du vil si?").fill(CANARY)
    go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    page.get_by_role("button", name="Avslutt").click()
    expect(page.get_by_label("Skriv koden din")).to_be_visible()
    for _ in range(4):
        page.go_back()
        assert CANARY not in page.content()


def test_page_that_nobody_touched_for_long_covers_itself(intake, at_screen):
    visitor = at_screen()
    page = visitor.page
    page.clock.install()
    code = intake.code(PUPIL)
    with page.expect_response("**/lease"):
        come_in(page, code)
        page.clock.run_for(1000)
    visitor.context.set_offline(True)
    given = answer(page, 2)
    page.clock.run_for(2000)
    page.clock.run_for(21 * 60 * 1000)
    expect(page.get_by_role("heading", name="Denne siden er ikke åpen lenger")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    assert page.locator("form.sheet").count() == 0
    visitor.context.set_offline(False)
    intake.later = 21 * 60
    for _ in range(20):
        page.clock.run_for(3000)
        if page.locator(".state").inner_text() == "lagret":
            break
    assert intake.stored(code) == given, "what was typed is sent all the same"
    page.reload()
    expect(page.locator("input:checked")).to_have_count(0)


def test_page_kept_by_the_browser_is_not_shown_again(intake, at_screen):
    page = at_screen().page
    come_in(page, intake.code(PUPIL))
    answer(page, 1)
    expect(page.locator(".state")).to_have_text("lagret")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.locator("form.sheet")).to_have_count(0)
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("input:checked")).to_have_count(3)  # the same session: from the server


def test_second_tab_makes_the_first_read_only(intake, at_screen):
    visitor = at_screen()
    first = visitor.page
    code = intake.code(PUPIL)
    come_in(first, code)
    answer(first, 0)
    expect(first.locator(".state")).to_have_text("lagret")
    second = visitor.context.new_page()
    with second.expect_response("**/lease"):
        second.goto(first.url)
    answer(second, 3)
    expect(second.locator(".state")).to_have_text("lagret")
    first.locator("input[type=radio]").nth(1).check(force=True)
    expect(first.locator(".state")).to_have_text(
        "Siden er åpen i en annen fane, og der går svarene videre. Gå til den andre fanen, eller last siden på "
        "nytt her. Det siste du svarte her, er ikke lagret."
    )
    expect(first.locator("fieldset input").first).to_be_disabled()
    for button in first.locator(".go button").all():
        expect(button).to_be_disabled()
        expect(button).to_have_css("border-style", "dashed")  # it looks off, too
    assert set(intake.stored(code).values()) == {4}
    if folder := os.environ.get("KFL_SCREENSHOTS"):
        first.screenshot(path=str(Path(folder) / "second-tab-390.png"))
    # The code typed again in the same browser: the same sheet, under the next lease.
    second.goto("/svar/")
    second.get_by_label("Skriv koden din").fill(code)
    second.get_by_role("button", name="Gå videre").click()
    expect(second.get_by_role("button", name="Ja, jeg vil svare")).to_be_visible()
    first.reload()
    expect(first.locator("input:checked")).to_have_count(3)


def test_after_a_crash_answering_goes_on_where_it_was(intake, at_screen):
    """The tab dies, the cookie lives: code and yes lead to the first screen not saved, and answers are in sight."""
    visitor = at_screen()
    code = intake.code(PUPIL)
    come_in(visitor.page, code)
    answer(visitor.page, 1)
    go_on(visitor.page)
    expect(visitor.page.locator(".state")).to_have_text("lagret")
    visitor.page.close()
    page = visitor.page = visitor.context.new_page()
    page.goto("/svar/")
    page.get_by_label("Skriv koden din").fill(code)
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    expect(page.locator(".progress")).to_contain_text("2 av 4")
    page.get_by_role("button", name="Tilbake").click()
    expect(page.locator("input:checked")).to_have_count(3)


def test_on_another_device_code_and_word_lead_on_and_show_nothing(intake, at_screen):
    code = intake.code(PUPIL)
    one = at_screen().page
    come_in(one, code)
    word = word_on(one)
    answer(one, 1)
    go_on(one)
    assert word_on(one) == word, "on every screen, also without network"
    answer(one, 2)
    go_on(one)
    expect(one.locator(".state")).to_have_text("lagret")
    for tried, screen in (("ABCD-EFGH", "1 av 4"), (word.lower().replace("-", " "), "3 av 4")):
        other = at_screen().page
        come_in(other, code, tried)
        expect(other.locator(".progress")).to_contain_text(screen)
        expect(other.locator("input:checked")).to_have_count(0)
    other.get_by_role("button", name="Tilbake").click()
    expect(other.locator("input:checked")).to_have_count(0)
    go_on(other)
    go_on(other)
    expect(other.locator(".state")).to_have_text("lagret")
    # The first browser never notices.
    answer(one, 0)
    expect(one.locator(".state")).to_have_text("lagret")
    one.get_by_role("button", name="Tilbake").click()
    expect(one.locator("input:checked")).to_have_count(3)


def test_whoever_comes_by_a_link_gives_the_word_where_it_leads(intake, at_screen):
    """Nobody types 26 characters to go on."""
    code = intake.code(PARENT)
    one, other = at_screen().page, at_screen().page
    for page in (one, other):
        page.goto(f"/svar/#{code}")
        page.get_by_role("button", name="Ja, jeg vil svare").wait_for()
    one.get_by_role("button", name="Ja, jeg vil svare").click()
    word = word_on(one)
    answer(one, 1)
    expect(one.locator(".state")).to_have_text("lagret")
    other.get_by_text("Jeg har begynt før").click()
    other.get_by_label("Ordet du fikk sist").fill(word)
    here = other.url
    other.get_by_role("button", name="Gå videre").click()
    other.wait_for_url(lambda url: url != here)
    other.get_by_role("button", name="Ja, jeg vil svare").click()
    expect(other.locator(".progress")).to_contain_text("2 av 2")


def test_answers_are_taken_back_with_code_and_word(intake, at_screen):
    code = intake.code(PUPIL)
    page = at_screen().page
    fill_in(page, code)
    go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    word = word_on(page)
    page.get_by_role("link", name="Ta tilbake svarene mine").click()
    pages = []
    for tried in ("ABCD-EFGH", word):
        page.goto("/svar/withdrawal")
        page.get_by_label("Koden din").fill(code)
        page.get_by_label("Ordet ditt").fill(tried)
        page.get_by_role("button", name="Ta tilbake svarene mine").click()
        expect(page.get_by_role("heading", name="Vi har tatt imot")).to_be_visible()
        pages.append(page.locator("main").inner_html())
        assert bool(intake.stored(code)) == (len(pages) == 1)
    assert pages[0] == pages[1]


def test_a_page_that_covers_itself_takes_the_word_along(intake, at_screen):
    page = at_screen().page
    come_in(page, intake.code(PUPIL))
    word = word_on(page)
    answer(page, 1)
    expect(page.locator(".state")).to_have_text("lagret")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator("form.sheet")).to_have_count(0)
    assert word not in page.content()
