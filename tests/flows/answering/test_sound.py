"""Questions that are read aloud: a recorded sound in a real player, its end with the screen, and the voice instead."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import come_in, go_on
from .wave import SOUND, YOUNG

# Keeps every player that a page makes, and stands in for a voice, which a headless browser has none of.
LISTEN = """
window.players = [];
window.spoken = [];
const Player = Audio;
window.Audio = function (address) {
  const player = new Player(address);
  window.players.push(player);
  return player;
};
const voice = { lang: "nb-NO", name: "Nora" };
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [voice],
  addEventListener: () => {},
  cancel: () => { window.spoken.push("–"); },
  speak: (speech) => { window.spoken.push(speech.text); },
} });
"""


def until(page: Page, expression: str) -> None:
    """Wait for it to be true; Playwright's own way is refused by our content security policy."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    pytest.fail(expression)


def test_recorded_sound_plays_and_ends_with_its_screen(intake, at_screen):
    page = at_screen(width=768).page
    page.add_init_script(LISTEN)
    sent = []
    page.on("response", lambda reply: sent.append(reply) if SOUND.digest in reply.url else None)
    come_in(page, intake.code(YOUNG))
    page.get_by_role("button", name="Les høyt").click()
    until(page, "players.at(-1).currentTime > 0.2 && !players.at(-1).paused")
    assert page.evaluate("players.at(-1).duration") == 3
    assert {(reply.status, reply.headers["content-type"]) for reply in sent} == {(206, "audio/wav")}
    assert page.evaluate("players.slice(0, -1).every((one) => one.paused)"), "one at a time"
    go_on(page)
    expect(page.locator(".progress")).to_contain_text("2 av 3")
    assert page.evaluate("players.every((one) => one.paused)")
    assert page.evaluate("spoken.at(-1)") == "Jeg har noen å leke med.", "no recording: the browser's voice, by itself"
    page.get_by_role("button", name="Tilbake").click()
    expect(page.locator(".progress")).to_contain_text("1 av 3")
    assert page.evaluate("spoken.at(-1)") == "–", "the voice ends with its screen too"


def test_sound_that_cannot_be_fetched_is_spoken_instead(intake, at_screen):
    page = at_screen(width=768).page
    page.route(re.compile("/-/media/"), lambda route: route.fulfill(status=404, body=""))
    page.add_init_script(LISTEN)
    come_in(page, intake.code(YOUNG))
    page.get_by_role("button", name="Les høyt").click()
    until(page, "spoken.includes('Jeg liker meg på skolen.')")


def test_where_neither_sound_nor_voice_is_there_is_no_loudspeaker(intake, at_screen):
    page = at_screen(width=768).page
    come_in(page, intake.code(YOUNG))
    expect(page.get_by_role("button", name="Les høyt")).to_be_visible()
    go_on(page)
    expect(page.locator(".progress")).to_contain_text("2 av 3")
    expect(page.get_by_role("button", name="Les høyt")).to_have_count(0)


def test_sound_ends_when_the_page_covers_itself(intake, at_screen):
    page = at_screen(width=768).page
    page.clock.install()
    page.add_init_script(LISTEN)
    come_in(page, intake.code(YOUNG))
    page.get_by_role("button", name="Les høyt").click()
    until(page, "!players.at(-1).paused")
    page.clock.run_for(21 * 60 * 1000)
    heading = page.get_by_role("heading", name="Denne siden er ikke åpen lenger")
    expect(heading).to_be_focused()
    assert page.evaluate("players.every((one) => one.paused)")
