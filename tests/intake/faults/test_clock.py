"""R9: a wrong clock does nothing wrong. Windows open and close by the server's clock, saves are ordered without any."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

from kfl.answers.bulk import counts
from kfl.answers.changes import extend
from tests.answers.wave import open_wave
from tests.intake.served import enter, put, run, served

OSLO = ZoneInfo("Europe/Oslo")
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
# Where clocks and calendars do odd things: both changes of summer time, the leap day, and the turn of a year.
ODD_TIMES = [
    datetime(2026, 3, 29, 1, 59, tzinfo=OSLO),
    datetime(2026, 3, 29, 3, 0, tzinfo=OSLO),
    datetime(2026, 10, 25, 2, 30, tzinfo=OSLO),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=OSLO),
    datetime(2028, 2, 29, 12, 0, tzinfo=OSLO),
    datetime(2028, 2, 28, 23, 59, tzinfo=OSLO),
    datetime(2026, 12, 31, 23, 59, tzinfo=OSLO),
]
STEPS = [-HOUR, HOUR, -2 * HOUR, timedelta(days=-3650), timedelta(days=3650)]


def test_window_closes_to_the_second(tmp_path, monkeypatch, promise):
    """Also when clocks are put back and the same hour comes twice: the instant counts."""
    monkeypatch.setattr("kfl.intake.codes_page.REPLY_S", 0.0)
    for number, closes_at in enumerate(ODD_TIMES):
        _closes_to_the_second(tmp_path / str(number), closes_at)
    figure = f"open one second before the end, shut at it, at {len(ODD_TIMES)} odd times; so after an extension"
    promise("R9 window", figure)


def _closes_to_the_second(data_dir, closes_at: datetime) -> None:
    instant = closes_at.astimezone(UTC)
    wave = open_wave(data_dir, people=4, closes_at=closes_at)

    async def story() -> None:
        async with served(data_dir) as (_, client), client() as one:
            for now, code, status in [
                (instant - SECOND, wave.invited[0].code, 201),
                (instant, wave.invited[1].code, 404),
                (instant + HOUR, wave.invited[1].code, 404),
            ]:
                with time_machine.travel(now, tick=True):
                    assert (await one.post("/svar/code", json={"code": code})).status_code == status
            extend(wave.place, "t3", closes_at + HOUR)  # on the wall, which may jump
            with time_machine.travel((closes_at + HOUR).astimezone(UTC) - SECOND, tick=True):
                assert (await one.post("/svar/code", json={"code": wave.invited[1].code})).status_code == 201

    asyncio.run(story())


def test_server_clock_that_steps_loses_and_reorders_nothing(data_dir, promise):
    """The clock goes back and forth while somebody answers; the last save stays the last, and none is refused."""
    steps = 8 * STEPS

    async def story(one, wave, app):
        begun = await enter(one, wave.invited[0].code)
        now = datetime(2027, 1, 15, 9, tzinfo=UTC)
        for rev, step in enumerate(steps, start=1):
            now += step
            with time_machine.travel(now, tick=True):
                reply = await put(one, begun["attempt"], 1, 1, rev, {"a1": rev % 4 + 1, "a2": None})
                assert (reply.status_code, reply.json()) == (200, {"lagret": rev})
                again = await put(one, begun["attempt"], 1, 1, rev, {"a1": rev % 4 + 1, "a2": None})
                assert (again.status_code, again.json()) == (200, {"lagret": rev})
        path, as_json = f"/svar/{begun['attempt']}/1", {"accept": "application/json"}
        typed = (await one.get(path, headers=as_json)).json()
        assert typed == {"lease": 1, "next_rev": len(steps) + 1, "answers": {"a1": len(steps) % 4 + 1}}
        assert (await one.post(f"/svar/{begun['attempt']}/submit")).status_code == 200

    wave = run(data_dir, story)
    assert counts(wave.place, "t3") == {(3, 1): 1}
    promise("R9 server clock", f"0 lost, order kept over {len(steps)} steps of -10 to +10 years")


def test_client_clock_is_never_read(data_dir, promise):
    """Requests that tell a time are answered as those that do not; nothing of it is stored."""
    dates = ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 22 Nov 2036 09:00:00 GMT", "i morgen"]

    async def story(one, wave, app):
        for date, invited in zip(dates, wave.invited, strict=False):
            one.headers.update({"date": date, "if-modified-since": date, "if-unmodified-since": date})
            begun = await enter(one, invited.code)
            assert (await put(one, begun["attempt"], 1, 1, 1, {"a1": 2})).status_code == 200
            told = {"lease": 1, "rev": 2, "answers": {"a1": 3}, "at": date}
            assert (await one.put(f"/svar/{begun['attempt']}/1", json=told)).status_code == 422

    wave = run(data_dir, story)
    stored = wave.file.read_bytes()
    assert not any(date.encode() in stored for date in dates)
    promise("R9 client clock", "never read: the protocol has no time, and a save that tells one is refused")
