"""The save protocol as another client would use it: docs/intake-protocol.md, line by line."""

import asyncio
import json

import httpx
import pytest

from kfl.answers import places
from kfl.answers.bulk import counts, read_columns
from kfl.answers.changes import replace_code
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code, new_link_code
from kfl.intake import codes_page, sessions
from tests.answers.wave import open_wave, saves_in

from .served import enter, put, run, served


def test_code_to_receipt(tmp_path):
    async def story(client, wave, app):
        started = await enter(client, wave.invited[0].code)
        attempt, lease = started["attempt"], started["lease"]
        assert [screen["number"] for screen in started["form"]["screens"]] == [1, 2]
        reply = await put(client, attempt, 1, lease, 1, {"a1": 2, "a2": 3})
        assert (reply.status_code, reply.json()) == (200, {"lagret": 1})
        reply = await put(client, attempt, 2, lease, 1, {"valg": [2, 1], "tall": 12})
        assert (reply.status_code, reply.json()) == (200, {"lagret": 1})
        first, again = [await client.post(f"/svar/{attempt}/submit", headers=JSON) for _ in range(2)]
        assert first.status_code == 200
        assert first.json() == again.json()
        assert len(first.json()["receipt"]) == 8

    wave = run(tmp_path, story)
    assert counts(wave.place, "t3") == {(3, 1): 1}
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", 1).answers.T.tolist() == [[2, 3, 1, 1, 0, 12]]


JSON = {"accept": "application/json"}


@pytest.mark.files
def test_acknowledged_save_survives_a_process_that_dies(tmp_path):
    """What the reply says is on disk: a copy of the files at that moment holds it."""

    async def story(client, wave, app):
        started = await enter(client, wave.invited[0].code)
        await put(client, started["attempt"], 1, 1, 1, {"a1": 4})
        copied = {path.name: path.read_bytes() for path in wave.place.folder.iterdir() if path.is_file()}
        target = tmp_path / "copy" / "answers"
        target.mkdir(parents=True)
        for name, body in copied.items():
            (target / name).write_bytes(body)
            (target / name).chmod(0o600)
        with places.reading(places.at(target).of("t3")) as connection:
            assert [json.loads(save.body) for _, save in saves_in(connection, wave.key)] == [{"a1": 4}]

    run(tmp_path, story)


def test_save_again_gives_the_same_reply_and_older_ones_ones_own_pair(tmp_path):
    """Numbers are told under the attempt's own lease; under any other nothing is."""

    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        for _ in range(3):
            reply = await put(client, attempt, 1, 1, 5, {"a1": 2})
            assert (reply.status_code, reply.json()) == (200, {"lagret": 5})
        for lease, rev, answer in [(1, 5, 3), (1, 4, 2), (0, 7, 2), (2, 1, 2), (2, 5, 2), (0, 5, 2)]:
            reply = await put(client, attempt, 1, lease, rev, {"a1": answer})
            own = {"lease": 1, "rev": 5} if lease == 1 else {}
            assert (reply.status_code, reply.json()) == (409, {"error": "stale", **own})

    run(tmp_path, story)


def test_save_after_submit_changes_nothing(tmp_path):
    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        await client.post(f"/svar/{attempt}/submit")
        for rev, answer in [(1, 2), (2, 3)]:
            reply = await put(client, attempt, 1, 1, rev, {"a1": answer})
            assert (reply.status_code, reply.json()) == (409, {"error": "submitted"})
        assert (await client.get(f"/svar/{attempt}/1", headers=JSON)).json() == {"error": "submitted"}

    wave = run(tmp_path, story)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", 1).answers[0].tolist() == [2]


def test_answers_are_read_back_by_the_session_that_typed_and_no_other(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        attempt = (await enter(client, code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        mine = await client.get(f"/svar/{attempt}/1", headers=JSON)
        assert mine.json() == {"lease": 1, "next_rev": 2, "answers": {"a1": 2}}
        async with served_again(app) as other:
            assert (await other.get(f"/svar/{attempt}/1")).status_code == 410
            assert (await put(other, attempt, 1, 1, 2, {"a1": 3})).status_code == 410
            # The teacher has the code: it opens an empty form of its own.
            theirs = (await enter(other, code))["attempt"]
            reply = await other.get(f"/svar/{theirs}/1", headers=JSON)
            assert reply.json() == {"lease": 1, "next_rev": 1, "answers": {}}
        # And the first browser goes on as if nothing had happened.
        reply = await put(client, attempt, 1, 1, 2, {"a1": 3})
        assert (reply.status_code, reply.json()) == (200, {"lagret": 2})
        assert (await client.get(f"/svar/{attempt}/1", headers=JSON)).json()["answers"] == {"a1": 3}

    run(tmp_path, story)


def served_again(app):
    from .served import browser

    return browser(app)


def test_new_code_in_the_same_browser_ends_the_old_session(tmp_path):
    async def story(client, wave, app):
        first = (await enter(client, wave.invited[0].code))["attempt"]
        await put(client, first, 1, 1, 1, {"a1": 2})
        await enter(client, wave.invited[1].code)
        assert (await client.get(f"/svar/{first}/1")).status_code == 410

    run(tmp_path, story)


def test_idle_browser_may_still_save_but_reads_nothing(tmp_path):
    async def story(client, wave, app):
        now = [0.0]
        app.sessions._clock = lambda: now[0]
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        now[0] = sessions.IDLE_CHILD_S - 1
        assert (await client.get(f"/svar/{attempt}/1")).status_code == 200
        now[0] += sessions.IDLE_CHILD_S + 1
        assert (await client.get(f"/svar/{attempt}/1")).status_code == 410
        assert (await put(client, attempt, 1, 1, 2, {"a1": 3})).status_code == 200
        assert (await client.get(f"/svar/{attempt}/1")).status_code == 410

    run(tmp_path, story)


def test_a_machine_that_was_left_shows_thanks_but_no_word(tmp_path):
    """Whoever comes to it later may hold the code: with the word it would take the answers back."""

    async def story(client, wave, app):
        now = [0.0]
        app.sessions._clock = lambda: now[0]
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        await put(client, attempt, 1, 1, 1, {"a1": 2})
        word = (await client.get(f"/svar/{attempt}/word", headers={"accept": "application/json"})).json()["word"]
        await client.post(f"/svar/{attempt}/submit", headers={"accept": "application/json"})
        now[0] = sessions.IDLE_CHILD_S - 1
        assert word in (await client.get(f"/svar/{attempt}/thanks")).text
        now[0] += sessions.IDLE_CHILD_S + 1
        later = await client.get(f"/svar/{attempt}/thanks")
        assert later.status_code == 200
        assert word not in later.text

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"[]", 422), (b"{}", 422),
        (b'{"lease":1,"rev":1,"answers":[]}', 422), (b'{"lease":"1","rev":1,"answers":{}}', 422),
        (b'{"lease":1,"rev":1.5,"answers":{}}', 422), (b'{"lease":1,"rev":1,"answers":{},"more":1}', 422),
        (b'{"lease":1,"rev":1,"answers":{"a1":5}}', 422), (b'{"lease":1,"rev":1,"answers":{"a1":"<b>"}}', 422),
        (b'{"lease":1,"rev":1,"answers":{"a1":NaN}}', 400), (b'{"lease":1,"rev":1,"answers":{"a1":{}}}', 422),
        (b'{"lease":1,"rev":1,"answers":{"other":1}}', 422), (b'{"lease":1,"rev":0,"answers":{}}', 409),
        (b'{"lease":1,"rev":99999999999999999999,"answers":{}}', 409), (b"[" * 60_000, 422),
            (b'{"lease":1,"rev":1,"answers":{"a1":' + b"[" * 60_000, 422), (b'{"lease":9e999}', 422),
        (b'{"lease":1,"rev":1,"answers":{"a1":"' + b"x" * 70_000 + b'"}}', 413),
    ],
)  # fmt: skip
def test_bad_body_gets_a_clear_refusal_and_stores_nothing(tmp_path, body, status):
    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        reply = await client.put(f"/svar/{attempt}/1", content=body, headers={"content-type": "application/json"})
        assert reply.status_code == status
        assert "error" in reply.json()
        assert (await client.get(f"/svar/{attempt}/1", headers=JSON)).json()["answers"] == {}

    run(tmp_path, story)


def test_request_from_elsewhere_or_of_another_type_is_refused(tmp_path):
    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        address, body = f"/svar/{attempt}/1", b'{"lease":1,"rev":1,"answers":{"a1":1}}'
        for headers, status in [
            ({"content-type": "application/json", "origin": "https://evil.example"}, 403),
            ({"content-type": "application/json", "origin": "http://localhost:9999"}, 403),
            ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
            ({"content-type": "text/plain"}, 415),
            ({"content-type": "application/json", "origin": "http://localhost:8000"}, 200),
        ]:
            assert (await client.put(address, content=body, headers=headers)).status_code == status
        for path in ("choice", "submit", "1"):
            reply = await client.post(f"/svar/{attempt}/{path}", headers={"origin": "https://evil.example"})
            assert reply.status_code == 400
        assert (await client.put(f"/svar/{attempt}/9", json={"lease": 1, "rev": 1, "answers": {}})).status_code == 404
        assert (await client.put(f"/svar/{'0' * 32}/1", json={"lease": 1, "rev": 1, "answers": {}})).status_code == 410
        assert (await client.put(f"/svar/{'ø' * 16}/1", json={"lease": 1, "rev": 1, "answers": {}})).status_code < 500

    run(tmp_path, story)


def test_unknown_and_replaced_codes_get_the_same_reply(tmp_path):
    async def story(client, wave, app):
        lost = wave.invited[0].code
        replies = []
        for code in (lost, new_code(), new_link_code()):
            machine = await client.post("/svar/code", json={"code": code})
            person = await client.post("/svar/code", data={"code": code})
            replies.append((machine.status_code, machine.content, person.text.replace(f'value="{code}"', "")))
            assert person.status_code == 404
        assert len(set(replies)) == 1
        assert replies[0][0] == 404

    wave = open_wave(tmp_path)
    replace_code(wave.place, wave.key, wave.invited[0].code)

    async def told():
        async with served(tmp_path) as (app, browser), browser() as client:
            await story(client, wave, app)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes_page, "REPLY_S", 0.0)
        asyncio.run(told())


def test_wave_outside_its_window_takes_no_new_respondent(tmp_path):
    from datetime import UTC, datetime

    async def story(client, wave, app):
        assert (await client.post("/svar/code", json={"code": wave.invited[0].code})).status_code == 404

    run(tmp_path, story, closes_at=datetime(2020, 1, 1, tzinfo=UTC))


def test_close_in_the_middle_keeps_what_was_saved_and_tells_the_rest(tmp_path):
    wave = open_wave(tmp_path)

    async def story():
        async with served(tmp_path) as (app, browser), browser() as client:
            attempt = (await enter(client, wave.invited[0].code))["attempt"]
            await put(client, attempt, 1, 1, 1, {"a1": 2})
            await asyncio.to_thread(close_wave_file, wave.place, wave.keys_dir, "t3")
            reply = await put(client, attempt, 1, 1, 2, {"a1": 3})
            assert (reply.status_code, reply.json()) == (410, {"error": "gone"})
            page = await client.get(f"/svar/{attempt}/1")
            assert page.status_code == 410
            assert "stengt" in page.text

    asyncio.run(story())
    assert read_columns(wave.place, "t3", 1).answers[0].tolist() == [2]


def test_many_saves_at_once_are_all_stored(tmp_path):
    people = 30
    wave = open_wave(tmp_path, people=people)

    async def one(browser, code):
        async with browser() as client:
            attempt = (await enter(client, code))["attempt"]
            for rev in range(1, 5):
                replies = await asyncio.gather(*(put(client, attempt, 1, 1, rev, {"a1": rev}) for _ in range(2)))
                assert [reply.status_code for reply in replies] == [200, 200]
            await client.post(f"/svar/{attempt}/submit")

    async def story():
        async with served(tmp_path) as (_, browser):
            await asyncio.gather(*(one(browser, who.code) for who in wave.invited))

    asyncio.run(story())
    assert sum(counts(wave.place, "t3").values()) == people
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert set(read_columns(wave.place, "t3", 1).answers[0].tolist()) == {4}


@pytest.mark.files
def test_disk_that_fails_says_so_and_recovers(tmp_path):
    import sqlite3

    async def story(client, wave, app):
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        writer = app.owner.waves["t3"].writer
        real = writer._connection

        class Full:
            in_transaction = False

            def execute(self, *_):
                raise sqlite3.OperationalError("database or disk is full")

        writer._connection = Full()
        reply = await put(client, attempt, 1, 1, 1, {"a1": 2})
        assert (reply.status_code, reply.json()) == (503, {"error": "later"})
        assert 5 <= int(reply.headers["retry-after"]) <= 15
        writer._connection = real
        assert (await put(client, attempt, 1, 1, 1, {"a1": 2})).status_code == 200

    run(tmp_path, story)


@pytest.mark.parametrize("way", ["next", "other code", "no"])
def test_a_copied_cookie_is_worth_nothing_after_the_next_pupil(tmp_path, way):
    """Before: it reads what was typed. After "next pupil", another's code or a no: nothing is read or saved."""

    wave = open_wave(tmp_path)

    async def story():
        async with served(tmp_path) as (_app, client), client() as pc, client() as thief:
            attempt = (await enter(pc, wave.invited[0].code))["attempt"]
            await put(pc, attempt, 1, 1, 1, {"a1": 2})
            thief.cookies = httpx.Cookies(pc.cookies)
            address = f"/svar/{attempt}/1"
            assert (await thief.get(address, headers={"accept": "application/json"})).json()["answers"] == {"a1": 2}
            if way == "next":
                assert (await pc.post("/svar/next")).status_code == 303
            elif way == "no":
                assert (await pc.post(f"/svar/{attempt}/choice", data={"choice": "no"})).status_code == 303
            else:
                await enter(pc, wave.invited[1].code)
            over = 409 if way == "no" else 410  # the browser still shows the page of thanks
            assert (await thief.get(address, headers={"accept": "application/json"})).status_code == over
            assert (await put(thief, attempt, 1, 1, 2, {"a1": 3})).status_code == over
            again = await enter(thief, wave.invited[0].code)  # the code itself goes on, with an empty form
            typed = await thief.get(f"/svar/{again['attempt']}/1", headers={"accept": "application/json"})
            assert typed.json()["answers"] == {}

    asyncio.run(story())
