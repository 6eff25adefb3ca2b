"""Each kind of respondent from code to receipt: keyboard only, with what a screen reader is told, and looked at."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import answer, come_in, go_on
from .senses import choose_by_keyboard, come_in_by_keyboard, hear_screen, heard, names, next_by_keyboard, tab_to
from .wave import CHILD, PARENT, PUPIL, YOUNG


def test_pupil_of_grades_5_to_10(intake, at_screen):
    code = intake.code(PUPIL)
    visitor = at_screen()
    page = visitor.page
    come_in_by_keyboard(page, code)
    told = hear_screen(page)
    assert names(told, "radio") == ["Helt uenig", "Litt uenig", "Litt enig", "Helt enig"] * 3
    visitor.look("pupil-screen")
    for number, steps in enumerate((0, 2, 3), 1):
        choose_by_keyboard(page, steps)
        next_by_keyboard(page)
        expect(page.locator(".progress")).to_contain_text(f"{number + 1} av 4")
        expect(page.locator("h1")).to_be_focused()
        heard(page)
    tab_to(page, page.get_by_role("checkbox", name="Litt enig"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("minutter"))
    page.keyboard.type("25")
    visitor.look("pupil-last-screen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    heard(page)
    visitor.look("pupil-thanks")
    stored = intake.stored(code)
    assert (stored["s1_1"], stored["s2_2"], stored["s3_3"], stored["valg"], stored["tall"]) == (1, 3, 4, [3], 25)


@pytest.mark.parametrize(("form", "then"), [(PUPIL, "Neste elev"), (CHILD, "Neste barn"), (PARENT, "Avslutt")])
def test_no_has_the_same_shape_as_yes_and_as_done(intake, at_screen, form, then):
    """SCREENS: the two buttons look alike, and what follows a no looks as what follows handing in."""
    visitor = at_screen()
    page = visitor.page
    page.goto("/svar/")
    page.get_by_label("Skriv koden din").fill(intake.code(form))
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Ja, jeg vil svare").wait_for()
    visitor.look(f"welcome-{form}")
    yes, no = (page.get_by_role("button", name=name) for name in ("Ja, jeg vil svare", "Nei, jeg vil ikke"))
    size = "b => [b.offsetWidth, b.offsetHeight, getComputedStyle(b).backgroundColor, getComputedStyle(b).color]"
    assert yes.evaluate(size) == no.evaluate(size)
    no.click()
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    after_no = page.locator("main > :not(details)").evaluate_all("all => all.map(one => one.outerHTML)")
    done = at_screen().page
    come_in(done, intake.code(form))
    for _screen in range(done.locator(".steps i").count()):
        go_on(done)
    expect(done.get_by_role("button", name=then)).to_be_visible()
    after_yes = done.locator("main > :not(details)").evaluate_all("all => all.map(one => one.outerHTML)")
    assert after_no == after_yes
    assert done.title() == page.title()


def test_pupil_of_grades_1_to_4(intake, at_screen):
    """The code is tapped with pictures; one item fills the screen, with a picture, a loudspeaker and three faces."""
    code = intake.code(YOUNG)
    visitor = at_screen(width=768)
    page = visitor.page
    page.add_init_script("window.played = []; Audio.prototype.play = function () { played.push(this.src); "
                         "return Promise.resolve(); };")  # fmt: skip
    page.goto("/svar/")
    page.get_by_role("button", name="Bruk bilder").click()
    visitor.look("young-picture-code")
    keys = page.get_by_role("group", name="Kode med bilder").get_by_role("button")
    assert len(set(names(heard(page), "button"))) == 32 + 3
    for character in code[:3] + "0":
        page.locator(f"[data-add='{character}']").click()
    expect(page.locator("[data-so-far] svg")).to_have_count(4)
    keys.last.click()
    for character in code[3:]:
        page.locator(f"[data-add='{character}']").click()
    expect(page.get_by_label("Skriv koden din")).to_have_value(f"{code[:5]}-{code[5:]}")
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Ja, jeg vil svare").wait_for()
    visitor.look("young-welcome")
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    page.locator("form.sheet").wait_for()
    assert page.locator("fieldset").count() == 1
    expect(page.locator("img.shown")).to_be_visible()
    expect(page.get_by_role("button", name="Les høyt")).to_be_visible()
    speaker, faces = (page.locator(part).bounding_box() for part in (".speak", ".faces"))
    assert speaker["y"] + speaker["height"] <= faces["y"], "nothing covers a face"
    assert page.evaluate("played").pop().split("/")[-2] == "media"
    told = heard(page)
    assert names(told, "radio") == ["Lei seg", "Midt imellom", "Glad"]
    visitor.look("young-item")
    for steps in (2, 1, 0):
        choose_by_keyboard(page, steps)
        next_by_keyboard(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert intake.stored(code) == {"f1": 3, "f2": 2, "f3": 1}


def test_kindergarten_child_comes_by_qr_and_has_four_faces(intake, at_screen):
    code = intake.code(CHILD)
    visitor = at_screen(width=768)
    page = visitor.page
    page.goto(f"/svar/#{code}")
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    page.locator("form.sheet").wait_for()
    assert page.locator("svg.face").count() == 4
    visitor.look("child-item")
    answer(page, 3)
    go_on(page)
    answer(page, 0)
    go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert intake.stored(code) == {"b1": 4, "b2": 1}


def test_parent_reads_first_and_answers_in_arabic(intake, at_screen):
    """A link with 128 bits; the questions before the answers; a language that runs from the right."""
    code = intake.code(PARENT)
    assert len(code) == 26
    visitor = at_screen()
    page = visitor.page
    page.goto(f"/svar/#{code}")
    expect(page.get_by_role("heading", name="Hvem ser svarene?")).to_be_visible()
    assert code not in page.url
    visitor.look("parent-welcome")
    page.get_by_role("link", name="Se alle spørsmålene først").click()
    expect(page.get_by_text("Skolen lytter til oss hjemme.")).to_be_visible()
    visitor.look("parent-questions")
    assert intake.stored(code) == {}
    page.get_by_role("link", name="Tilbake til ja eller nei").first.click()
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربية").click()
    page.get_by_role("button", name="Ja, jeg vil svare").click()
    expect(page.get_by_text("طفلي سعيد في المدرسة.")).to_be_visible()
    group = page.locator("fieldset").first
    assert group.evaluate("element => getComputedStyle(element).direction") == "rtl"
    box, words = (group.locator(part).first.bounding_box() for part in (".option input", ".option span"))
    assert box["x"] > words["x"], "the circle stands where reading begins"
    visitor.look("parent-arabic")
    answer(page, 3)
    go_on(page)
    page.locator("textarea").fill("شكرًا – takk!")
    visitor.look("parent-arabic-text")
    go_on(page)
    expect(page.get_by_role("heading", name="Takk!")).to_be_visible()
    assert intake.stored(code) == {"p1": 4, "p2": 4, "ord": "شكرًا – takk!"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_withdrawal_is_seen_in_light_and_dark(intake, at_screen, scheme):
    visitor = at_screen()
    page = visitor.page
    page.emulate_media(color_scheme=scheme)
    page.goto("/svar/withdrawal")
    heard(page)
    visitor.look(f"withdrawal-{scheme}")
    page.get_by_label("Koden din").fill("AAAAA-AAAA")
    page.get_by_label("Ordet ditt").fill("ABCD-EFGH")
    page.get_by_role("button", name="Ta tilbake svarene mine").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("Du skrev 9"))
    expect(page.get_by_label("Koden din")).to_have_value("AAAAA-AAAA")
    visitor.look(f"withdrawal-wrong-{scheme}")
    if folder := os.environ.get("KFL_SCREENSHOTS"):
        page.pdf(path=str(Path(folder) / f"withdrawal-{scheme}.pdf"))
