"""Pages that belong to no room, at phone and desk width, light, dark and on paper."""

from __future__ import annotations

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from tests.rules.policy import POLICY

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
    for path in ("/kalender/", "/"):  # the closed menu names a page of its own too
        one.page.goto(path)
        head = one.page.locator(".page-head-row").bounding_box()
        assert head is not None
        assert head["height"] < 130, f"the head leaves the first screen to the page at {path}"

    menu = one.page.locator("details.menu:has(.menu-who)")
    menu.locator("summary").focus()
    one.page.keyboard.press("Enter")
    assert person["unit"].split(";")[0].split(",")[0] in menu.inner_text()
    one.look(f"menu-{role}")
    one.page.keyboard.press("Escape")
    assert not menu.evaluate("menu => menu.open")
    assert one.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_menu_is_used_by_keyboard_and_then_names_the_page(visit, portal):
    one = visit(320)
    one.sign_in(portal.person("secretariat"))
    one.page.goto("/")
    menu = one.page.locator("details.site-menu")
    expect(menu.locator("summary")).to_have_text("Meny")
    menu.locator("summary").focus()
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    while one.page.evaluate("document.activeElement.textContent.trim()") != "Enheter":
        one.page.keyboard.press("Tab")
        assert menu.evaluate("menu => menu.contains(document.activeElement)"), "the menu has the entry"
    one.page.keyboard.press("Enter")
    expect(one.page.locator("h1")).to_have_text("Enheter")
    expect(menu.locator("summary")).to_have_text("Meny – Enheter")
    assert not menu.evaluate("menu => menu.open")
    one.look("menu-closed")


ROLES = ("teacher", "principal", "owner", "secretariat", "researcher")
MOST = 25  # pages a role, each at another address of the policy


@pytest.mark.parametrize("role", ROLES)
def test_no_page_that_a_role_reaches_scrolls_sideways_on_the_smallest_phone(visit, portal, role):
    """From link to link, one page for each kind of address."""
    one = visit(320)
    one.sign_in(portal.person(role))
    waiting, seen, wide = ["/"], set(), []
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        kind = resolve(path).view_name
        if kind in seen or kind not in POLICY:
            continue
        seen.add(kind)
        if not one.page.request.get(path).headers["content-type"].startswith("text/html"):
            continue
        one.page.goto(path)
        one.page.locator("main details").evaluate_all("folds => folds.forEach(fold => { fold.open = true; })")
        width = one.page.evaluate("document.documentElement.scrollWidth")
        if width > one.width:
            wide.append(f"{path}: {width} px")
        found = one.page.locator("a[href^='/']").evaluate_all("all => all.map(one => new URL(one.href).pathname)")
        waiting += [path for path in dict.fromkeys(found) if not path.startswith(("/svar/", "/static/", "/demo/"))]
    assert not wide
    assert len(seen) >= 6, seen


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
