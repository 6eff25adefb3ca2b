"""The quiet line that says *lagret*: never before something is answered, always after the first answer."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import answer, come_in, go_on
from .wave import CHILD, PARENT, PUPIL, STAFF, YOUNG


@pytest.mark.parametrize("form", [PUPIL, YOUNG, CHILD, PARENT, STAFF])
def test_saved_is_said_after_the_first_answer_and_not_before(intake, at_screen, form):
    code = intake.code(form)
    page = at_screen().page
    with page.expect_response("**/lease"):
        come_in(page, code)
    line = page.locator(".state")
    page.wait_for_function("document.querySelectorAll('[data-number]').length === 1")
    expect(line).to_have_text(re.compile(r"^\s*$"))
    assert intake.stored(code) == {}
    page.locator("form.sheet .option input").first.check(force=True)
    expect(line).to_have_text("lagret")
    assert len(intake.stored(code)) == 1


def test_without_script_saved_is_said_of_a_page_that_was_sent(intake, browser):
    context = browser.new_context(java_script_enabled=False, base_url=intake.url, locale="nb-NO")
    try:
        page = context.new_page()
        code = intake.code(PUPIL)
        come_in(page, code)
        line = page.locator(".state")
        expect(line).to_have_text(re.compile(r"^\s*$"))
        answer(page, 0)
        go_on(page)
        expect(line).to_have_text(re.compile(r"^\s*$"))
        page.get_by_role("button", name="Tilbake").click()
        expect(line).to_have_text("lagret")
        assert len(intake.stored(code)) == 3
        for _screen in range(3):
            go_on(page)
        page.get_by_label("minutter").fill("9999")
        go_on(page)
        expect(page.get_by_role("alert")).to_have_text("Skriv et tall fra 0 til 300.")
        expect(line).to_have_text(re.compile(r"^\s*$"))
        assert "tall" not in intake.stored(code)
    finally:
        context.close()
