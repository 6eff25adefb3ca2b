"""Sounds and pictures by parts: Safari asks for two bytes first, and plays nothing that comes whole instead."""

import pytest

from kfl.answers.media import Media
from kfl.intake.sounds import reply_with
from tests.answers.test_media import PICTURE, SOUND, with_media

from .served import run

TEN = Media("audio/wav", b"0123456789")


@pytest.mark.parametrize(
    ("wanted", "body", "told"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=8-400", b"89", "bytes 8-9/10"),
        ("bytes = 9-9", b"9", "bytes 9-9/10"),
    ],
)
def test_one_part_is_given(wanted, body, told):
    reply = reply_with(TEN, wanted)
    assert (reply.status_code, reply.body, reply.headers["content-range"]) == (206, body, told)
    assert reply.headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "wanted", ["", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=0-1\0", "bytes=²-"]
)
def test_what_is_no_single_range_gets_the_whole(wanted):
    reply = reply_with(TEN, wanted)
    assert (reply.status_code, reply.body) == (200, TEN.body)
    assert "content-range" not in reply.headers


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=999999999-", "bytes=5-4", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(wanted):
    reply = reply_with(TEN, wanted)
    assert (reply.status_code, reply.body, reply.headers["content-range"]) == (416, b"", "bytes */10")


def test_a_player_gets_its_parts_over_the_wire_and_never_packed(tmp_path):
    long = Media("audio/wav", bytes(4000))

    async def story(client, wave, app):
        address = f"/svar/-/media/{long.digest}"
        reply = await client.get(address, headers={"range": "bytes=0-1", "accept-encoding": "gzip"})
        assert (reply.status_code, reply.content) == (206, long.body[:2])
        whole = await client.get(address, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in whole.headers
        assert (whole.content, whole.headers["accept-ranges"]) == (long.body, "bytes")
        assert "immutable" in reply.headers["cache-control"]

    run(tmp_path, story, form=3, frozen=with_media(SOUND.digest, PICTURE.digest), media=[SOUND, PICTURE, long])
