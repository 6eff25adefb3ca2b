"""What a screen reader is told of a page, and how far one comes with the keyboard alone."""

import pytest
from playwright.sync_api import Locator, Page, expect

INTERACTIVE = {"button", "checkbox", "link", "radio", "textbox", "DisclosureTriangle"}
# What has the focus, and whether anybody can see that it has: an outline on it or on the label around it, on screen.
FOCUS = """(wanted) => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return { where: "nowhere", seen: false, there: false };
  const around = focused.closest(".option") || focused;
  const drawn = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && style.visibility === "visible";
  };
  const box = around.getBoundingClientRect();
  const onScreen = box.width > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  // The way past the head is not there at all until it has the focus.
  const seen = onScreen && (drawn(focused) || drawn(around) || focused.matches(".skip"));
  return { where: focused.outerHTML.slice(0, 120), seen, there: focused === wanted };
}"""
STOPS = """() => [...document.querySelectorAll("a[href], button, summary, input, textarea")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.getClientRects().length
    && getComputedStyle(one).visibility === "visible" && one.type !== "hidden")"""


def tree(page: Page) -> list[dict[str, str]]:
    """What a screen reader is told of the page: role, name and state of each part, in order (CDP)."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "description": node.get("description", {}).get("value", ""),
            **{one["name"]: one["value"].get("value", "") for one in node.get("properties", [])},
        }
        for node in nodes
        if not node.get("ignored") and "role" in node
    ]


def heard(page: Page) -> list[dict[str, str]]:
    """The tree, after a look that it can be followed by ear alone.

    Everything one can use has a name, pictures too; there is one main heading, and none that skips a level; the page
    and each text in another tongue say which it is.
    """
    told = tree(page)
    assert not [one for one in told if one["role"] in INTERACTIVE and not one["name"].strip()]
    assert not [one for one in told if one["role"] in {"image", "img", "graphics-document"} and not one["name"].strip()]
    assert sum(one["role"] == "main" for one in told) == 1
    levels = [int(one["level"]) for one in told if one["role"] == "heading"]
    assert levels.count(1) == 1, levels
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), levels
    assert page.evaluate("document.documentElement.lang") in {"nb", "nn", "en", "se"}
    assert page.title().strip()
    return told


def names(told: list[dict[str, str]], role: str) -> list[str]:
    """The names of all parts with this role, in order."""
    return [one["name"] for one in told if one["role"] == role]


def hear_screen(page: Page) -> list[dict[str, str]]:
    """A screen of the form by ear: how far one has come, each question a group with its words, each answer too."""
    told = heard(page)
    title = next(one for one in told if one["role"] == "heading" and one["level"] == 1)
    assert title["description"] == page.locator(".progress > :last-child").inner_text()
    asked = [legend.strip() for legend in page.locator("form.sheet legend").all_inner_texts()]
    assert asked
    assert [name for name in names(told, "group") if name] == asked, "each question is a group by its own words"
    answers = [label.strip() for label in page.locator("form.sheet .option").all_inner_texts()]
    choices = [one["name"] for one in told if one["role"] in {"radio", "checkbox"}]
    assert choices == answers
    assert all(answers), "a face has words too"
    line = next(one for one in told if one["role"] == "status")
    assert line["live"] == "polite", "saved or not is told without being asked for"
    return told


def tab_to(page: Page, target: Locator) -> None:
    """Reach it with the tabulator alone; whoever looks sees all the way where the focus is."""
    wanted = target.element_handle()
    if wanted.evaluate("one => one === document.activeElement"):
        return
    for _ in range(100):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS, wanted)
        assert focus["seen"] or focus["where"] == "nowhere", f"the focus cannot be seen: {focus['where']}"
        if focus["there"]:
            return
    pytest.fail("the tabulator does not lead there")


def in_order(page: Page) -> int:
    """Every stop of the tabulator, from where the focus is, comes in the order of reading; how many there are."""
    order = page.evaluate_handle(STOPS)
    here = page.evaluate_handle("document.activeElement")
    stops, last = 0, -1
    radios = "one => one.type === 'radio' ? one.name : ''"
    for _ in range(100):
        page.keyboard.press("Tab")
        place = page.evaluate("all => all.indexOf(document.activeElement)", order)
        if place < 0:
            break
        assert place > last, "the focus goes backwards"
        last, stops = place, stops + 1
    expected = page.evaluate(
        f"""([all, here]) => {{
            const name = {radios};
            const left = all.filter((one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
            return new Set(left.map((one) => name(one) || one)).size;
        }}""",
        [order, here],
    )
    assert stops == expected, "every stop is reached"
    return stops


def skip_link_leads_to_main(page: Page) -> None:
    """The first stop of a fresh page is the way past its head."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    assert page.evaluate(FOCUS)["seen"]
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def come_in_by_keyboard(page: Page, code: str) -> None:
    """From the code field, or the address behind a link of 128 bits, to the first screen."""
    if len(code) > 11:
        page.goto(f"/svar/#{code}")
    else:
        page.goto("/svar/")
        expect(page.get_by_label("Skriv koden din")).to_be_focused()
        heard(page)
        page.keyboard.type(code.lower())
        page.keyboard.press("Enter")
    yes = page.get_by_role("button", name="Ja, jeg vil svare")
    yes.wait_for()
    heard(page)
    skip_link_leads_to_main(page)
    tab_to(page, yes)
    page.keyboard.press("Enter")
    page.locator("form.sheet").wait_for()


def choose_by_keyboard(page: Page, steps: int) -> dict[str, int]:
    """The answer this many steps along, in each question of the screen; what was chosen."""
    chosen = {}
    for group in page.locator("form.sheet fieldset:has(input[type=radio])").all():
        tab_to(page, group.locator("input[type=radio]").first)
        page.keyboard.press("Space")
        for _ in range(steps):
            page.keyboard.press("ArrowDown")
        picked = group.locator("input:checked")
        focus = page.evaluate(FOCUS, picked.element_handle())
        assert focus["there"], "the arrows choose as they go"
        assert focus["seen"], "the chosen answer shows that it has the focus"
        chosen[group.get_attribute("data-item")] = int(picked.get_attribute("value"))
    return chosen


def next_by_keyboard(page: Page) -> None:
    """Press the button that leads on."""
    tab_to(page, page.locator(".go button.primary"))
    page.keyboard.press("Enter")
