"""Sounds and pictures are judged by what is in them, and a picture is drawn anew."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from kfl.core.files import UnusableFile
from kfl.core.files.file_kinds import JPEG, PNG
from kfl.core.files.pictures import LONGEST_SIDE, redrawn
from kfl.core.files.sounds import MOST_GIVEN_BYTES, checked_sound
from tests.questionnaires.sounds import m4a, mp3, ogg, picture, wav

WHOLE = {"audio/wav": wav(), "audio/mpeg": mp3(), "audio/ogg": ogg(), "audio/mp4": m4a()}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_sound_is_known_by_its_content(kind):
    found = checked_sound(WHOLE[kind])
    assert (found.kind.media_type, found.body) == (kind, WHOLE[kind])


@pytest.mark.parametrize("kind", WHOLE)
def test_a_sound_that_was_cut_off_is_refused_as_such(kind):
    whole = WHOLE[kind]
    for left in (len(whole) // 2, len(whole) - 3):
        if kind == "audio/mpeg" and left > len(whole) // 2:
            continue  # a last frame that lacks three bytes plays
        with pytest.raises(UnusableFile, match="skadet"):
            checked_sound(whole[:left])


@pytest.mark.parametrize(
    "body",
    [b"", HTML, SVG, b"MZ" + b"\0" * 500, picture(), b"RIFF\x10\0\0\0AVI " + b"\0" * 32, b"\x1aE\xdf\xa3webm"],
)
def test_what_is_no_sound_is_refused_with_the_reason(body):
    with pytest.raises(UnusableFile, match="ikke en lydfil"):
        checked_sound(body)


@pytest.mark.parametrize(
    "body",
    [b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + HTML, mp3(2), m4a(handler=b"vide"), ogg(head=b"\x80theora"),
     ogg(last=False), wav(0)],
)  # fmt: skip
def test_a_page_or_a_film_behind_a_sounds_first_bytes_is_refused(body):
    with pytest.raises(UnusableFile, match="skadet"):
        checked_sound(body)


def test_a_sound_over_one_megabyte_is_refused():
    with pytest.raises(UnusableFile, match="1 MB"):
        checked_sound(mp3(MOST_GIVEN_BYTES // 417 + 1))


def test_random_bytes_behind_each_first_bytes_are_refused_and_never_break_the_check():
    chance = random.Random(4)
    refused = 0
    for start in (b"RIFF\x10\0\0\0WAVE", b"OggS", b"\0\0\0\x18ftypM4A ", b"ID3", b"\xff\xfb\x90\x00"):
        for _ in range(40):
            with pytest.raises(UnusableFile):
                checked_sound(start + chance.randbytes(chance.randrange(400)))
            refused += 1
    assert refused == 200


def test_a_picture_is_drawn_anew_without_what_else_the_file_held():
    exif = Image.Exif()
    exif[0x010F] = "Hemmelig kamera"
    given = picture("JPEG", exif=exif) + b"PK\x03\x04hidden" + HTML
    drawn = redrawn(given)
    body = drawn.body
    assert drawn.kind is JPEG
    assert b"Hemmelig" not in body
    assert b"hidden" not in body
    assert b"script" not in body
    drawn = redrawn(picture("PNG", (3000, 1500)))
    assert drawn.kind is PNG
    assert Image.open(io.BytesIO(drawn.body)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize("body", [HTML, SVG, b"", picture("GIF"), picture("WEBP"), wav()])
def test_what_is_no_png_or_jpeg_is_refused(body):
    with pytest.raises(UnusableFile, match="PNG eller JPEG"):
        redrawn(body)


def test_a_broken_picture_and_one_with_too_many_points_are_refused():
    whole = picture("PNG", (400, 400))
    with pytest.raises(UnusableFile, match="skadet"):
        redrawn(whole[: len(whole) // 2])
    with pytest.raises(UnusableFile, match="40 millioner"):
        redrawn(picture("PNG", (8000, 8000)))


def test_a_picture_that_its_library_stumbles_on_is_called_broken(monkeypatch):
    """Odd facts about the camera end in errors of many sorts."""

    def stumble(_picture):
        raise TypeError("unsupported operand")

    monkeypatch.setattr("kfl.core.files.pictures.ImageOps.exif_transpose", stumble)
    with pytest.raises(UnusableFile, match="skadet eller kuttet"):
        redrawn(picture())
