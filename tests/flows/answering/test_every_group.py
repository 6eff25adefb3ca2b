"""Each kind of respondent with its standard questionnaire, from code to receipt: keyboard only, by eye and by ear.

Contact teachers and pedagogical leaders come from the portal's list: `test_raters`.
"""

import pytest
from playwright.sync_api import expect

from .senses import choose_by_keyboard, come_in_by_keyboard, hear_screen, heard, in_order, names, next_by_keyboard
from .standard import number_of

FACES = ["Lei seg", "Midt imellom", "Glad"]
# Who answers on what, and what may be passed by.
GROUPS = {
    "pupil_1_4": 768,
    "pupil_5_10": 390,
    "teacher": 1200,
    "leader": 1200,
    "parent": 390,
    "child": 768,
    "kindergarten_parent": 390,
    "kindergarten_staff": 1200,
    "kindergarten_head": 1200,
}


@pytest.mark.parametrize("informant", GROUPS)
def test_from_code_to_receipt_by_keyboard_alone(intake, at_screen, informant):
    form = intake.bundle.form(number_of(informant))
    code = intake.code(form.number)
    visitor = at_screen(width=GROUPS[informant])
    page = visitor.page
    come_in_by_keyboard(page, code)
    total = len(list(form.items)) if form.faces else len(form.pages)
    expected: dict[str, int] = {}
    for number in range(1, total + 1):
        expect(page.locator(".progress")).to_contain_text(f"{number} av {total}")
        if number > 1:
            expect(page.locator("form.sheet h1")).to_be_focused()
        if number <= 2 or number == total:
            told = hear_screen(page)
            if form.faces:
                assert names(told, "radio") == FACES
            if number == 1:
                visitor.look(f"every-{informant}")
                page.locator("form.sheet h1").focus()
                in_order(page)
                page.locator("form.sheet h1").focus()
        if number != 3:  # one screen is passed by without an answer
            expected |= choose_by_keyboard(page, number % 3)
        next_by_keyboard(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    heard(page)
    assert intake.stored(code) == expected
    assert len(expected) == len(list(form.items)) - (1 if form.faces else len(form.pages[2].items))
    page.keyboard.press("Tab")  # past the head: the language, then the way to the next one
    for _ in range(4):
        if page.evaluate("document.activeElement.matches('main button')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Skriv koden din")).to_be_focused()


def test_way_back_and_an_answer_taken_away_by_keyboard(intake, at_screen):
    """Back, another answer, none at all: each is told, and what is stored is what is on the screen."""
    form = intake.bundle.form(number_of("teacher"))
    code = intake.code(form.number)
    page = at_screen(width=1200).page
    come_in_by_keyboard(page, code)
    first = choose_by_keyboard(page, 1)
    expect(page.get_by_role("status")).to_have_text("lagret")
    next_by_keyboard(page)
    expect(page.locator("form.sheet h1")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.locator("form.sheet h1").focus()
    back = page.get_by_role("button", name="Tilbake")
    for _ in range(20):
        page.keyboard.press("Tab")
        if back.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("1 av 8")
    expect(page.locator("form.sheet h1")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.checked"), "the tabulator leads to what was chosen"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Fjern svaret"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "radio", "the focus stays in the question"
    expect(page.get_by_role("status")).to_have_text("lagret")
    keys = list(first)
    assert intake.stored(code) == {**{key: first[key] for key in keys[2:]}, keys[0]: first[keys[0]] + 1}
