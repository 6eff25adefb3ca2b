"""The pages, as a browser without scripts meets them."""

import re

import pytest

from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.intake.texts import LANGUAGES

from .served import browser, put, run


async def come_in(client, code):
    """Type the code and say yes; the address of the first screen that is not saved."""
    reply = await client.post("/svar/code", data={"code": code})
    assert reply.status_code == 303
    home = reply.headers["location"]
    assert code not in home
    reply = await client.post(f"{home}choice", data={"choice": "yes"})
    assert reply.status_code == 303
    return reply.headers["location"]


def hidden(page):
    return {name: re.search(f'name="{name}" value="(\\d+)"', page.text)[1] for name in ("lease", "rev")}


def test_whole_way_without_scripts(tmp_path):
    async def story(client, wave, app):
        assert "Skriv koden din" in (await client.get("/svar/")).text
        address = await come_in(client, wave.invited[0].code.lower())
        page = await client.get(address)
        assert "1 av 2" in page.text
        reply = await client.post(address, data={**hidden(page), "item.a1": "3", "go": "next"})
        assert reply.status_code == 303
        second = reply.headers["location"]
        page = await client.get(second)
        assert "Lever svarene" in page.text
        form = {**hidden(page), "item.valg": ["1", "3"], "item.tall": " 12 ", "go": "back"}
        reply = await client.post(second, data=form)
        assert reply.headers["location"] == address
        assert re.search(r'value="3" autocomplete="off" checked', (await client.get(address)).text)
        page = await client.get(second)
        assert 'value="12"' in page.text
        reply = await client.post(second, data={**hidden(page), "go": "next"})
        thanks = await client.get(reply.headers["location"])
        assert "Takk!" in thanks.text
        assert re.search(r"Kvitteringen er [0-9A-Z]{8}\.", thanks.text)
        assert (await client.get(address)).headers["location"].endswith("/thanks")
        reply = await client.post("/svar/next")
        assert reply.headers["clear-site-data"] == '"cache", "storage"'
        assert "Max-Age=0" in reply.headers["set-cookie"]
        assert (await client.get(address)).status_code == 410

    wave = run(tmp_path, story)
    assert counts(wave.place, "t3") == {(3, 1): 1}


def test_double_click_and_old_page(tmp_path):
    async def story(client, wave, app):
        address = await come_in(client, wave.invited[0].code)
        form = {**hidden(await client.get(address)), "item.a1": "3", "go": "next"}
        for _ in range(2):
            assert (await client.post(address, data=form)).status_code == 303
        reply = await client.post(address, data={**form, "item.a1": "1"})
        assert reply.status_code == 409
        assert "eldre enn det vi har lagret" in reply.text
        assert hidden(reply)["rev"] == "2"

    run(tmp_path, story)


def test_answer_is_taken_back_by_its_button(tmp_path):
    async def story(client, wave, app):
        address = await come_in(client, wave.invited[0].code)
        await client.post(address, data={**hidden(await client.get(address)), "item.a1": "3", "item.a2": "2"})
        page = await client.get(address)
        reply = await client.post(address, data={**hidden(page), "item.a1": "3", "go": "clear:a1"})
        assert reply.headers["location"] == address
        assert (await client.get(address)).text.count(" checked") == 1

    run(tmp_path, story)


@pytest.mark.parametrize("number", ["tolv", "301", "-1", "1e3", "9" * 30, "١٢"])
def test_number_that_is_none_is_shown_again_with_a_hint(tmp_path, number):
    async def story(client, wave, app):
        address = (await come_in(client, wave.invited[0].code))[:-1] + "2"
        form = {**hidden(await client.get(address)), "item.tall": number}
        reply = await client.post(address, data=form)
        assert reply.status_code == 422
        assert 'aria-invalid="true"' in reply.text
        assert "Skriv et tall fra 0 til 300." in reply.text
        assert f'value="{number}"' in reply.text

    run(tmp_path, story)


@pytest.mark.parametrize(
    "body",
    [b"", b"lease=1", b"lease=x&rev=1", b"lease=1&rev=1&item.a1=7", b"lease=1&rev=1&item.a1=%00", b"\xff\xfe",
     b"lease=1&rev=1&item.a1=1;DROP", b"a=1&" * 600, b"lease=1&rev=1&item.a1=%F0%9F%98%80"],
)  # fmt: skip
def test_form_that_no_browser_would_send_is_refused(tmp_path, body):
    async def story(client, wave, app):
        address = await come_in(client, wave.invited[0].code)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        reply = await client.post(address, content=body, headers=headers)
        assert reply.status_code in (400, 422)
        assert "Traceback" not in reply.text

    wave = run(tmp_path, story)
    assert counts(wave.place, "t3") == {}


@pytest.mark.parametrize("form", [1, 2, 3])
def test_no_and_done_end_at_one_page_that_tells_nobody_which_it_was(tmp_path, form):
    """The same words, and as many bytes; a no is what it says, and the code still takes another answer."""

    async def story(client, wave, app):
        item = {1: "a1", 2: "p1", 3: "f1"}[form]
        address = await come_in(client, wave.invited[0].code)
        await client.post(address, data={**hidden(await client.get(address)), f"item.{item}": "3", "go": "back"})
        home = address.rpartition("/")[0]
        no = await client.post(f"{home}/choice", data={"choice": "no"})
        assert "set-cookie" not in no.headers
        said_no = await client.get(no.headers["location"])
        for path in (address, f"{home}/"):
            assert (await client.get(path)).headers["location"] == f"{home}/thanks"
        assert (await put(client, home.split("/")[2], 1, 1, 9, {item: 2})).json() == {"error": "submitted"}

        async with browser(app) as other:
            first = await come_in(other, wave.invited[1].code)
            last = f"{first[:-1]}{2 if form != 2 else 1}"
            done = await other.post(last, data=hidden(await other.get(last)))
            handed_in = await other.get(done.headers["location"])
        plain = [
            re.sub(r"[0-9A-Z]{8}|[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{32}", "*", page.text) for page in (said_no, handed_in)
        ]
        assert plain[0] == plain[1]
        assert len(said_no.content) == len(handed_in.content)
        assert [no.status_code, len(no.content)] == [done.status_code, len(done.content)]
        assert "Har du sagt nei" in said_no.text
        assert "tel:116111" in said_no.text
        openly = re.sub(r"<details.*?</details>", "", said_no.text, flags=re.S)
        for words in (
            "teller bare det du leverte først",
            "Kan noen andre ha brukt koden din?",
            'href="/svar/withdrawal"',
        ):
            assert words in openly, "not folded"
        assert ("kan bare tas tilbake med koden og ordet" in openly) is (form == 2), "nobody can erase for adults"
        assert ("slette alt som er svart med koden" in openly) is (form != 2)
        assert "svare videre" not in said_no.text, "it is over: the word takes answers back, and nothing else"
        async with browser(app) as later:  # the mind may change
            again = await come_in(later, wave.invited[0].code)
            await put(later, again.split("/")[2], 1, 1, 1, {item: 1})
            assert (await later.post(f"{again[:-1]}submit")).status_code == 200

    wave = run(tmp_path, story, form=form)
    assert counts(wave.place, "t3") == {(3, form): 2, (4, form): 1}, "a no counts as a sheet that was handed in"
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", form).answers[0].tolist() == [1]


def test_faces_form_shows_one_item_with_three_named_faces(tmp_path):
    async def story(client, wave, app):
        page = await client.get(await come_in(client, wave.invited[0].code))
        assert page.text.count("<fieldset") == 1
        assert page.text.count('class="face"') == 3
        for name in ("Lei seg", "Midt imellom", "Glad"):
            assert f"<span>{name}</span>" in page.text
        assert "1 av 2" in page.text

    run(tmp_path, story, form=3)


def test_adult_form_warns_where_text_is_free_and_speaks_to_adults(tmp_path):
    async def story(client, wave, app):
        reply = await client.post("/svar/code", data={"code": wave.invited[0].code})
        welcome = await client.get(reply.headers["location"])
        assert "Det er frivillig å svare" in welcome.text
        address = reply.headers["location"] + "1"
        page = await client.get(address)
        assert "Ikke skriv navn" in page.text
        canary = "<script>alert(1)</script> ok"
        await client.post(address, data={**hidden(page), "item.ord": canary, "go": "back"})
        page = await client.get(address)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; ok" in page.text
        page = await client.post(address, data=hidden(page), follow_redirects=True)
        assert "Neste elev" not in page.text

    run(tmp_path, story, form=2)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_speak_every_language(tmp_path, lang):
    async def story(client, wave, app):
        reply = await client.get(f"/svar/?lang={lang}")
        assert (reply.status_code, reply.headers["location"]) == (303, "/svar/")
        page = await client.get("/svar/")
        assert f'<html lang="{lang}" dir="ltr">' in page.text
        page = await client.get(await come_in(client, wave.invited[0].code))
        # The items have no Sámi: they show bokmål and say so.
        expected = {"nb": "<span>Utsagn a1", "nn": "<span>Utsegn a1", "en": "<span>Statement a1",
                    "se": '<span lang="nb" dir="ltr">Utsagn a1'}  # fmt: skip
        assert expected[lang] in page.text

    run(tmp_path, story)


def test_language_that_does_not_exist_changes_nothing(tmp_path):
    async def story(client, wave, app):
        reply = await client.get("/svar/?lang=xx%0d%0aset-cookie:a=b")
        assert "set-cookie" not in reply.headers

    run(tmp_path, story)


def test_pages_carry_the_headers_that_protect_and_no_inline_code(tmp_path):
    async def story(client, wave, app):
        address = await come_in(client, wave.invited[0].code)
        for place in ("/svar/", address, "/svar/nowhere", f"/svar/{'0' * 32}/1", "/svar/helse"):
            page = await client.get(place)
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["x-content-type-options"] == "nosniff"
            assert page.headers["referrer-policy"] == "no-referrer"
            assert page.headers["cross-origin-opener-policy"] == "same-origin"
            assert not re.search(r"<style|style=|<script(?! type=\"module\" src)|\son\w+=", page.text)

    run(tmp_path, story)


def test_cookie_is_bound_to_the_host_on_https_and_refused_on_plain_http_elsewhere(tmp_path):
    async def story(client, wave, app):
        reply = await client.post("/svar/code", data={"code": wave.invited[0].code})
        cookie = reply.headers["set-cookie"]
        assert cookie.startswith("svar=")
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        async with browser(app) as secure:
            secure.base_url = "https://kartlegging.example"
            reply = await secure.post("/svar/code", data={"code": wave.invited[0].code})
            cookie = reply.headers["set-cookie"]
            assert cookie.startswith("__Host-svar=")
            assert "Secure" in cookie
            assert "Path=/;" in cookie
            assert (await secure.get(reply.headers["location"])).status_code == 200
        async with browser(app) as plain:
            plain.base_url = "http://kartlegging.example"
            reply = await plain.post("/svar/code", data={"code": wave.invited[0].code})
            assert reply.status_code == 403
            assert "https" in reply.text

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/svar", 200), ("GET", "/svar/", 200), ("GET", "/svar/helse", 200), ("HEAD", "/svar/", 200),
     ("GET", "/svar/-/0/intake.css", 404), ("GET", "/svar/-/../app.py", 404), ("GET", "/svar/x/y/z", 404),
     ("DELETE", "/svar/", 405), ("PUT", "/svar/code", 405), ("GET", "/svar/code", 200), ("GET", "/svar/zz/1", 410),
     ("POST", "/svar/", 405), ("GET", "/svar/%00/1", 410)],
)  # fmt: skip
def test_address_gets_its_status(tmp_path, method, path, status):
    async def story(client, wave, app):
        assert (await client.request(method, path)).status_code == status

    run(tmp_path, story)


def test_works_under_a_root_path_and_alone(tmp_path):
    async def story(client, wave, app):
        for root, path in [("", "/svar/helse"), ("/svar", "/svar/helse"), ("", "/helse"), ("/svar", "/helse")]:
            async with browser(app, root_path=root) as one:
                reply = await one.get(path)
                assert reply.json() == {"ok": True, "open_waves": 1}

    run(tmp_path, story)


def test_too_long_bodies_are_refused(tmp_path):
    async def story(client, wave, app):
        assert (await client.post("/svar/code", data={"code": "A" * 2000})).status_code == 413
        address = await come_in(client, wave.invited[0].code)
        assert (await client.post(address, data={"x": "A" * 70_000})).status_code == 413

    run(tmp_path, story)
