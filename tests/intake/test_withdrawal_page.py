"""Taking answers back with code and word, over HTTP: the same reply and the same time whatever happened."""

import pytest

from kfl.answers.bulk import read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.intake import withdrawal_page

from .served import browser, enter, noted_waits, put, run
from .test_start_pages import JSON, word_of


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.0)


def test_taking_back_answers_alike_whatever_happened(tmp_path, monkeypatch):
    """Promise: code and word that fit and those that don't get the same reply and the same time."""
    waits = noted_waits(monkeypatch, withdrawal_page)
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 1.0)
    monkeypatch.setattr(withdrawal_page.Throttle, "mistake", lambda *_: 0.0)

    async def story(client, wave, app):
        codes = [person.code for person in wave.invited]
        attempts, words = [], []
        for code in codes[:3]:
            async with browser(app) as other:
                attempts.append((await enter(other, code))["attempt"])
                await put(other, attempts[-1], 1, 1, 1, {"a1": 2})
                words.append(await word_of(other, attempts[-1]))
                if len(words) == 2:
                    await other.post(f"/svar/{attempts[-1]}/submit")
        replies = set()
        for code, word in [(codes[0], "0000-0000"), (codes[0], words[1]), (new_code(), words[0]), (codes[0], words[0]),
                           (codes[0], words[0]), (codes[1], words[1]), (codes[3], words[2])]:  # fmt: skip
            machine = await client.post("/svar/withdrawal", json={"code": code, "word": word})
            person = await client.post("/svar/withdrawal", data={"code": code, "word": word})
            replies.add((machine.status_code, machine.content, person.status_code, person.content))
        assert len(replies) == 1
        said = replies.pop()[3].decode()
        assert "<h1>Vi har tatt imot</h1>" in said
        for words in ("Skrev du feil, er ingenting slettet. Se over, og prøv igjen.", 'href="/svar/withdrawal"',
                      'href="tel:116111"', "Svarene til en voksen kan bare tas tilbake med"):  # fmt: skip
            assert words in said
        assert "kan ikke brukes på nytt" not in said
        assert len(waits) == 14
        assert min(waits) > 0.5, "due long after the work is done"

    wave = run(tmp_path, story)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert read_columns(wave.place, "t3", 1).answers[0].tolist() == [2], "two took theirs back, one did not"


def test_who_took_back_and_who_handed_in_find_the_same(tmp_path):
    """The browser that wrote is told "submitted"; the code begins an empty sheet, as it does for anybody."""

    async def story(client, wave, app):
        seen = []
        for person, takes_back in zip(wave.invited, (True, False), strict=False):
            async with browser(app) as one, browser(app) as other:
                attempt = (await enter(one, person.code))["attempt"]
                await put(one, attempt, 1, 1, 1, {"a1": 2})
                word = await word_of(one, attempt)
                if takes_back:
                    await other.post("/svar/withdrawal", json={"code": person.code, "word": word})
                else:
                    await one.post(f"/svar/{attempt}/submit")
                late = await put(one, attempt, 1, 1, 2, {"a1": 3})
                begun = await other.post("/svar/code", json={"code": person.code, "word": word})
                lease = await other.post(f"/svar/{begun.json()['attempt']}/lease", headers=JSON)
                seen.append((late.status_code, late.json(), begun.status_code, len(begun.content), lease.json()))
        assert seen[0] == seen[1]
        assert seen[0][1] == {"error": "submitted"}

    run(tmp_path, story)


@pytest.mark.parametrize("is_right", [True, False])
def test_who_tries_a_code_often_waits_right_or_wrong_and_no_neighbour_shows(tmp_path, monkeypatch, is_right):
    """Also codes with a word at the first page, and words alone where the code was typed already."""

    async def story(client, wave, app):
        waits = []
        real = withdrawal_page.Throttle.mistake

        def noted(throttle, network, code):
            throttle._clock = lambda: 100.0  # all within one minute
            waits.append(real(throttle, network, code))
            return 0.0

        monkeypatch.setattr(withdrawal_page.Throttle, "mistake", noted)
        attempt = (await enter(client, wave.invited[0].code))["attempt"]
        word = await word_of(client, attempt) if is_right else "0000-0000"
        mine, neighbour = wave.invited[0].code, wave.invited[1].code
        for address in ("/svar/withdrawal", "/svar/code"):
            async with browser(app) as other:
                waits.clear()
                for _ in range(31):
                    await other.post(address, json={"code": neighbour, "word": "0000-0000"})
                assert waits[:10] == [0.0] * 10
                assert waits[30] > 0
                waits.clear()
                for written in [mine, mine.lower(), f"{mine[:5]}-{mine[5:]}"] * 3:
                    await other.post(address, json={"code": written, "word": word})
                assert waits == [0.0] * 9, "the neighbour's tries are none of mine"
                for _ in range(22):
                    await other.post(address, json={"code": mine, "word": word})
                assert waits[-1] > 0, "one code, however it is written"
        async with browser(app) as other:
            begun = (await enter(other, mine))["attempt"]
            waits.clear()
            await other.post(f"/svar/{begun}/word", json={"word": "0000-0000"})
            assert waits == [0.0]

    run(tmp_path, story)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"code": 1, "word": "x"}', b'{"code": "x", "word": [1]}', b"\xff"]
)
def test_withdrawal_that_says_nothing_is_refused(tmp_path, body):
    async def story(client, wave, app):
        reply = await client.post("/svar/withdrawal", content=body, headers={"content-type": "application/json"})
        assert (reply.status_code, reply.json()) == (400, {"error": "wrong"})
        reply = await client.post("/svar/withdrawal", json={"code": "x" * 5000, "word": "x"})
        assert reply.status_code == 413

    run(tmp_path, story)


def test_withdrawal_that_is_mistyped_says_so_and_keeps_what_was_typed(tmp_path):
    async def story(client, wave, app):
        code = wave.invited[0].code
        for typed, word, said in ((code[:-1], "0000-0000", "Du skrev 10."), (code, "0000", "Ordet har åtte")):
            reply = await client.post("/svar/withdrawal", data={"code": typed, "word": word})
            assert reply.status_code == 422
            assert said in reply.text
            assert f'value="{typed}"' in reply.text
            assert f'value="{word}"' in reply.text
            machine = await client.post("/svar/withdrawal", json={"code": typed, "word": word})
            assert (machine.status_code, machine.json()) == (422, {"error": "mistyped"})
        page = (await client.get("/svar/withdrawal")).text
        assert "Svarene til en voksen kan bare tas tilbake med koden og ordet" in page
        assert "kan ikke brukes på nytt" not in page, "typing it opens a form"

    run(tmp_path, story)
