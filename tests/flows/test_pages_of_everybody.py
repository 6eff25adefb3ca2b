"""Pages that belong to no room, at phone and desk width, light, dark and on paper."""

from __future__ import annotations

import pytest

PUBLIC = {
    "front": "/",
    "sign-in": "/konto/login/",
    "new-password": "/konto/password/reset/",
    "code-by-mail": "/konto/login/code/",
    "privacy": "/personvern/",
    "accessibility": "/tilgjengelighet/",
    "roles": "/roller/",
    "not-found": "/finnes-ikke/",
}


def test_public_pages_are_in_order_for_everybody(visit):
    anyone = visit()
    for name, path in PUBLIC.items():
        anyone.page.goto(path)
        anyone.look(name)


@pytest.mark.parametrize("role", ["teacher", "principal", "kindergarten_head", "owner", "secretariat", "ks"])
def test_home_greets_by_name_and_its_menus_work_by_keyboard(visit, portal, role):
    person = portal.person(role)
    one = visit(320)
    one.sign_in(person)
    one.page.goto("/")
    assert person["name"].split()[0] in one.page.inner_text("h1")
    one.look(f"home-{role}")
    head = one.page.locator(".page-head-row").bounding_box()
    assert head is not None
    assert head["height"] < 130, "the head leaves the first screen to the page"

    menu = one.page.locator("details.menu:has(.menu-who)")
    menu.locator("summary").focus()
    one.page.keyboard.press("Enter")
    assert person["unit"].split(";")[0].split(",")[0] in menu.inner_text()
    one.look(f"menu-{role}")
    one.page.keyboard.press("Escape")
    assert not menu.evaluate("menu => menu.open")
    assert one.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_skip_link_is_the_first_stop_and_leads_to_the_content(visit):
    anyone = visit()
    anyone.page.goto("/")
    anyone.page.keyboard.press("Tab")
    assert anyone.page.evaluate("document.activeElement.getAttribute('href')") == "#innhold"
    anyone.page.keyboard.press("Enter")
    assert anyone.page.evaluate("document.activeElement.id") == "innhold"


def test_dark_screen_has_contrast_and_paper_is_white(visit):
    anyone = visit()
    anyone.page.emulate_media(color_scheme="dark")
    for name in ("front", "sign-in", "roles"):
        anyone.page.goto(PUBLIC[name])
        anyone.look(f"{name}-dark")
    background = "getComputedStyle(document.querySelector('.ds-card')).backgroundColor"
    assert anyone.page.evaluate(background) != "rgb(255, 255, 255)"
    anyone.page.emulate_media(media="print", color_scheme="dark")
    assert anyone.page.evaluate(background) == "rgb(255, 255, 255)"
