"""The same pages for other eyes and machines: contrast, dark, large letters, fingers, old tablets, no scripts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kfl import intake as answering

from .conftest import answer, come_in, go_on
from .standard import number_of
from .wave import YOUNG

STYLE = Path(answering.__path__[0]) / "static/intake.css"
CHOSEN = "getComputedStyle(document.querySelector('{0}:has(:checked)')).{1}"
OTHER = "getComputedStyle(document.querySelector('{0}:not(:has(:checked))')).{1}"
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter((one) => one.getClientRects().length
  && !one.closest(".hidden, svg, template") && getComputedStyle(one).position !== "absolute"
  && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))"""
# Of what says whom to talk to: each word that stands on more than one line.
BROKEN_WORDS = """() => [...document.querySelectorAll(".help p, .help a")].flatMap((part) =>
  [...part.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).flatMap((node) =>
    [...node.data.matchAll(/[^ \\n]+/g)].filter((word) => {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      return new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1;
    }).map((word) => word[0])))"""


def with_style(page: Page, change: Callable[[str], str]) -> None:
    """Let the style sheet come changed, since our pages take no other."""
    text = change(STYLE.read_text())
    page.route(re.compile(r"/intake\.css$"), lambda route: route.fulfill(body=text, content_type="text/css"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_is_seen_in_the_systems_own_colours(intake, at_screen, scheme):
    """Forced colours paint over every background and shadow of ours."""
    page = at_screen().page
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    come_in(page, intake.code(YOUNG))
    answer(page, 1)
    for part in ("borderTopWidth", "borderTopColor"):
        assert page.evaluate(CHOSEN.format(".option", part)) != page.evaluate(OTHER.format(".option", part))
    steps = page.locator(".steps i").evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")
    assert steps[0] != steps[1], "how far one has come is seen"


def test_dark_pages_can_be_read(intake, at_screen):
    visitor = at_screen()
    page = visitor.page
    page.emulate_media(color_scheme="dark")
    for informant in ("pupil_1_4", "pupil_5_10"):
        come_in(page, intake.code(number_of(informant)))
        answer(page, 1)
        expect(page.get_by_role("status")).to_have_text("lagret")
        visitor.look(f"dark-{informant}")


@pytest.mark.parametrize("informant", ["child", "parent"])
def test_letters_twice_as_large_on_the_smallest_phone(intake, at_screen, informant):
    """Nothing is cut off or runs out of the screen, and nobody has to move it sideways."""
    page = at_screen(width=320).page
    with_style(page, lambda text: text + "html { font-size: 225% }")
    seen = 0

    def look() -> None:
        nonlocal seen
        seen += 1
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 36
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(TOO_WIDE) == []
        cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.trim())"
        assert page.locator(".option, .go button, .choice button").evaluate_all(cut) == []
        assert page.evaluate(BROKEN_WORDS) == [], "whom to talk to is read in whole words"

    page.goto("/svar/")
    page.get_by_role("button", name="Bruk bilder").click()
    page.get_by_text("Jeg har begynt før").click()
    look()
    page.get_by_label("Skriv koden din").fill(intake.code(number_of(informant)))
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Ja, jeg vil svare").wait_for()
    look()
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    page.locator("form.sheet").wait_for()
    answer(page, 0)
    page.get_by_text("Vis ordet mitt").click()
    look()
    while page.locator("form.sheet").count():
        here = page.url
        go_on(page)
        page.wait_for_url(lambda url: url != here)  # noqa: B023 - waited for before the next round
    page.get_by_text("Kvittering", exact=True).click()
    look()
    page.goto("/svar/withdrawal")
    look()
    assert seen == 5


@pytest.mark.parametrize("informant", ["pupil_1_4", "parent"])
def test_fingers_find_everything(intake, browser, informant):
    """On a tablet and a phone, by touch: whatever is pressed is at least 44 points high, a face larger still."""
    size = {"width": 768, "height": 1024} if informant == "pupil_1_4" else {"width": 390, "height": 844}
    context = browser.new_context(base_url=intake.url, viewport=size, has_touch=True, is_mobile=True)
    page = context.new_page()
    code = intake.code(number_of(informant))
    page.goto(f"/svar/#{code}")
    page.get_by_role("button", name="Ja, jeg vil svare").tap()
    page.locator("form.sheet").wait_for()
    small = """() => [...document.querySelectorAll("main button:not(.clear, [tabindex]), summary, .option")]
      .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(small) == []
    if informant == "pupil_1_4":
        faces = page.locator("svg.face").evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
        assert min(faces) >= 120
        assert page.locator(".go .primary").bounding_box()["y"] < 1024, "what comes next is in sight"
    page.locator(".option").last.tap()
    expect(page.locator(".state")).to_have_text("lagret")
    assert len(intake.stored(code)) == 1
    context.close()


def test_browser_that_knows_no_has_shows_the_circles(intake, at_screen):
    """A tablet of 2015 with the last browser it got: a chosen face cannot be painted there, so its circle is shown."""
    page = at_screen(width=768).page
    with_style(page, lambda text: text.replace(":has(", ":no-such("))
    come_in(page, intake.code(YOUNG))
    shown = "one => getComputedStyle(one).opacity === '1' && one.getBoundingClientRect().width > 10"
    page.get_by_role("radio", name="Glad").check()
    assert page.locator(".option input").last.evaluate(shown)


def test_youngest_on_a_tablet_without_scripts(intake, browser):
    """Each face is a page of its own, sent as a form; the way back shows what was chosen."""
    context = browser.new_context(
        base_url=intake.url, viewport={"width": 768, "height": 1024}, java_script_enabled=False
    )
    page = context.new_page()
    code = intake.code(YOUNG)
    come_in(page, code)
    assert page.get_by_role("button", name="Les høyt").count() == 0, "no button that does nothing"
    answer(page, 2)
    go_on(page)
    expect(page.locator(".progress")).to_contain_text("2 av 3")
    page.get_by_role("button", name="Tilbake").click()
    expect(page.get_by_role("radio", name="Glad")).to_be_checked()
    for choice in (1, 0, 2):
        answer(page, choice)
        go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert intake.stored(code) == {"f1": 2, "f2": 1, "f3": 3}
    context.close()
