"""Without network: answering goes on, the line says the truth, and everything is sent afterwards (PROMISES R3)."""

import random
import re

import pytest
from playwright.sync_api import expect

from .conftest import answer, come_in, go_on
from .wave import PUPIL

SEED = 20261122


@pytest.mark.parametrize("away_s", [1, 60, 600, 1800])
def test_network_goes_and_comes_back(intake, at_screen, promise, away_s):
    """Every screen but the first is answered without network; the child stays awake for as long as it is away."""
    code = intake.code(PUPIL)
    visitor = at_screen()
    page, line = visitor.page, visitor.page.locator(".state")
    page.clock.install()
    come_in(page, code)
    given = answer(page, 0)
    page.clock.run_for(1000)
    expect(line).to_have_text("lagret")
    with page.expect_response("**/lease"):
        page.reload()
    visitor.context.set_offline(True)
    go_on(page)
    for choice in (1, 2):
        given |= answer(page, choice)
        go_on(page)
        page.clock.run_for(2000)
        expect(line).to_have_text("ikke sendt ennå – vi prøver igjen")
    page.get_by_label("minutter").fill("17")
    for part in range(10):
        page.clock.run_for(away_s * 100)
        page.keyboard.press("Shift")  # somebody is there
        if part == 5:
            page.go_back()
            expect(page.locator(".progress")).to_contain_text("3 av 4")
            page.go_forward()
    intake.later = away_s
    go_on(page)
    page.clock.run_for(1000)
    expect(line).to_have_text("ikke levert ennå – vi prøver igjen. La siden stå åpen.")
    assert "tall" not in intake.stored(code)
    visitor.context.set_offline(False)
    for _ in range(40):
        page.clock.run_for(2000)
        if page.url.endswith("/thanks"):
            break
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    expected = given | {"tall": 17}
    lost = {key for key, value in expected.items() if intake.stored(code).get(key) != value}
    assert not lost
    promise(f"R3 {away_s} s without network", f"{len(lost)} lost of {len(expected)} answers, handed in by itself after")


def test_replies_that_are_lost_late_or_refused_lose_no_answer(intake, at_screen, promise):
    """A fifth of the saves never arrive, a fifth arrive without their reply, some are told to come later."""
    dice = random.Random(SEED)
    code = intake.code(PUPIL)
    visitor = at_screen()
    page = visitor.page
    page.clock.install()
    come_in(page, code)

    def bad_network(route):
        fate = dice.random()
        if fate < 0.2:
            route.abort("connectionreset")
        elif fate < 0.4:
            route.fetch()
            route.abort("connectionreset")
        elif fate < 0.5:
            route.fulfill(status=503, headers={"retry-after": "5"}, body='{"error":"later"}')
        else:
            route.continue_()

    page.route(re.compile(r"/svar/[0-9a-f]{32}/(\d+|submit|lease)$"), bad_network)
    given, changes = {}, 0
    for turn in range(3):
        for choice in (turn, 3 - turn, 1):
            given |= answer(page, choice)
            changes += 1
            page.clock.run_for(400)
        go_on(page)
    page.get_by_label("minutter").fill("12")
    go_on(page)
    for _ in range(200):
        page.clock.run_for(3000)
        if page.url.endswith("/thanks"):
            break
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    expected = given | {"tall": 12}
    assert intake.stored(code) == expected
    figure = f"0 lost of {len(expected)} answers: 20 % of requests lost, 20 % of replies lost, 10 % told to wait"
    promise("R3 bad network", figure, seed=SEED)


def test_network_that_goes_before_all_screens_have_come_loses_nothing(intake, at_screen):
    """The first screen is there, the rest is not; and when the network is back the session has been idle too long."""
    code = intake.code(PUPIL)
    page = at_screen().page
    page.clock.install()
    page.route(re.compile("/lease$"), lambda route: route.abort("internetdisconnected"))
    come_in(page, code)
    page.clock.run_for(500)
    given = answer(page, 2)
    page.clock.run_for(2000)
    expect(page.locator(".state")).to_have_text("ikke sendt ennå – vi prøver igjen")
    intake.later = 21 * 60
    page.unroute_all(behavior="ignoreErrors")
    for _ in range(20):
        page.clock.run_for(3000)
        if page.locator(".state").inner_text() == "lagret":
            break
    assert intake.stored(code) == given
    expect(page.locator("input:checked")).to_have_count(0)


def test_answer_given_before_the_script_has_come_is_saved_too(intake, at_screen):
    code = intake.code(PUPIL)
    page = at_screen().page
    held = []
    page.route(re.compile(r"/answering\.js$"), lambda route: held.append(route))
    come_in(page, code)
    given = answer(page, 1)
    assert page.locator(".state").inner_text() == ""
    assert held
    held[0].continue_()
    expect(page.locator(".state")).to_have_text("lagret")
    assert intake.stored(code) == given


def test_line_never_says_saved_before_it_is(intake, at_screen):
    code = intake.code(PUPIL)
    visitor = at_screen()
    page, line = visitor.page, visitor.page.locator(".state")
    come_in(page, code)
    answer(page, 0)
    expect(line).to_have_text("lagret")
    held = []
    page.route(re.compile(r"/\d+$"), lambda route: held.append(route))
    answer(page, 1)
    expect(line).to_have_text("lagrer …")
    page.wait_for_timeout(600)
    assert held
    expect(line).to_have_text("lagrer …")
    assert intake.stored(code)["s1_1"] == 1
    held[0].continue_()
    page.unroute_all(behavior="ignoreErrors")
    expect(line).to_have_text("lagret")


def test_server_that_says_when_is_not_asked_before(intake, at_screen):
    visitor = at_screen()
    page = visitor.page
    page.clock.install()
    come_in(page, intake.code(PUPIL))
    page.clock.run_for(500)
    intake.fault = lambda method, _path: (503, {b"retry-after": b"9"}) if method == "PUT" else None
    answer(page, 2)
    with page.expect_response(lambda reply: reply.status == 503):
        page.clock.run_for(500)
    expect(page.locator(".state")).to_have_text("ikke sendt ennå – vi prøver igjen")
    asked = len(intake.asked)
    page.clock.run_for(8500)
    page.wait_for_timeout(100)
    assert len(intake.asked) == asked
    intake.fault = lambda _method, _path: None
    page.clock.run_for(4000)
    expect(page.locator(".state")).to_have_text("lagret")


def test_wrong_number_is_told_and_nothing_else_waits_for_it(intake, at_screen):
    code = intake.code(PUPIL)
    page = at_screen().page
    come_in(page, code)
    for _ in range(3):
        go_on(page)
    page.get_by_label("minutter").fill("1000")
    go_on(page)
    expect(page.get_by_label("minutter")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("minutter")).to_be_focused()
    page.get_by_label("minutter").fill("30")
    go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert intake.stored(code) == {"tall": 30}


def test_tab_that_closes_with_unsent_answers_asks_first(intake, at_screen):
    visitor = at_screen()
    page = visitor.page
    come_in(page, intake.code(PUPIL))
    visitor.context.set_offline(True)
    answer(page, 1)
    expect(page.locator(".state")).to_have_text("ikke sendt ennå – vi prøver igjen")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    visitor.context.set_offline(False)
    expect(page.locator(".state")).to_have_text("lagret")
