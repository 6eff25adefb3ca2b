"""Before a wave opens and after its time: when it is, told to codes that somebody has, and nothing of anybody."""

import asyncio
from datetime import UTC, datetime
from unittest.mock import patch

import msgspec
import pytest
import time_machine

from kfl.answers.changes import extend_groups, replace_code
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.intake import codes_page
from kfl.intake.throttle import Throttle
from tests.answers.wave import bundle, open_wave

from .served import enter, noted_waits, served

OPENS, CLOSES = datetime(2026, 11, 2, 7, tzinfo=UTC), datetime(2026, 11, 20, 15, tzinfo=UTC)
BEFORE, WITHIN, AFTER = (datetime(2026, *day, 12, tzinfo=UTC) for day in ((10, 30), (11, 10), (11, 21)))


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path, frozen=msgspec.structs.replace(bundle(closes_at=CLOSES), opens_at=OPENS))


def at(moment, wave, story):
    """Serve the wave on a day, and run a story with a new browser for each call."""

    async def told():
        async with served(wave.data_dir) as (_app, browser):
            await story(browser)

    with time_machine.travel(moment, tick=True), patch.object(codes_page, "REPLY_S", 0.0):
        asyncio.run(told())


def typed(browser_of, code, **more):
    async def send():
        async with browser_of() as client:
            return await client.post("/svar/code", data={"code": code, **more})

    return send()


def test_before_it_opens_a_code_meets_the_hour_in_each_language(wave):
    async def story(browser):
        code = wave.invited[0].code
        page = await typed(browser, code)
        assert page.status_code == 404
        assert "Kartleggingen er ikke åpnet ennå" in page.text
        assert "mandag 2. november 2026 klokka 8.00" in page.text  # in Norway, where it is winter time
        for language, words in {"nn": "måndag 2. november 2026 klokka 8.00", "en": "Monday 2 November 2026 at 08:00",
                                "se": "2.11.2026 dii. 08.00"}.items():  # fmt: skip
            page = await typed(browser, code, lang=language)
            assert words in page.text
            assert f'lang="{language}"' in page.text.split("<head>")[0]
            assert "svar-lang=" + language in page.headers["set-cookie"]
        async with browser() as client:
            reply = await client.post("/svar/code", json={"code": code})
        assert (reply.status_code, reply.json()) == (
            404,
            {"error": "not open yet", "opens_at": "2026-11-02T07:00:00+00:00"},
        )

    at(BEFORE, wave, story)


def test_after_its_time_those_who_answered_and_those_who_did_not_meet_the_same_page(wave):
    """Begun, handed in, said no to, or never used: not a byte differs but the code that was typed."""
    begun, handed_in, said_no, unused = (one.code for one in wave.invited)

    async def answer(browser):
        for code, last in ((begun, None), (handed_in, "submit"), (said_no, "decline")):
            async with browser() as client:
                attempt = (await enter(client, code))["attempt"]
                await client.put(f"/svar/{attempt}/1", json={"lease": 1, "rev": 1, "answers": {"a1": 2}})
                if last:
                    ended = await client.post(f"/svar/{attempt}/{last}", headers={"accept": "application/json"})
                    assert ended.status_code == 200

    async def afterwards(browser):
        pages = {(await typed(browser, code)).text.replace(code, "") for code in (begun, handed_in, said_no, unused)}
        assert len(pages) == 1
        (page,) = pages
        assert "Kartleggingen er over" in page
        assert "fredag 20. november 2026 klokka 16.00" in page
        replies = set()
        for code in (begun, handed_in, said_no, unused):
            async with browser() as client:
                reply = await client.post("/svar/code", json={"code": code})
            replies.add((reply.status_code, reply.text, tuple(sorted(reply.headers.items()))))
        assert {text for _, text, _ in replies} == {'{"error":"over","closed_at":"2026-11-20T15:00:00+00:00"}'}
        assert len(replies) == 1

    at(WITHIN, wave, answer)
    at(AFTER, wave, afterwards)


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_nothing_is_told_of_codes_that_nobody_has(wave, moment):
    """A code that was replaced is one that nobody ever had, also on these days."""
    replaced = wave.invited[0].code
    replace_code(wave.place, wave.key, replaced)

    async def story(browser):
        pages = {(await typed(browser, code)).text.replace(code, "") for code in (replaced, new_code())}
        assert len(pages) == 1
        assert "2026" not in pages.pop()
        async with browser() as client:
            for code in (replaced, new_code(), wave.invited[1].code[:-1]):
                assert (await client.post("/svar/code", json={"code": code})).json() == {"error": "unknown code"}

    at(moment, wave, story)


def test_once_the_wave_is_closed_its_codes_are_unknown_and_the_page_says_so_to_everybody(wave):
    code = wave.invited[0].code
    close_wave_file(wave.place, wave.keys_dir, "t3")

    async def story(browser):
        pages = {(await typed(browser, one)).text.replace(one, "") for one in (code, new_code())}
        assert len(pages) == 1
        assert "Er kartleggingen stengt, er koden slettet, og svar som kom inn før det, er tatt vare på." in pages.pop()

    at(AFTER, wave, story)


def test_groups_with_more_time_go_on_and_the_others_are_told_that_theirs_is_over(wave):
    longer, over = wave.invited[0], wave.invited[1]
    assert longer.group != over.group
    extend_groups(wave.place, "t3", [longer.group], datetime(2026, 11, 30, tzinfo=UTC))

    async def story(browser):
        async with browser() as client:
            assert (await enter(client, longer.code))["lease"] == 1
        assert "fredag 20. november 2026 klokka 16.00" in (await typed(browser, over.code)).text

    at(AFTER, wave, story)


def test_it_slows_guesses_and_writes_as_any_refused_code_does(wave, monkeypatch):
    """Same throttle, same time, one write each: what takes part in guessing cannot tell the tries apart by them."""
    waits, tried, written = noted_waits(monkeypatch, codes_page), [], []
    monkeypatch.setattr(Throttle, "mistake", lambda _self, _network, code: tried.append(code) or 0.0)

    async def told():
        async with served(wave.data_dir) as (app, browser):
            store = app.owner.waves["t3"]
            put = store.writer.put
            monkeypatch.setattr(
                store.writer, "put", lambda *args, **more: written.append(args[0][0][0]) or put(*args, **more)
            )
            for code in (wave.invited[0].code, new_code()):
                await typed(browser, code)

    with time_machine.travel(BEFORE, tick=True):
        asyncio.run(told())
    assert tried[0] == wave.invited[0].code
    assert len(tried) == len(waits) == 2
    assert written == ["UPDATE noise SET bytes = ?"] * 2
    assert all(codes_page.REPLY_S / 2 < wait <= codes_page.REPLY_S for wait in waits)


@pytest.mark.parametrize(("form", "is_drawn"), [(1, True), (2, False), (3, True)])
def test_children_get_a_picture_and_somebody_who_reads_aloud(tmp_path, form, is_drawn):
    frozen = msgspec.structs.replace(bundle(closes_at=CLOSES), opens_at=OPENS)
    wave = open_wave(tmp_path, form=form, frozen=frozen)

    async def story(browser):
        page = (await typed(browser, wave.invited[0].code)).text
        assert ("#clock" in page, 'data-speak="when"' in page, "aloud.js" in page) == (is_drawn,) * 3

    at(BEFORE, wave, story)
