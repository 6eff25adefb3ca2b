"""From the code to the first screen, a lease for each tab, and taking answers back: over HTTP."""

import re
import time

import msgspec
import pytest

from kfl.answers.bulk import counts
from kfl.answers.codes import new_code, new_link_code
from kfl.answers.media import Media
from kfl.intake import sessions, withdrawal_page
from tests.answers.test_media import PICTURE, SOUND, with_media
from tests.answers.wave import bundle

from .served import browser, enter, put, run
from .test_pages import come_in

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.0)


async def yes(client, code):
    """Type the code and say yes; where that leads."""
    home = (await client.post("/svar/code", data={"code": code})).headers["location"]
    return (await client.post(f"{home}choice", data={"choice": "yes"})).headers["location"]


def test_pictures_page_is_the_same_for_who_begins_and_who_goes_on(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        first = await yes(client, code)
        page = await client.get(first)
        assert page.text.count('type="checkbox"') == 16
        reply = await client.post(first, data={"picture": ["3", "11"]})
        attempt = first.split("/")[2]
        assert reply.headers["location"] == f"/svar/{attempt}/1"
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        for pictures, screen in ((["11", "3"], "2"), (["3", "12"], "1")):
            async with browser(app) as other:
                where = await yes(other, code)
                again = await other.get(where)
                assert again.text.replace(where.split("/")[2], attempt) == page.text
                reply = await other.post(where, data={"picture": pictures})
                assert reply.headers["location"].endswith(f"/{screen}")

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("pictures", "status"), [([], 422), (["3"], 422), (["3", "3"], 422), (["1", "2", "3"], 422), (["3", "16"], 422),
                             (["3", "x"], 400), (["3", "-1"], 400), (["3", "9" * 90], 400), (["3", "\0"], 400)]
)  # fmt: skip
def test_what_is_not_two_pictures_is_told_clearly(tmp_path, pictures, status):
    async def story(client, wave, app):
        where = await yes(client, wave.invited[0].code)
        reply = await client.post(where, data={"picture": pictures})
        assert reply.status_code == status
        assert ("Velg to bilder, ikke flere" if status == 422 else "Vi forsto ikke") in reply.text
        for path, data in ((where, {"picture": pictures}), ("/svar/withdrawal", {"code": "x", "picture": pictures})):
            assert (await client.post(path, data=data)).status_code == status

    run(tmp_path, story)


def test_pictures_by_script(tmp_path):
    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        address = f"/svar/{attempt}/pictures"
        assert (await client.post(address, json={"pictures": [11, 3]})).json() == {"screen": 1}
        await put(client, attempt, 1, 1, 1, {})
        assert (await client.post(address, json={"pictures": [3, 11]})).json() == {"screen": 2}
        for body, status in [
            ({"pictures": [3]}, 422),
            ({"pictures": [3, 99]}, 422),
            ({"pictures": "3"}, 400),
            ([], 400),
        ]:
            reply = await client.post(address, json=body)
            assert (reply.status_code, reply.json()) == (status, {"error": "wrong"})
        await client.post(f"/svar/{attempt}/submit")
        assert (await client.post(address, json={"pictures": [3, 11]})).json() == {"error": "submitted"}

    run(tmp_path, story)


def test_adults_may_skip_the_pictures(tmp_path):
    async def story(client, wave, app):
        where = await yes(client, wave.invited[0].code)
        assert "Hopp over" in (await client.get(where)).text
        assert (await client.post(where, data={"go": "skip"})).headers["location"].endswith("/1")

    run(tmp_path, story, form=2)


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
        assert reply.json() == {"lease": 2, "screens": screens}
        assert (await put(client, attempt, 1, 1, 5, {"a1": 3})).json() == {"error": "stale", "lease": 1, "rev": 4}
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
            assert (await other.post(f"/svar/{theirs}/lease", headers=JSON)).json()["lease"] == 3
        assert (await client.post(f"/svar/{attempt}/lease", headers=JSON)).status_code == 409
        mine = (await enter(client, code))["attempt"]
        now[0] += sessions.IDLE_CHILD_S + 1
        assert (await client.post(f"/svar/{mine}/lease", headers=JSON)).status_code == 410
        assert (await client.post(f"/svar/{mine}/submit", headers=JSON)).status_code == 200, "it shows no answer"
        assert (await client.get(f"/svar/{mine}/thanks")).status_code == 200
        assert (await client.post(f"/svar/{mine}/lease", headers=JSON)).status_code == 410

    run(tmp_path, story)


def test_older_tab_of_the_same_browser_is_told_what_happened(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        old = (await enter(client, code))["attempt"]
        await enter(client, code)
        assert (await put(client, old, 1, 1, 1, {"a1": 2})).json()["error"] == "stale"
        page = await client.get(f"/svar/{old}/1")
        assert page.status_code == 409
        assert "Koden er brukt et annet sted" in page.text
        await enter(client, wave.invited[1].code)
        assert (await put(client, old, 1, 1, 1, {"a1": 2})).status_code == 410

    run(tmp_path, story)


def test_taking_back_answers_alike_whatever_happened(tmp_path, monkeypatch):
    """Promise: code and pictures that fit and those that don't get the same reply and the same time."""
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.25)
    monkeypatch.setattr(withdrawal_page.Throttle, "mistake", lambda _self, _network: 0.0)

    async def story(client, wave, app):
        code = wave.invited[0].code
        address = await come_in(client, code)
        attempt = address.split("/")[2]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        replies, times = set(), []
        for tried, pictures in [(code, [3, 12]), (new_code(), [3, 11]), ("no code", [3, 11]), (code, [3, 11]),
                                (code, [3, 11]), (wave.invited[1].code, [3, 11])]:  # fmt: skip
            began = time.monotonic()
            machine = await client.post("/svar/withdrawal", json={"code": tried, "pictures": pictures})
            times.append(time.monotonic() - began)
            person = await client.post("/svar/withdrawal", data={"code": tried, "picture": [str(n) for n in pictures]})
            replies.add((machine.status_code, machine.content, person.status_code, person.content))
        assert len(replies) == 1
        spread = max(times) - min(times)
        print(f"taking back: {len(times)} cases, one reply, times differ by {spread * 1000:.0f} ms")
        assert min(times) >= 0.25
        reply = await put(client, attempt, 1, 1, 2, {"a1": 3})
        assert (reply.status_code, reply.json()) == (409, {"error": "submitted"})
        assert (await client.post("/svar/code", json={"code": code})).status_code == 404

    wave = run(tmp_path, story)
    assert counts(wave.place, "t3") == {}


def test_who_tries_to_take_back_often_waits_right_or_wrong(tmp_path, monkeypatch):
    async def story(client, wave, app):
        waits = []
        real = withdrawal_page.Throttle.mistake

        def noted(throttle, network):
            waits.append(real(throttle, network))
            return 0.0

        monkeypatch.setattr(withdrawal_page.Throttle, "mistake", noted)
        await come_in(client, wave.invited[0].code)
        for tried in [new_code()] * 12 + [wave.invited[0].code] * 2:
            await client.post("/svar/withdrawal", json={"code": tried, "pictures": [3, 11]})
        assert waits[:10] == [0.0] * 10
        assert waits[10:] == sorted(waits[10:])
        assert waits[-1] > waits[10] > 0

    run(tmp_path, story)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"code": 1, "pictures": [1, 2]}', b'{"code": "x"}',
                                  b'{"code": "x", "pictures": "12"}', b"\xff"])  # fmt: skip
def test_withdrawal_that_says_nothing_is_refused(tmp_path, body):
    async def story(client, wave, app):
        reply = await client.post("/svar/withdrawal", content=body, headers={"content-type": "application/json"})
        assert (reply.status_code, reply.json()) == (400, {"error": "wrong"})
        reply = await client.post("/svar/withdrawal", json={"code": "x" * 5000, "pictures": [1, 2]})
        assert reply.status_code == 413

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
