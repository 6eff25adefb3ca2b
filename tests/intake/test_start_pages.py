"""From the code to the first screen, a lease for each tab, and taking answers back: over HTTP."""

import re

import msgspec
import pytest

from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code, new_link_code
from kfl.answers.media import Media
from kfl.intake import sessions, withdrawal_page
from tests.answers.test_media import PICTURE, SOUND, with_media
from tests.answers.wave import bundle

from .served import browser, enter, put, run
from .test_pages import come_in, hidden

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.0)


async def word_of(client, attempt):
    return (await client.get(f"/svar/{attempt}/word")).json()["word"]


def test_code_and_word_go_on_elsewhere_and_show_nothing(tmp_path):
    """The copy begins at the first screen that was not saved; a wrong word begins an empty sheet at the first."""

    async def story(client, wave, app):
        code = wave.invited[0].code
        first = await come_in(client, code)
        attempt = first.split("/")[2]
        word = await word_of(client, attempt)
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", word)
        assert word in (await client.get(first)).text, "shown whenever somebody asks"
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        assert await word_of(client, attempt) == word
        for shown, screen in ((word.lower(), "2"), ("0000-0000", "1"), ("", "1")):
            async with browser(app) as other:
                reply = await other.post("/svar/code", data={"code": code, "word": shown})
                home, _, asked = reply.headers["location"].partition("?")
                page = await other.get(home)
                assert "Jeg har begynt før" in page.text
                where = (await other.post(f"{home}choice", data={"choice": "yes"})).headers["location"]
                assert where == f"{home}{screen}"
                assert asked == ("again" if shown else "")
                for number in (1, 2):
                    assert " checked" not in (await other.get(f"{home}{number}")).text
                assert await word_of(other, home.split("/")[2]) != word, "the copy has its own"

    run(tmp_path, story)


async def arrive(other, code, word, by_link):
    """The reply that leads to yes or no: to code and word, or to the word alone where the code was typed already."""
    if not (by_link and word):
        return await other.post("/svar/code", data={"code": code, "word": word})
    home = (await other.post("/svar/code", data={"code": code})).headers["location"]
    return await other.post(f"{home}word", data={"word": word})


@pytest.mark.parametrize("by_link", [False, True])
def test_whoever_typed_a_word_is_told_what_the_first_screen_means_right_or_wrong(tmp_path, by_link):
    first = "Står du på første side, var ordet feil, eller ingenting var lagret."

    async def story(client, wave, app):
        code = wave.invited[0].code
        attempt = (await enter(client, code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        seen = set()
        for word, screen in ((await word_of(client, attempt), "2"), ("0000-0000", "1"), ("", "1")):
            async with browser(app) as other:
                reply = await arrive(other, code, word, by_link)
                home, _, asked = reply.headers["location"].partition("?")
                for lang in ("nn", "nb"):
                    moved = await other.get(f"{home}?lang={lang}{'&' if asked else ''}{asked}")
                    assert moved.headers["location"] == reply.headers["location"], "it is said in each language"
                page = (await other.get(moved.headers["location"])).text
                assert ("Kommer du til første side" in page) is bool(word)
                fields = dict(re.findall(r'type="hidden" name="(again)" value="(1)"', page))
                where = (await other.post(f"{home}choice", data={**fields, "choice": "yes"})).headers["location"]
                assert where.partition("?")[0] == f"{home}{screen}"
                shown = await other.get(where)
                assert (first in shown.text) is bool(word)
                back = await other.post(where.partition("?")[0], data={**hidden(shown), "go": "clear:a1"})
                assert first not in (await other.get(back.headers["location"])).text, "once"
                if word:
                    plain = re.sub(r"[0-9a-f]{32}", "*", page)
                    seen.add((reply.status_code, len(reply.content), len(reply.headers["location"]), plain))
        assert len(seen) == 1, "right and wrong are told the same"

    run(tmp_path, story)


def test_whoever_came_by_a_link_gives_the_word_alone(tmp_path):
    """The code was typed already, by a QR or a link of 26 characters; with the word it is as if both had been."""

    async def story(client, wave, app):
        code = wave.invited[0].code
        attempt = (await enter(client, code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        word = await word_of(client, attempt)
        seen = []
        for tried, screen in ((word, "2"), ("0000-0000", "1")):
            async with browser(app) as other:
                home = (await other.post("/svar/code", data={"code": code})).headers["location"]
                reply = await other.post(f"{home}word", data={"word": "feil"})
                assert reply.status_code == 422
                assert "Ordet har åtte" in reply.text
                assert 'value="feil"' in reply.text
                reply = await other.post(f"{home}word", data={"word": tried})
                seen.append((reply.status_code, len(reply.content), sorted(reply.headers)))
                assert (await other.get(home)).status_code == 410, "the empty one is left"
                new, _, asked = reply.headers["location"].partition("?")
                assert asked == "again"
                where = (await other.post(f"{new}choice", data={"choice": "yes"})).headers["location"]
                assert where == f"{new}{screen}"
                assert " checked" not in (await other.get(where)).text
                again = await other.post(f"{new}word", json={"word": tried})
                assert (again.status_code, again.json()["lease"]) == (201, 1)
                bad = await other.post(f"/svar/{again.json()['attempt']}/word", json={"word": "x"})
                assert (bad.status_code, bad.json()) == (422, {"error": "mistyped"})
        assert seen[0] == seen[1]

    run(tmp_path, story)


def test_a_copy_that_is_handed_in_holds_what_was_saved_before_and_after(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        attempt = (await enter(client, code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2, "a2": 4})
        word = await word_of(client, attempt)
        async with browser(app) as other:
            begun = (await other.post("/svar/code", json={"code": code, "word": word})).json()
            lease = (await other.post(f"/svar/{begun['attempt']}/lease", headers=JSON)).json()
            assert (lease["screen"], lease["screens"][0]["answers"]) == (2, {})
            await put(other, begun["attempt"], 1, lease["lease"], 1, {"a2": None})
            await put(other, begun["attempt"], 2, lease["lease"], 1, {"tall": 7})
            assert (await other.post(f"/svar/{begun['attempt']}/submit")).status_code == 200
        # The first browser goes on, and is told nothing; the first hand-in counts.
        assert (await put(client, attempt, 1, 1, 2, {"a1": 1})).json() == {"lagret": 2}
        assert (await client.post(f"/svar/{attempt}/submit")).status_code == 200

    wave = run(tmp_path, story)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", 1).answers.T.tolist() == [[2, -1, -1, -1, -1, 7]]


@pytest.mark.parametrize("form", [1, 2, 3])
def test_the_word_is_on_every_screen_and_the_thanks_page_and_nobody_is_asked_to_choose_pictures(tmp_path, form):
    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        word = await word_of(client, first.split("/")[2])
        pages = [await client.get(first), await client.get(f"{first[:-1]}")]
        await client.post(f"{first[:-1]}submit")
        pages.append(await client.get(f"{first[:-1]}thanks"))
        assert [f'<p class="word" dir="ltr">{word}</p>' in page.text for page in pages] == [True, False, True]
        assert all("to bilder" not in page.text and 'name="picture"' not in page.text for page in pages)
        for page, words in ((pages[0], "Bare med ordet ditt kan"), (pages[2], "Skriver du ikke ned ordet")):
            assert (words in page.text) is (form != 3), "the youngest remember nothing"

    run(tmp_path, story, form=form)


def test_a_mistyped_code_stays_in_the_field_and_the_page_says_where_it_may_be_wrong(tmp_path):
    async def story(client, wave, app):
        async def said(code, word=""):
            reply = await client.post("/svar/code", data={"code": code, "word": word})
            assert reply.status_code == 404
            assert f'value="{code}"' in reply.text
            return re.search(r'id="wrong" role="alert">\s*(.*?)\s*</p>', reply.text, re.S)[1]

        code = wave.invited[0].code
        assert await said(code[:-1]) == "Koden har elleve tegn, og en kode i en lenke har 26. Du skrev 10."
        assert await said(code[:3] + "U" + code[4:]) == "Koden er skrevet feil. Se over hele koden, særlig tegn 4."
        swapped = next(n for n in range(10) if code[n] != code[n + 1])
        turned = code[:swapped] + code[swapped + 1] + code[swapped] + code[swapped + 2 :]
        told = r"Koden er skrevet feil. Se over hele koden, særlig tegn ([\d, ]+)\."
        places = re.fullmatch(told, await said(turned))[1].split(", ")
        assert {str(swapped + 1), str(swapped + 2)} <= set(places)
        assert "ingen åpen kartlegging" in await said(new_code())
        assert await said(code, "kort") == "Ordet har åtte bokstaver og tall. Se om du skrev det riktig."
        tricky = await client.post("/svar/code", data={"code": '"><script>'})
        assert "<script>" not in tricky.text

    run(tmp_path, story)


def test_a_browser_without_cookies_is_told_so_and_one_whose_session_ended_is_told_that(tmp_path):
    async def story(client, wave, app):
        where = (await client.post("/svar/code", data={"code": wave.invited[0].code})).headers["location"]
        async with browser(app) as forgetful:
            page = await forgetful.get(where)
            assert page.status_code == 410
            assert "informasjonskapsler" in page.text
            assert (await forgetful.get(f"{where}1", headers=JSON)).json() == {"error": "gone"}
        await enter(client, wave.invited[1].code)
        page = await client.get(where)
        assert page.status_code == 410
        assert "informasjonskapsler" not in page.text

    run(tmp_path, story)


def test_questions_can_be_read_before_one_answers(tmp_path):
    async def story(client, wave, app):
        home = (await client.post("/svar/code", data={"code": wave.invited[0].code})).headers["location"]
        assert f"{home}questions" in (await client.get(home)).text
        page = (await client.get(f"{home}questions")).text
        for form_text in ("Utsagn p1", "Utsagn ord", "Helt uenig", "Hjem"):
            assert form_text in page
        assert "<input" not in page
        async with browser(app) as other:
            assert (await other.get(f"{home}questions")).status_code == 410

    wave = run(tmp_path, story, form=2)
    assert counts(wave.place, "t3") == {}


def test_who_typed_in_this_browser_goes_on_where_it_was(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        address = await come_in(client, code)
        await put(client, address.split("/")[2], 1, 1, 1, {"a1": 2})
        assert (await come_in(client, code)).endswith("/2")

    run(tmp_path, story)


def test_lease_for_a_tab_gives_every_screen_and_leaves_the_older_tab_read_only(tmp_path):
    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        await put(client, attempt, 1, 1, 4, {"a1": 2})
        reply = await client.post(f"/svar/{attempt}/lease", headers=JSON)
        screens = [{"number": 1, "next_rev": 1, "answers": {"a1": 2}}, {"number": 2, "next_rev": 1, "answers": {}}]
        assert reply.json() == {"lease": 2, "screen": 2, "screens": screens}
        assert (await put(client, attempt, 1, 1, 5, {"a1": 3})).json() == {"error": "stale"}
        assert (await put(client, attempt, 1, 2, 1, {"a1": 3})).status_code == 200
        page = await client.post(f"/svar/{attempt}/lease", headers={"accept": "text/html"})
        assert re.findall(r'data-number="(\d)"', page.text) == ["1", "2"]
        assert page.text.count('name="lease" value="3"') == 2
        assert page.text.count(" checked") == 1
        app.owner.waves["t3"]._forget()  # leases outlive the server's memory
        assert (await put(client, attempt, 1, 3, 1, {"a1": 4})).status_code == 200
        assert (await put(client, attempt, 1, 2, 9, {"a1": 1})).status_code == 409

    run(tmp_path, story)


def test_lease_is_for_who_reads_and_for_nobody_else(tmp_path):
    async def story(client, wave, app):
        now = [0.0]
        app.sessions._clock = lambda: now[0]
        code = wave.invited[0].code
        attempt = (await enter(client, code))["attempt"]
        elsewhere = {**JSON, "origin": "https://evil.example"}
        assert (await client.post(f"/svar/{attempt}/lease", headers=elsewhere)).status_code == 400
        async with browser(app) as other:
            assert (await other.post(f"/svar/{attempt}/lease", headers=JSON)).status_code == 410
            theirs = (await enter(other, code))["attempt"]
            assert (await other.post(f"/svar/{theirs}/lease", headers=JSON)).json()["lease"] == 2, "numbers of its own"
        assert (await client.post(f"/svar/{attempt}/lease", headers=JSON)).json()["lease"] == 2
        now[0] += sessions.IDLE_CHILD_S + 1
        assert (await client.post(f"/svar/{attempt}/lease", headers=JSON)).status_code == 410
        assert (await client.post(f"/svar/{attempt}/submit", headers=JSON)).status_code == 200, "it shows no answer"
        assert (await client.get(f"/svar/{attempt}/thanks")).status_code == 200
        assert (await client.get(f"/svar/{attempt}/word")).status_code == 410
        assert (await client.post(f"/svar/{attempt}/lease", headers=JSON)).status_code == 410

    run(tmp_path, story)


def test_older_tab_of_the_same_browser_is_told_what_happened(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        old = (await enter(client, code))["attempt"]
        again = await enter(client, code)
        assert (again["attempt"], again["lease"]) == (old, 2)
        assert (await put(client, old, 1, 1, 1, {"a1": 2})).json() == {"error": "stale"}
        page = await client.post(f"/svar/{old}/1", data={"lease": "1", "rev": "1", "item.a1": "2"})
        assert page.status_code == 409
        assert "eldre enn det vi har lagret" in page.text
        assert 'name="lease" value="2"' in page.text
        await enter(client, wave.invited[1].code)
        assert (await put(client, old, 1, 2, 1, {"a1": 2})).status_code == 410

    run(tmp_path, story)


def test_link_code_is_taken_at_the_same_door(tmp_path):
    from kfl.answers.changes import add_invitation
    from kfl.answers.envelopes import Invitation
    from kfl.answers.keys import random_pid

    async def story(client, wave, app):
        code = new_link_code()
        add_invitation(wave.place, wave.key, Invitation(code, random_pid(), 3, 2, 0))
        assert (await enter(client, code))["form"]["informant"] == "parent"
        page = await client.post("/svar/code", data={"code": code.lower()})
        assert page.status_code == 303

    run(tmp_path, story)


def test_sound_and_picture_of_an_item_are_shown_and_served(tmp_path):
    async def story(client, wave, app):
        page = (await client.get(await come_in(client, wave.invited[0].code))).text
        for media in (SOUND, PICTURE):
            address = f"/svar/-/media/{media.digest}"
            assert address in page
            reply = await client.get(address)
            assert (reply.content, reply.headers["content-type"]) == (media.body, media.kind)
            assert "immutable" in reply.headers["cache-control"]
            assert reply.headers["x-content-type-options"] == "nosniff"
        for name in ("0" * 64, "..%2f..%2fkeys", "%00"):
            assert (await client.get(f"/svar/-/media/{name}")).status_code == 404

    frozen = with_media(SOUND.digest, PICTURE.digest)
    run(tmp_path, story, form=3, frozen=frozen, media=[SOUND, PICTURE, Media("audio/ogg", b"another")])


def test_language_that_only_the_questionnaire_speaks_runs_its_own_way(tmp_path):
    """Texts in Arabic say so and run from the right; our own words are in bokmål and run from the left."""
    whole = bundle()
    form = whole.forms[1]
    item = form.pages[0].items[0]
    item = msgspec.structs.replace(item, text={**item.text, "ar": "طفلي سعيد"})
    page = msgspec.structs.replace(form.pages[0], items=[item, *form.pages[0].items[1:]])
    forms = [whole.forms[0], msgspec.structs.replace(form, pages=[page]), whole.forms[2]]
    frozen = msgspec.structs.replace(whole, languages=[*whole.languages, "ar"], forms=forms)

    async def story(client, wave, app):
        address = await come_in(client, wave.invited[0].code)
        await client.get(f"{address}?lang=ar")
        page = (await client.get(address)).text
        assert '<html lang="nb" dir="ltr">' in page
        assert '<span lang="ar" dir="rtl">طفلي سعيد</span>' in page
        assert re.search(r'<fieldset class="item" dir="rtl" data-item="p1"', page)
        assert re.search(r'<fieldset class="item" dir="ltr" data-item="ord"', page), "without Arabic: bokmål"
        assert '<bdi lang="ar">العربية</bdi>' in page
        assert "العربية" not in (await client.get("/svar/")).text
        await client.get(f"{address}?lang=en")
        assert '<html lang="en" dir="ltr">' in (await client.get(address)).text

    run(tmp_path, story, form=2, frozen=frozen)
