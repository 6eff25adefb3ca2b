"""Who is let in when there is too much to do: those who have begun before those who begin."""

import pytest

from kfl.answers.writer import Writer
from kfl.intake import sessions
from kfl.intake.heartbeat import FEW
from tests.intake.served import enter, put, run


@pytest.mark.parametrize(
    "waiting, behind_s, start, save",
    [
        (0, 0.0, 201, 200),
        (sessions.MOST_WAITING_TO_START + 1, 0.0, 503, 200),
        (0, sessions.LONGEST_WAIT_TO_START_S + 0.1, 503, 200),
        (sessions.MOST_WAITING + 1, 0.0, 503, 503),
        (0, sessions.LONGEST_WAIT_S + 0.1, 503, 503),
    ],
)
def test_saves_go_before_starts(data_dir, monkeypatch, waiting, behind_s, start, save):
    async def story(one, wave, app):
        begun = await enter(one, wave.invited[0].code)
        monkeypatch.setattr(Writer, "waiting", waiting)
        monkeypatch.setattr(Writer, "behind_s", behind_s)
        replies = [
            (await put(one, begun["attempt"], 1, 1, 1, {"a1": 2}), save),
            (await one.post("/svar/code", json={"code": wave.invited[1].code}), start),
        ]
        for reply, expected in replies:
            assert reply.status_code == expected
            if expected == 503:
                assert reply.json() == {"error": "later"}
                assert 5 <= int(reply.headers["retry-after"]) <= 15

    run(data_dir, story)


@pytest.mark.parametrize("under_way, start", [(FEW + 1, 503), (1, 201)])
def test_starts_wait_when_many_requests_stand_in_line(data_dir, monkeypatch, under_way, start):
    """A server that was late for another reason, with few requests under way, turns nobody away."""

    async def story(one, wave, app):
        await app.sessions.heartbeat.stop()
        app.sessions.heartbeat._late_s = 1.0
        app.sessions.heartbeat.under_way = under_way
        begun = await one.post("/svar/code", json={"code": wave.invited[0].code})
        assert begun.status_code == start

    run(data_dir, story)
