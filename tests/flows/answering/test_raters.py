"""Who rates a child, by keyboard alone: home, the list of the own group, the form, and back to the list."""

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import Portal

from .senses import choose_by_keyboard, hear_screen, heard, in_order, next_by_keyboard, tab_to

WHO = {"rater_teacher": "teacher", "rater_kindergarten": "pedagogical_leader"}


def rater_of(portal: Portal, informant: str) -> dict[str, str]:
    """Somebody whose group has children that nobody has rated yet."""
    groups = {code["group"] for code in portal.codes if code["informant"] == informant}
    return next(one for one in portal.people if one["role"] == WHO[informant] and one["unit"] in groups)


def list_by_keyboard(page: Page) -> str:
    """From home to the list; the name of the first child that is not rated."""
    card = page.locator(".card", has_text="Vurder").first
    tab_to(page, card.get_by_role("link").last)
    page.keyboard.press("Enter")
    row = page.locator("tr", has_text="ikke begynt").first
    row.wait_for()
    told = heard(page)
    name = row.get_by_role("rowheader").inner_text()
    assert f"Vurder – {name}" in [one["name"] for one in told if one["role"] == "button"], "each button says whom"
    return name


@pytest.mark.parametrize("informant", WHO)
def test_from_the_list_to_the_receipt_and_back_by_keyboard_alone(portal, visit, informant):
    visitor = visit()
    page = visitor.page
    visitor.sign_in(rater_of(portal, informant))
    name = list_by_keyboard(page)
    visitor.look(f"{informant}-list")
    tab_to(page, page.get_by_role("button", name=f"Vurder – {name}"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    heard(page)
    visitor.look(f"{informant}-open")
    tab_to(page, page.get_by_role("button", name="Til skjemaet"))
    page.keyboard.press("Enter")
    page.locator("form.sheet").wait_for()
    total = len(page.locator(".steps i").all())
    for number in range(1, total + 1):
        expect(page.locator(".progress")).to_contain_text(f"{number} av {total}")
        assert name not in page.content(), "the name is not in the form"
        if number == 1:
            hear_screen(page)
            visitor.look(f"{informant}-screen")
            page.locator("form.sheet h1").focus()
            in_order(page)
            page.locator("form.sheet h1").focus()
        assert choose_by_keyboard(page, number % 4)
        expect(page.get_by_role("status")).to_have_text("lagret")
        next_by_keyboard(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    heard(page)
    tab_to(page, page.get_by_role("button", name="Tilbake til lista"))
    page.keyboard.press("Enter")
    row = page.locator("tr", has_text=name)
    expect(row).to_contain_text("levert")
    expect(row.get_by_role("button")).to_have_count(0)
    heard(page)
    page.go_back()
    assert not page.locator("input:checked").count(), "what was answered is shown to nobody"
